import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common'
import { replyOf, requestOf } from '../../infra/http/request.js'
import { IdempotencyService } from '../../infra/idempotency/idempotency.service.js'
import { markStep } from '../request-log/step-marks.js'

/**
 * Uses up the nonce of a write that has no idempotency key, such as a DELETE. After scopes and rate limits:
 * who may not call, or calls too often, writes nothing.
 */
@Injectable()
export class NonceGuard implements CanActivate {
  constructor(private readonly idempotency: IdempotencyService) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = requestOf(context)
    const { caller, nonceToUse } = request
    markStep(request, replyOf(context), 'admit')
    if (!caller || nonceToUse === null) return true
    return this.idempotency.useNonce(caller, nonceToUse).then(() => true)
  }
}

import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { FastifyReply } from 'fastify'
import { firstValueFrom, from, map, type Observable } from 'rxjs'
import { IDEMPOTENT_METADATA } from '../../infra/http/decorators.js'
import { PROBLEM_CONTENT_TYPE } from '../../infra/http/problem.js'
import { Reply, type StoredResponse } from '../../infra/http/reply.js'
import { replyOf, requestOf } from '../../infra/http/request.js'
import { IdempotencyService } from '../../infra/idempotency/idempotency.service.js'

/** Runs a write once and answers every retry with the stored bytes. Sets the status of the answer. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const targets = [context.getHandler(), context.getClass()]
    const by = this.reflector.getAllAndOverride<string | undefined>(IDEMPOTENT_METADATA, targets)
    const { caller } = requestOf(context)
    const reply = replyOf(context)
    if (by !== 'gateway' || !caller) {
      return next.handle().pipe(map((result) => send(reply, result)))
    }
    const work = () => firstValueFrom(next.handle())
    return from(this.idempotency.run(caller, work)).pipe(map((stored) => sendStored(reply, stored)))
  }
}

function send(reply: FastifyReply, result: unknown): unknown {
  if (isStored(result)) return sendStored(reply, result)
  if (!(result instanceof Reply)) return result
  reply.status(result.status)
  return result.body
}

function sendStored(reply: FastifyReply, stored: StoredResponse): string {
  reply.status(stored.status)
  reply.header(
    'content-type',
    stored.status < 400 ? 'application/json; charset=utf-8' : PROBLEM_CONTENT_TYPE,
  )
  if (stored.is_replay) reply.header('idempotent-replayed', 'true')
  return stored.body
}

function isStored(result: unknown): result is StoredResponse {
  return typeof result === 'object' && result !== null && 'is_replay' in result
}

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { replyOf, requestOf } from '../../infra/http/request.js'
import { RateLimitError, retryAfter } from './rate-limit.errors.js'
import { RateLimiter, type Verdict } from './rate-limiter.js'

/**
 * Lets a caller pass at its rate. Stands before anything is looked up or written for the request: a
 * refused one leaves no trace, and its Idempotency-Key is as fresh as before.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limiter: RateLimiter) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { caller } = requestOf(context)
    // Public routes have no caller; what they may cost is bounded by what they do.
    const verdict = caller ? this.limiter.take(caller) : null
    if (verdict === null) return true
    const reply = replyOf(context)
    return verdict instanceof Promise
      ? verdict.then((later) => obey(later, reply))
      : obey(verdict, reply)
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-10, on what passes and on what is refused. */
function obey({ waitMs, policy, state }: Verdict, reply: FastifyReply): true {
  reply.header('ratelimit-policy', policy).header('ratelimit', state)
  if (waitMs === 0) return true
  throw new RateLimitError(
    'rate_limited',
    'Too many requests for this key or institution. Nothing was done; wait for Retry-After seconds and send it again.',
    { retryAfterSeconds: retryAfter(waitMs), outcome: 'failed' },
  )
}

import type { ExecutionContext } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './caller.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body exactly as it arrived: signatures and digests are over bytes. Null without a body. */
    rawBody: Buffer | null
    /** Set by the authentication guard. */
    caller: Caller | null
    /** Of a write without an idempotency key: used up once the request may be executed. */
    nonceToUse: string | null
  }
}

export function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>()
}

export function replyOf(context: ExecutionContext): FastifyReply {
  return context.switchToHttp().getResponse<FastifyReply>()
}

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
    /** At the authorization server: the app whose assertion was accepted, once it is known. */
    assertingApp: (() => AssertingApp | null) | null
  }
}

/** An app that proved itself by an assertion (RFC 7523), and the key that signed it. */
export interface AssertingApp {
  readonly institution_id: string
  readonly department_id: string
  readonly app_id: string
  readonly livemode: boolean
  readonly key_id: string
}

export function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>()
}

export function replyOf(context: ExecutionContext): FastifyReply {
  return context.switchToHttp().getResponse<FastifyReply>()
}

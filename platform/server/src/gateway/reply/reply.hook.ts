import type { FastifyInstance, FastifyReply } from 'fastify'
import { PROBLEM_CONTENT_TYPE } from '../../infra/http/problem.js'
import { isStored, Reply, type StoredResponse } from '../../infra/http/reply.js'

/** Sends what handlers give back: an object with a status of its own, or bytes stored earlier. */
export function registerReplies(server: FastifyInstance): void {
  server.addHook('preSerialization', (_request, reply, payload: unknown, done) => {
    if (payload instanceof Reply) {
      reply.status(payload.status)
      done(null, payload.body)
    } else if (isStored(payload)) {
      sendStored(reply, payload)
      done(null, payload.body)
    } else {
      done(null, payload)
    }
  })
}

function sendStored(reply: FastifyReply, stored: StoredResponse): void {
  reply
    .status(stored.status)
    .header(
      'content-type',
      stored.status < 400 ? 'application/json; charset=utf-8' : PROBLEM_CONTENT_TYPE,
    )
    // The stored text is the answer, byte for byte.
    .serializer(asItIs)
  if (stored.is_replay) reply.header('idempotent-replayed', 'true')
}

function asItIs(body: string): string {
  return body
}

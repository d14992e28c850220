import type { FastifyInstance } from 'fastify'
import { answerVersionOf } from '../../infra/http/caller.js'
import { API_VERSION_LATEST, VERSION_HISTORY } from '../../versions/versions.js'

/**
 * Answers callers on older versions in their version. What is stored under an idempotency key was put into
 * it before it was stored, arrives here as text and is sent as it is.
 */
export function registerVersioning(server: FastifyInstance): void {
  server.addHook('preSerialization', (request, _reply, payload: unknown, done) => {
    const { caller } = request
    const version = caller ? answerVersionOf(caller) : API_VERSION_LATEST
    done(null, version === API_VERSION_LATEST ? payload : VERSION_HISTORY.asOf(version, payload))
  })
}

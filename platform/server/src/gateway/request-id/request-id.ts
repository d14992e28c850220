import type { FastifyInstance } from 'fastify'
import { newId } from '../../kernel/id.js'

/** Every request gets an id of ours; what a caller sends as one is ignored, so nobody can forge a trail. */
export const newRequestId = (): string => newId('req')

export function registerRequestId(server: FastifyInstance): void {
  server.decorateRequest('rawBody', null)
  server.decorateRequest('caller', null)
  server.decorateRequest('nonceToUse', null)
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { IDENTITY_PATHS } from './identity-provider.configuration.js'
import type { IdentityProvider } from './identity-provider.js'

/** Puts the provider beside Nest's routes: it reads its own bodies and writes its own answers. */
export async function registerIdentityRoutes(
  server: FastifyInstance,
  identity: IdentityProvider,
): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // The bytes stay in the stream for the library.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const { raw: response } = reply
      response.setHeader('x-request-id', request.id)
      response.setHeader('x-content-type-options', 'nosniff')
      response.setHeader('referrer-policy', 'same-origin')
      reply.hijack()
      await identity.handle(request.raw, response)
    }
    const { authorization, token, userinfo } = IDENTITY_PATHS
    scope.get(authorization, handler)
    scope.get(`${authorization}/:uid`, handler)
    scope.post(token, handler)
    scope.get(userinfo, handler)
  })
}

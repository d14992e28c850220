import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  type AuthorizationServer,
  RETRY_AFTER_SECONDS,
  TEMPORARILY_UNAVAILABLE,
} from './authorization-server.js'
import { describedResources, METADATA_CACHE, resourceMetadata } from './oauth-metadata.js'
import { METADATA_PATHS, OAUTH_PATHS } from './oauth-paths.js'

/**
 * Puts the authorization server beside Nest's routes: it reads its own bodies and answers with RFC 6749's JSON,
 * so neither our body parser nor guards nor problem documents touch it.
 */
export async function registerOauthRoutes(
  server: FastifyInstance,
  oauth: AuthorizationServer,
  publicOrigin: string,
): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // The bytes stay in the stream for the library.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    // What Fastify refuses before a handler runs, such as an unreadable Content-Type.
    scope.setErrorHandler((error, request, reply) => {
      request.log.info({ err: error, msg: 'a request to the authorization server cannot be read' })
      const error_description = 'the request cannot be read'
      return reply.status(400).send({ error: 'invalid_request', error_description })
    })
    const handler = (request: FastifyRequest, reply: FastifyReply) => pass(oauth, request, reply)
    const { token, introspection, revocation, pushed_authorization_request } = OAUTH_PATHS
    for (const url of [token, introspection, revocation, pushed_authorization_request]) {
      scope.post(url, handler)
    }
    const { authorization } = OAUTH_PATHS
    for (const url of [...METADATA_PATHS, authorization, `${authorization}/:uid`]) {
      scope.get(url, handler)
    }
    for (const [url, resource] of describedResources(publicOrigin)) {
      scope.get(url, (_, reply) =>
        reply
          .header('access-control-allow-origin', '*')
          .header('cache-control', METADATA_CACHE)
          .send(resourceMetadata(publicOrigin, resource)),
      )
    }
  })
}

async function pass(
  oauth: AuthorizationServer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { raw: response } = reply
  response.setHeader('x-request-id', request.id)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  try {
    request.assertingApp = () => oauth.assertingApp(request.raw)
    reply.hijack()
    await oauth.handle(request.raw, response)
  } catch (error) {
    request.log.error({ err: error, msg: 'the authorization server is not available' })
    if (response.headersSent) response.destroy()
    else unavailable(response)
  }
}

/** The signing key cannot be read: the database is away, most likely for a moment. */
function unavailable(response: FastifyReply['raw']): void {
  response.statusCode = 503
  response.setHeader('content-type', 'application/json')
  response.setHeader('cache-control', 'no-store')
  response.setHeader('retry-after', String(RETRY_AFTER_SECONDS))
  response.end(JSON.stringify(TEMPORARILY_UNAVAILABLE))
}

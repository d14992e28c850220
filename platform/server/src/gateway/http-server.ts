import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type Config, docsBaseOf } from '../infra/config/config.js'
import { HttpError } from '../infra/http/http.errors.js'
import { PROBLEM_CONTENT_TYPE, problemOf } from '../infra/http/problem.js'
import { registerBodyParser } from './body/body-parser.js'
import { registerKnownRoutes } from './problem/known-routes.js'
import { registerFailureLimit } from './rate-limit/failure-limit.hook.js'
import { registerReplies } from './reply/reply.hook.js'
import { newRequestId, registerRequestId } from './request-id/request-id.js'
import { leave, type RequestLog, registerRequestLog } from './request-log/request-log.hook.js'
import { unreadableRecord } from './request-log/unreadable-request.js'
import { registerResponseSigning } from './response-signing/response-signing.hook.js'
import { clientErrorHandler } from './transport/client-error.js'
import { registerTransport, setSecurityHeaders } from './transport/transport.hook.js'
import { registerVersioning } from './versioning/versioning.hook.js'

/** Bytes of a request's head; longer heads are refused by Node with 431. */
const HEADER_BYTES_MAX = 16 * 1024
const REQUEST_TIMEOUT_MS = 30_000
/** A head of 16 KiB that takes longer is meant to hold the connection, not to say something. */
const HEADERS_TIMEOUT_MS = 10_000
const TIMEOUT_CHECK_EVERY_MS = 2_000

/** Leaves nothing anywhere: for programs that describe the API and do not serve it. */
const NO_LOG: RequestLog = { add() {} }

/**
 * The HTTP server of the API, with what must happen before Nest sees a request. `request.ip` is the socket's
 * address; only where that is one of `trustedProxies`, X-Forwarded-For is read, from its end, up to the first
 * address that is none of them.
 */
export function createHttpAdapter(
  config: Pick<Config, 'publicOrigin' | 'trustedProxies' | 'rateLimits'>,
  log: RequestLog = NO_LOG,
): FastifyAdapter {
  const docsBase = docsBaseOf(config)
  const { trustedProxies, rateLimits } = config
  const isSecure = config.publicOrigin.startsWith('https:')
  const adapter = new FastifyAdapter({
    genReqId: newRequestId,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_EVERY_MS,
      // Refused by ourselves, with a problem document.
      requireHostHeader: false,
    },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    // Addresses that cannot be read never reach a route, nor the filter that makes problem documents.
    frameworkErrors(_: FastifyError, request: FastifyRequest, reply: FastifyReply) {
      const error = new HttpError('request_invalid', 'The address cannot be read.')
      const body = JSON.stringify(problemOf(error, request.id, docsBase))
      setSecurityHeaders(reply, isSecure)
      reply
        .status(error.spec.status)
        .header('x-request-id', request.id)
        .header('content-type', PROBLEM_CONTENT_TYPE)
      // No hook runs for them either.
      void Promise.resolve(server.responseSigning.add(request, reply, body)).finally(() => {
        reply.send(body)
        leave(log, request, reply, body)
      })
    },
    clientErrorHandler: clientErrorHandler({
      docsBase,
      isSecure,
      onAnswer: (answer) => log.add(unreadableRecord(answer)),
    }),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
  })
  const server = adapter.getInstance()
  // More headers than Node keeps would vanish without a word; the size of a head bounds their number.
  server.server.maxHeadersCount = 0
  registerRequestId(server)
  registerRequestLog(server, log)
  registerTransport(server, isSecure)
  registerFailureLimit(server, rateLimits.failures)
  registerBodyParser(server)
  registerKnownRoutes(server)
  registerReplies(server)
  registerVersioning(server)
  registerResponseSigning(server)
  return adapter
}

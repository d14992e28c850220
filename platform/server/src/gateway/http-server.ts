import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from '../infra/http/http.errors.js'
import { PROBLEM_CONTENT_TYPE, problemOf } from '../infra/http/problem.js'
import { registerBodyParser } from './body/body-parser.js'
import { registerKnownRoutes } from './problem/known-routes.js'
import { registerReplies } from './reply/reply.hook.js'
import { newRequestId, registerRequestId } from './request-id/request-id.js'

/** Bytes of a request's head; longer heads are refused by Node with 431. */
const HEADER_BYTES_MAX = 16 * 1024
const REQUEST_TIMEOUT_MS = 30_000

/** The HTTP server of the API, with what must happen before Nest sees a request. */
export function createHttpAdapter(docsBase: string): FastifyAdapter {
  const adapter = new FastifyAdapter({
    genReqId: newRequestId,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    // The address of a caller matters only behind a proxy that we do not know: never trusted.
    trustProxy: false,
    // Addresses that cannot be read never reach a route, nor the filter that makes problem documents.
    frameworkErrors(_: FastifyError, request: FastifyRequest, reply: FastifyReply) {
      const error = new HttpError('request_invalid', 'The address cannot be read.')
      reply
        .status(error.spec.status)
        .header('x-request-id', request.id)
        .header('content-type', PROBLEM_CONTENT_TYPE)
        .send(JSON.stringify(problemOf(error, request.id, docsBase)))
    },
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
  })
  const server = adapter.getInstance()
  registerRequestId(server)
  registerBodyParser(server)
  registerKnownRoutes(server)
  registerReplies(server)
  return adapter
}

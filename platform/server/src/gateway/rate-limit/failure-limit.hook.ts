import type { FastifyInstance, FastifyRequest } from 'fastify'
import { FailureLimit } from './failure-limit.js'
import { RateLimitError, retryAfter } from './rate-limit.errors.js'
import type { Rate } from './token-bucket.js'

/** Where credentials are in the body. */
const TOKEN_PATHS = '/oauth2/'

/**
 * Refuses, before a body is read, who was wrong about credentials too often. Requests without any are
 * not counted: refusing them costs nothing, and public pages must never depend on a neighbour.
 */
export function registerFailureLimit(server: FastifyInstance, rate: Rate | null): void {
  if (!rate) return
  const limit = new FailureLimit(rate)
  server.addHook('onRequest', (request, _reply, done) => {
    if (!presentsCredentials(request)) return done()
    const waitMs = limit.waitMs(request.ip, () => keyIdOf(request))
    if (waitMs === 0) return done()
    done(
      new RateLimitError(
        'too_many_failures',
        'Too many requests from this address had wrong credentials. Check the key and its private half, then try again after Retry-After seconds.',
        { retryAfterSeconds: retryAfter(waitMs) },
      ),
    )
  })
  server.addHook('onResponse', (request, reply, done) => {
    const { caller } = request
    if (caller) {
      // People guess on the sign-in page, which counts for itself.
      if (caller.key_id !== null) limit.succeeded(request.ip, caller.key_id)
    } else if (reply.raw.statusCode === 401 && presentsCredentials(request)) {
      limit.failed(request.ip, keyIdOf(request))
    }
    done()
  })
}

function presentsCredentials({ headers, url }: FastifyRequest): boolean {
  return (
    headers['signature-input'] !== undefined ||
    headers.authorization !== undefined ||
    url.startsWith(TOKEN_PATHS)
  )
}

/** Who the caller says it is. Believed only as far as its bucket goes. */
function keyIdOf({ headers }: FastifyRequest): string | null {
  return /;keyid="([\w.:-]{1,100})"/.exec(String(headers['signature-input'] ?? ''))?.[1] ?? null
}

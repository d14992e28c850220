import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { HttpError } from '../../infra/http/http.errors.js'

const HEADERS_MAX = 100
const HSTS = 'max-age=31536000; includeSubDomains'

/** Where two values leave open which one counts: Node silently takes the first. */
const SINGLE_HEADERS = new Set(['host', 'content-type', 'authorization', 'user-agent'])

/**
 * What every answer carries. A page that needs more says so itself and overrides these. `no-store`: an
 * answer of the API is about money and belongs to its caller alone.
 */
const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
]

/** The headers of every answer. HSTS where callers reach us by https. */
export function securityHeaders(isSecure: boolean): readonly (readonly [string, string])[] {
  return isSecure ? [...SECURITY_HEADERS, ['strict-transport-security', HSTS]] : SECURITY_HEADERS
}

export function setSecurityHeaders(reply: FastifyReply, isSecure: boolean): void {
  for (const [name, value] of securityHeaders(isSecure)) reply.header(name, value)
}

/** Refuses requests that two readers could understand in two ways, before anybody acts on one of them. */
export function registerTransport(server: FastifyInstance, isSecure: boolean): void {
  const headers = Object.fromEntries(securityHeaders(isSecure))
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers)
    const problem = findProblem(request.raw)
    if (problem === null) done()
    else done(new HttpError('request_invalid', problem))
  })
}

type RequestHead = Pick<IncomingMessage, 'url' | 'httpVersion' | 'headers' | 'rawHeaders'>

/** Why a request is ambiguous; null when it is not. */
export function findProblem(request: RequestHead): string | null {
  const { url: target = '', httpVersion, headers, rawHeaders } = request
  // An absolute target (RFC 9112 section 3.2.2) is for proxies, and would name a second host.
  if (target.charCodeAt(0) !== 0x2f || target.charCodeAt(1) === 0x2f) {
    return 'The request target must be a path that begins with one slash.'
  }
  // RFC 9112 section 3.2; a health check in HTTP/1.0 need not say whom it asks.
  if (headers.host === undefined && httpVersion !== '1.0') return 'The header host is missing.'
  if (rawHeaders.length > HEADERS_MAX * 2)
    return `A request may have ${HEADERS_MAX} headers at most.`
  let seen: string[] | null = null
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!SINGLE_HEADERS.has(name)) continue
    seen ??= []
    if (seen.includes(name)) return `The header ${name} occurs twice.`
    seen.push(name)
  }
  return null
}

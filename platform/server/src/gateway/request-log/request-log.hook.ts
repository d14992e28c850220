import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type {
  CredentialKind,
  RequestAuthor,
  RequestRecord,
} from '../../domains/request-log/request-log.types.js'
import type { VerifiedSignature } from '../authentication/signature/signature.verifier.js'
import { isReplayed } from '../replay/replay-context.js'
import { markStep } from './step-marks.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The signature that was verified, whatever became of the call afterwards. */
    verifiedSignature: VerifiedSignature | null
    /** What is sent. The authorization server writes its answers itself: they are not kept, tokens are in them. */
    answerToLog: string | null
    isLogged: boolean
  }
}

/** Where calls are left. It must be quick and must not throw. */
export interface RequestLog {
  add(record: RequestRecord): void
}

/** Calls of these are in the log, and calls that found no route at all; pages and health checks are not. */
const LOGGED_ROUTES = /^\/(?:v1|oauth2|notify|cashier\/api)\//

const RESPONSE_HEADERS = [
  ...['content-type', 'idempotent-replayed', 'retry-after', 'allow'],
  ...['ratelimit', 'ratelimit-policy', 'signature-input', 'signature'],
]

/**
 * Leaves every call in the log once it is answered. This runs on the way of every request, so it only
 * collects references: what costs time happens later, in the log's own time.
 */
export function registerRequestLog(server: FastifyInstance, log: RequestLog): void {
  server.decorateRequest('verifiedSignature', null)
  server.decorateRequest('answerToLog', null)
  server.decorateRequest('isLogged', false)
  server.decorateRequest('assertingApp', null)
  server.decorateRequest('stepMarks', null)
  server.addHook('preHandler', (request, reply, done) => {
    markStep(request, reply, 'read')
    done()
  })
  server.addHook('onSend', (request, reply, payload, done) => {
    markStep(request, reply, 'handle')
    request.answerToLog = typeof payload === 'string' ? payload : ''
    // Who hung up is never heard of again, and what they asked for was done all the same.
    if (request.raw.socket.destroyed) leave(log, request, reply)
    done()
  })
  server.addHook('onResponse', (request, reply, done) => {
    leave(log, request, reply)
    done()
  })
}

/** Leaves a call in the log, once. Exported for answers that are given before there is a route. */
export function leave(
  log: RequestLog,
  request: FastifyRequest,
  reply: FastifyReply,
  answer = request.answerToLog ?? '',
): void {
  if (request.isLogged) return
  request.isLogged = true
  const route = routeOf(request)
  if (route === null || LOGGED_ROUTES.test(route)) log.add(recordOf(request, reply, route, answer))
}

function recordOf(
  request: FastifyRequest,
  reply: FastifyReply,
  route: string | null,
  answer: string,
): RequestRecord {
  const { caller, verifiedSignature, headers } = request
  const key = headers['idempotency-key']
  return {
    id: request.id,
    author: authorOf(request),
    credential: credentialOf(request),
    evidence: verifiedSignature ?? null,
    method: request.method,
    route,
    target: request.raw.url ?? '',
    headers,
    body: request.rawBody ?? null,
    is_body_json: request.body !== undefined && request.body !== null,
    api_version: caller?.api_version ?? null,
    idempotency_key: caller?.idempotency?.key ?? (key === undefined ? null : String(key)),
    caller_address: request.ip ?? null,
    status: reply.statusCode,
    duration_us: Math.round(reply.elapsedTime * 1000),
    steps: request.stepMarks ?? {},
    response_headers: headersOf(reply),
    response_body: answer,
  }
}

/** A key that signed is its app's, also when the call was refused for another reason. */
function authorOf(request: FastifyRequest): RequestAuthor | null {
  const { caller, verifiedSignature } = request
  if (caller) return caller
  if (!verifiedSignature) return request.assertingApp?.() ?? null
  const { key, key_id } = verifiedSignature
  const { institution_id, department_id, app_id, livemode } = key
  return { institution_id, department_id, app_id, livemode, key_id }
}

function credentialOf(request: FastifyRequest): CredentialKind {
  if (request.verifiedSignature) return 'signature'
  if (isReplayed(request)) return 'replay'
  if (request.caller) return request.caller.operator ? 'session' : 'token'
  return request.assertingApp?.() ? 'assertion' : 'none'
}

function headersOf(reply: FastifyReply): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const name of RESPONSE_HEADERS) {
    const value = reply.getHeader(name)
    if (value !== undefined) kept[name] = value
  }
  return kept
}

const templates = new Map<string, string>()

/** As the OpenAPI document writes it: `/v1/payments/{id}`. */
function routeOf(request: FastifyRequest): string | null {
  const url = request.routeOptions?.url
  if (url === undefined || url.includes('*')) return null
  let template = templates.get(url)
  if (template === undefined) {
    template = url.replaceAll(/:(\w+)/g, '{$1}')
    templates.set(url, template)
  }
  return template
}

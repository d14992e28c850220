import { isRecord } from '../core/problem.js'
import { API_VERSION } from '../resources/api-version.js'
import { COMPONENTS, OPERATIONS } from '../resources/request-schemas.js'
import type { OperationSchema } from './json-schema.types.js'
import type { PlatformSigner } from './platform-signer.js'
import type { KnownKey, RequestVerifier, SignedRequest } from './request-signature.js'
import { Answer, Call, type Handler } from './sandbox.call.js'
import { IdempotencyKeys, type StoredAnswer } from './sandbox.idempotency.js'
import { SANDBOX_PROBLEMS, SandboxProblem, type SandboxProblemCode } from './sandbox.problem.js'
import type { World } from './sandbox.world.js'
import { checkSchema } from './schema-check.js'

interface Route {
  readonly operation: OperationSchema
  readonly pattern: RegExp
  /** Absent for what only the platform itself can play. */
  readonly handler: Handler | undefined
}

const DOCS_BASE = 'https://sandbox.openbursar.test/docs'
/** The only field whose allowed values the document leaves open. */
const CURRENCIES_COLLECTED: readonly unknown[] = [undefined, 'CNY']

/** Takes a request through everything that the platform's gateway does, in the same order. */
export class SandboxGateway {
  readonly #idempotency = new IdempotencyKeys()
  readonly #routes: readonly Route[]
  readonly #world: World
  readonly #verifier: RequestVerifier
  readonly #signer: PlatformSigner

  constructor(
    world: World,
    verifier: RequestVerifier,
    signer: PlatformSigner,
    handlers: Readonly<Record<string, Handler>>,
  ) {
    this.#world = world
    this.#verifier = verifier
    this.#signer = signer
    this.#routes = Object.entries(OPERATIONS)
      .map(([id, operation]) => ({
        operation,
        pattern: new RegExp(`^${operation.path.replace(/\{\w+\}/g, '([^/]+)')}$`),
        handler: handlers[id],
      }))
      // A fixed segment wins over a parameter in the same place.
      .sort(
        (one, other) =>
          one.operation.path.split('{').length - other.operation.path.split('{').length,
      )
  }

  /** Never throws: whatever goes wrong is a problem document. */
  async answer(request: SignedRequest): Promise<Response> {
    const requestId = this.#world.newId('req')
    const isWrite = request.method !== 'GET'
    const problemOf = (problem: SandboxProblem): StoredAnswer => {
      const wire = problem.toWire(requestId, isWrite, DOCS_BASE)
      return { status: problem.spec.status, body: JSON.stringify(wire) }
    }
    try {
      const { isReplay, ...answer } = await this.#run(request, requestId, problemOf)
      const replayed = isReplay ? { 'idempotent-replayed': 'true' } : undefined
      return this.#respond(request, answer, { 'x-request-id': requestId, ...replayed })
    } catch (error) {
      const problem = error instanceof SandboxProblem ? error : unexpected(error)
      const { retryAfterSeconds } = problem.options
      const wait =
        retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) }
      return this.#respond(request, problemOf(problem), { 'x-request-id': requestId, ...wait })
    }
  }

  /** What a platform in trouble answers, or one that was asked too often. */
  refuse(
    request: SignedRequest,
    status: 429 | 500 | 503,
    retryAfterSeconds: number | undefined,
  ): Response {
    const codes = {
      429: 'rate_limited',
      500: 'internal_error',
      503: 'service_unavailable',
    } as const
    const problem = new SandboxProblem(codes[status], 'The test asked for this answer.')
    const requestId = this.#world.newId('req')
    const wire = problem.toWire(requestId, request.method !== 'GET', DOCS_BASE)
    const answer = { status, body: JSON.stringify(wire) }
    const wait =
      retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) }
    return this.#respond(request, answer, { 'x-request-id': requestId, ...wait })
  }

  /** What a handler does before it waits for anything is what this call causes. */
  #causing<Result>(requestId: string, act: () => Result): Result {
    this.#world.requestId = requestId
    try {
      return act()
    } finally {
      this.#world.requestId = null
    }
  }

  async #run(
    request: SignedRequest,
    requestId: string,
    problemOf: (problem: SandboxProblem) => StoredAnswer,
  ): Promise<StoredAnswer & { readonly isReplay: boolean }> {
    const url = new URL(request.url)
    if (url.pathname === '/.well-known/jwks.json') {
      const body = JSON.stringify(this.#signer.jwks())
      return { status: 200, body, isReplay: false }
    }
    const { route, ids } = this.#find(request.method, url.pathname)
    const { handler, operation } = route
    const key = this.#verifier.verify(request)
    requireScopes(key, operation)
    requireVersion(request.headers)
    if (handler === undefined) throw notPlayed(operation)
    const run = async (): Promise<StoredAnswer> => {
      const query = readQuery(operation, url.searchParams)
      const body = readBody(operation, request)
      const call = new Call(this.#world, key, { ids, query, body, signal: request.signal })
      const result = await this.#causing(requestId, () => handler(call))
      const { status, body: wire } =
        result instanceof Answer ? result : { status: 200, body: result }
      return { status, body: JSON.stringify(wire) }
    }
    if (!operation.is_idempotent) return { ...(await run()), isReplay: false }
    const idempotencyKey = request.headers.get('idempotency-key')
    const at = `${request.method} ${url.pathname}`
    return this.#idempotency.run(at, idempotencyKey, request.body, run, problemOf)
  }

  #find(method: string, path: string): { route: Route; ids: string[] } {
    const known = this.#routes.filter(({ pattern }) => pattern.test(path))
    const route = known.find(({ operation }) => operation.method === method)
    if (route !== undefined) {
      const ids = (route.pattern.exec(path) ?? []).slice(1).map(decodeURIComponent)
      return { route, ids }
    }
    if (known.length === 0) {
      throw new SandboxProblem('route_not_found', `There is no such address: ${path}.`)
    }
    const methods = known.map(({ operation }) => operation.method).join(', ')
    throw new SandboxProblem('method_not_allowed', `This address knows only ${methods}.`)
  }

  #respond(
    request: SignedRequest,
    answer: StoredAnswer,
    headers: Record<string, string>,
  ): Response {
    const isProblem = answer.status >= 400
    const type = isProblem ? 'application/problem+json' : 'application/json; charset=utf-8'
    const signature = request.headers.has('accept-signature')
      ? this.#signer.responseHeaders(request, answer)
      : undefined
    const { body, status } = answer
    return new Response(body, {
      status,
      headers: { 'content-type': type, ...headers, ...signature },
    })
  }
}

function requireScopes({ scopes }: KnownKey, operation: OperationSchema): void {
  if (scopes === null) return
  const missing = operation.scopes.filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return
  throw new SandboxProblem('scope_missing', `This key lacks the scope ${missing.join(', ')}.`)
}

function requireVersion(headers: Headers): void {
  const wanted = headers.get('bursar-version')
  if (wanted === null || wanted === API_VERSION) return
  throw new SandboxProblem(
    'version_unknown',
    `Bursar-Version names ${wanted}; the in-process sandbox plays ${API_VERSION} only.`,
  )
}

function notPlayed({ method, path }: OperationSchema): SandboxProblem {
  return new SandboxProblem(
    'route_not_found',
    `The in-process sandbox does not play ${method} ${path}: test it against the platform's own sandbox.`,
  )
}

function readQuery({ query }: OperationSchema, parameters: URLSearchParams): unknown {
  const given: Record<string, unknown> = {}
  for (const [name, text] of parameters) {
    const type = query[name]?.type
    const isNumber = type === 'integer' || type === 'number'
    given[name] = isNumber ? Number(text) : text
  }
  const schema = { type: 'object', properties: query, additionalProperties: false }
  return requireValid(checkSchema(schema, given, COMPONENTS))
}

function readBody({ body: schema, method }: OperationSchema, request: SignedRequest): unknown {
  const { body: bytes, headers } = request
  const text = new TextDecoder().decode(bytes)
  if (schema === undefined) {
    if (bytes.length === 0 || (text === '{}' && method !== 'GET')) return undefined
    throw new SandboxProblem('body_unexpected', 'This call has no body.')
  }
  if (bytes.length === 0) throw new SandboxProblem('body_missing', 'The body: is required')
  if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')) {
    throw new SandboxProblem('content_type_unsupported', 'Send the body as application/json.')
  }
  const value = requireValid(checkSchema(schema, parseJson(text), COMPONENTS))
  if (isRecord(value) && !CURRENCIES_COLLECTED.includes(value.currency)) {
    const detail = 'is not a currency that can be collected: use CNY'
    const errors = [{ pointer: '/currency', code: 'currency_unsupported', detail }]
    throw new SandboxProblem('currency_unsupported', `/currency: ${detail}`, { errors })
  }
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SandboxProblem('json_malformed', 'The body is not JSON.')
  }
}

function requireValid({ errors, value }: ReturnType<typeof checkSchema>): unknown {
  const [first] = errors
  if (first === undefined) return value
  const where = first.pointer === '' ? 'The body' : first.pointer
  const code = isProblemCode(first.code) ? first.code : 'request_invalid'
  throw new SandboxProblem(code, `${where}: ${first.detail}`, { errors: errors.slice(0, 20) })
}

function isProblemCode(code: string): code is SandboxProblemCode {
  return Object.hasOwn(SANDBOX_PROBLEMS, code)
}

function unexpected(error: unknown): SandboxProblem {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new SandboxProblem('internal_error', `The sandbox itself broke: ${reason}`)
}

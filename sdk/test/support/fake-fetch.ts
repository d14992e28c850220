import { sleep } from '../../src/core/deadline.js'
import type { RequestOptions } from '../../src/core/options.js'
import { Transport, type TransportConfig } from '../../src/core/transport.js'

export interface SentRequest {
  url: string
  method: string
  headers: Headers
  body: string | undefined
}

type Step = Response | Error | ((init: RequestInit | undefined) => Promise<Response>)

/** A fetch that plays the given steps in turn and remembers what it was sent. */
export function fakeFetch(...steps: Step[]) {
  const sent: SentRequest[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const step = steps[sent.length]
    const { body } = init ?? {}
    sent.push({
      url: String(input),
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
      body: body instanceof Uint8Array ? new TextDecoder().decode(body) : undefined,
    })
    if (step === undefined) throw new Error(`the script has no step ${sent.length}`)
    if (step instanceof Error) throw step
    return typeof step === 'function' ? step(init) : step
  }
  return { fetch, sent }
}

export function json(body: unknown, init: ResponseInit = {}): Response {
  const headers = { 'content-type': 'application/json', ...headersOf(init) }
  return new Response(JSON.stringify(body), { status: 200, ...init, headers })
}

export function problem(
  status: number,
  fields: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  const body = { type: 'about:blank', title: 'Problem', status, code: 'some_code', ...fields }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}

function headersOf(init: ResponseInit): Record<string, string> {
  return Object.fromEntries(new Headers(init.headers).entries())
}

/** How Node's fetch reports a broken connection. */
export function networkError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

/** Never answers, and ends as fetch does when its signal fires. */
export function hang(init: RequestInit | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new DOMException('This operation was aborted', 'AbortError'))
    if (init?.signal?.aborted === true) fail()
    init?.signal?.addEventListener('abort', fail)
  })
}

/**
 * A resource as the generator writes it, but independent of the document, with no credentials, so that
 * tests of the transport need neither. Its back-off is always zero.
 */
export function bills(fetch: typeof globalThis.fetch, config: Partial<TransportConfig> = {}) {
  const transport = new Transport({
    baseUrl: 'https://pay.test',
    timeoutMs: 1_000,
    maxRetries: 2,
    apiVersion: undefined,
    headers: undefined,
    credentials: undefined,
    fetch,
    authenticate: async () => {},
    platformKeys: undefined,
    random: () => 0,
    sleep,
    ...config,
  })
  const path = '/v1/bills'
  const one = '/v1/bills/{id}'
  return {
    create: (body: object, options?: RequestOptions) =>
      transport.request<Item>({ method: 'POST', path, body }, options),
    get: (id: string, options?: RequestOptions) =>
      transport.request<Item>({ method: 'GET', path: one, ids: [id] }, options),
    list: (query?: object) => transport.list<Item>({ method: 'GET', path, query }),
    void: (id: string) =>
      transport.request<Item>({ method: 'POST', path: `${one}/void`, ids: [id] }),
    delete: (id: string) => transport.request<void>({ method: 'DELETE', path: one, ids: [id] }),
    receipt: (id: string) => transport.download({ method: 'GET', path: one, ids: [id] }),
    import: (body: string, options?: RequestOptions) =>
      transport.request<Item>({ method: 'POST', path, body, contentType: 'text/csv' }, options),
  }
}

interface Item {
  id: string
}

import { type Bytes, utf8 } from '../internal/bytes.js'
import {
  abortFailure,
  connectionFailure,
  type FailedTry,
  keysFailure,
} from './connection-failure.js'
import { Deadline, sleep } from './deadline.js'
import { BursarApiError, BursarError, type ClientErrorCode, type Outcome } from './errors.js'
import type { Provided, RequestOptions } from './options.js'
import { PagePromise } from './pagination.js'
import type { PlatformKeys } from './platform-keys.js'
import { errorFromResponse } from './problem.js'
import { type Answer, isSignedByPlatform } from './response-signature.js'
import { isRetryable, retryDelayMs } from './retry.js'
import { contentDigest, type SignableRequest } from './signing.js'
import { buildUrl, fillPath } from './url.js'
import { SDK_VERSION } from './version.js'

/** One call of the API, before it has an idempotency key, a digest or a signature. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From `/v1` on; `{name}` stands for an id. */
  path: string
  /** The ids for the path, in order. */
  ids?: readonly string[] | undefined
  query?: object | undefined
  /** An object is sent as JSON; text and bytes are sent as they are, under `contentType`. */
  body?: object | string | undefined
  contentType?: string | undefined
}

/** Everything about a client that a call needs. */
export interface TransportConfig {
  baseUrl: string
  timeoutMs: number
  maxRetries: number
  apiVersion: string | undefined
  headers: Provided<Record<string, string>> | undefined
  /** `include` lets a browser send the session's cookie. */
  credentials: RequestInit['credentials']
  fetch: typeof globalThis.fetch
  /** Adds credentials to the finished request; called for each try. */
  authenticate: (request: SignableRequest) => Promise<void>
  /** Judge the answers to writes; without them every answer is believed. */
  platformKeys: PlatformKeys | undefined
  random: () => number
  sleep: typeof sleep
}

/** A request made ready once; its tries differ in credentials only. */
interface PreparedRequest extends SignableRequest {
  body: Bytes | undefined
  options: RequestOptions
  timeoutMs: number
}

/** Sends calls, signs them, repeats what may be repeated. Generated resources sit on top of it. */
export class Transport {
  readonly #config: TransportConfig

  constructor(config: TransportConfig) {
    this.#config = config
  }

  /** Resolves to the JSON of the answer, or undefined when it has no content. */
  request<T>(request: ApiRequest, options?: RequestOptions): Promise<T> {
    return this.#send(request, options ?? {}, jsonReader<T>())
  }

  /** For what is not JSON (PDF, CSV): the open response, to stream or to buffer. */
  download(request: ApiRequest, options?: RequestOptions): Promise<Response> {
    return this.#send(request, options ?? {}, openReader)
  }

  /** A list: await it for one page, or iterate over all of them. */
  list<T>(request: ApiRequest, options?: RequestOptions): PagePromise<T> {
    return new PagePromise<T>((cursor) => {
      const query = cursor === undefined ? request.query : { ...request.query, cursor }
      return this.request({ ...request, query }, options)
    })
  }

  async #send<T>(request: ApiRequest, options: RequestOptions, read: Reader<T>): Promise<T> {
    const prepared = await this.#prepare(request, options, read.accept)
    const maxRetries = options.maxRetries ?? this.#config.maxRetries
    // Once a try may have reached the server, a later refusal says nothing about that first one.
    let isUncertain = false
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#try(prepared, isUncertain, read)
      } catch (error) {
        if (!(error instanceof BursarError)) throw error
        if (attempt >= maxRetries || !isRetryable(error)) throw error
        const delayMs = retryDelayMs(error, attempt, this.#config.random, Date.now())
        if (delayMs === undefined) throw error
        isUncertain ||= error.outcome === 'unknown'
        await this.#config.sleep(delayMs, options.signal)
      }
    }
  }

  async #prepare(
    request: ApiRequest,
    options: RequestOptions,
    accept: string,
  ): Promise<PreparedRequest> {
    const { apiVersion, baseUrl, timeoutMs } = this.#config
    const headers = new Headers({ accept, 'user-agent': `openbursar-sdk/${SDK_VERSION}` })
    if (apiVersion !== undefined) headers.set('bursar-version', apiVersion)
    const body = encodeBody(request.body)
    if (body !== undefined) headers.set('content-type', request.contentType ?? 'application/json')
    setAll(headers, options.headers)
    // Decided once per call, even with retries off: a caller's own retry layer may sit below fetch.
    if (options.idempotencyKey !== undefined || request.method === 'POST') {
      headers.set('idempotency-key', options.idempotencyKey ?? crypto.randomUUID())
    }
    if (body !== undefined) headers.set('content-digest', await contentDigest(body))
    return {
      method: request.method,
      targetUri: buildUrl(baseUrl, fillPath(request.path, request.ids ?? []), request.query),
      headers,
      body,
      options,
      timeoutMs: options.timeoutMs ?? timeoutMs,
    }
  }

  async #try<T>(prepared: PreparedRequest, isUncertain: boolean, read: Reader<T>): Promise<T> {
    const { method, targetUri, timeoutMs } = prepared
    const { signal } = prepared.options
    const failed = { method, targetUri, timeoutMs, signal, isUncertain, isTimeout: false }
    if (signal?.aborted === true) throw abortFailure(failed)
    if (method !== 'GET') await this.#preparePlatformKeys(failed)
    const headers = await this.#headersOfTry(prepared)
    const deadline = new Deadline(timeoutMs, signal)
    try {
      const response = await this.#config.fetch(targetUri, {
        method,
        headers,
        signal: deadline.signal,
        // The signature covers one target; following a redirect would send it to another.
        redirect: 'manual',
        ...(prepared.body === undefined ? {} : { body: prepared.body }),
        ...(this.#config.credentials === undefined
          ? {}
          : { credentials: this.#config.credentials }),
      })
      if (response.ok && read.open !== undefined) return read.open(response)
      const { status, headers: answerHeaders } = response
      const answer = { status, headers: answerHeaders, body: await response.text() }
      return await this.#believe(prepared, answer, isUncertain, read)
    } catch (error) {
      if (error instanceof BursarError) throw error
      throw connectionFailure(error, { ...failed, isTimeout: deadline.isOver })
    } finally {
      deadline.release()
    }
  }

  /** Decides what an answer that arrived in full means. */
  async #believe<T>(
    prepared: PreparedRequest,
    answer: Answer,
    isUncertain: boolean,
    read: Reader<T>,
  ): Promise<T> {
    const { platformKeys } = this.#config
    const isPost = prepared.method === 'POST'
    const isOk = answer.status >= 200 && answer.status < 300
    const isGenuine =
      platformKeys === undefined ||
      prepared.method === 'GET' ||
      (await isSignedByPlatform(prepared, answer, platformKeys))
    if (!isOk) {
      const mayHaveTakenEffect = isUncertain || !isGenuine || mayHaveRun(answer)
      // Words that nobody signed must not talk a caller into paying again.
      const believed = isGenuine ? answer : { ...answer, body: '' }
      throw errorFromResponse(believed, isPost && mayHaveTakenEffect ? 'unknown' : undefined)
    }
    const outcome = isPost ? 'unknown' : undefined
    if (!isGenuine) {
      throw unusable(answer, 'response_signature_invalid', 'is not signed by the platform', outcome)
    }
    return read.parse(answer, outcome)
  }

  async #preparePlatformKeys(failed: FailedTry): Promise<void> {
    try {
      await this.#config.platformKeys?.prepare()
    } catch (error) {
      throw error instanceof BursarError ? error : keysFailure(error, failed)
    }
  }

  async #headersOfTry(prepared: PreparedRequest): Promise<Headers> {
    const { authenticate, headers: provided } = this.#config
    const headers = new Headers(typeof provided === 'function' ? await provided() : provided)
    // What the SDK and the call say wins over what the client says for every call.
    prepared.headers.forEach((value, name) => {
      headers.set(name, value)
    })
    await authenticate({ method: prepared.method, targetUri: prepared.targetUri, headers })
    return headers
  }
}

/** How a successful answer becomes a value; with `open` it is handed over unread. */
interface Reader<T> {
  accept: string
  open?: (response: Response) => T
  parse: (answer: Answer, outcome: Outcome | undefined) => T
}

function jsonReader<T>(): Reader<T> {
  return {
    accept: 'application/json',
    parse(answer, outcome) {
      try {
        const parsed: T = answer.body === '' ? undefined : JSON.parse(answer.body)
        return parsed
      } catch (cause) {
        throw unusable(answer, 'response_invalid', 'has a body that is not JSON', outcome, cause)
      }
    },
  }
}

const openReader: Reader<Response> = {
  accept: '*/*',
  open: (response) => response,
  parse: (answer) => new Response(answer.body, { status: answer.status, headers: answer.headers }),
}

/** A 2xx that cannot be used: the call took effect, or did not, and only a GET can tell. */
function unusable(
  answer: Answer,
  code: ClientErrorCode,
  reason: string,
  outcome: Outcome | undefined,
  cause?: unknown,
): BursarApiError {
  const { status, headers, body: rawBody } = answer
  const requestId = headers.get('x-request-id') ?? undefined
  const init = { code, status, requestId, outcome, rawBody, headers, cause }
  return new BursarApiError(`the answer (${status}) ${reason}`, init)
}

/** After a 5xx nobody but the server knows; a 409 of this code means that the first try still runs. */
function mayHaveRun({ status, body }: Answer): boolean {
  return status >= 500 || (status === 409 && body.includes('"idempotency_in_progress"'))
}

function encodeBody(body: object | string | undefined): Bytes | undefined {
  if (body === undefined) return undefined
  if (typeof body === 'string') return utf8(body)
  if (body instanceof Uint8Array) return new Uint8Array(body)
  return utf8(JSON.stringify(body))
}

function setAll(headers: Headers, values: Record<string, string> | undefined): void {
  for (const [name, value] of Object.entries(values ?? {})) headers.set(name, value)
}

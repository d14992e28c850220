import * as http from 'node:http'
import * as https from 'node:https'
import type { LookupFunction } from 'node:net'
import { findUrlProblem, isAddressAllowed } from '../endpoints/webhook-url.rules.js'
import type { WebhookAnswer } from './delivery.types.js'
import type { HostResolver } from './host.resolver.js'

const DEADLINE_MS = 15_000
const RESPONSE_BYTES_MAX = 16 * 1024
/** How long one of several addresses may take to connect before the next is tried as well. */
const CONNECT_ATTEMPT_MS = 2_000
const IDLE_CONNECTIONS_MAX = 256

export interface WebhookRequest {
  readonly url: string
  readonly livemode: boolean
  readonly headers: Record<string, string>
  readonly body: string
}

interface Exchange {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** An address that we don't send to. The message is for the endpoint's owner and names no address. */
class AddressRefused extends Error {}

/** The http and https connections of one mode, which share its rule about addresses. */
class Connections {
  readonly lookup: LookupFunction
  private readonly plain: http.Agent
  private readonly tls: https.Agent

  constructor(livemode: boolean, resolve: HostResolver) {
    this.lookup = pinnedLookup(livemode, resolve)
    const options = {
      keepAlive: true,
      maxFreeSockets: IDLE_CONNECTIONS_MAX,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: CONNECT_ATTEMPT_MS,
      lookup: this.lookup,
    }
    this.plain = new http.Agent(options)
    this.tls = new https.Agent(options)
  }

  start(url: string, options: http.RequestOptions): http.ClientRequest {
    return url.startsWith('https:')
      ? https.request(url, { ...options, agent: this.tls })
      : http.request(url, { ...options, agent: this.plain })
  }

  close(): void {
    this.plain.destroy()
    this.tls.destroy()
  }
}

/** POSTs webhooks to strangers: one deadline over everything, no redirects, no private addresses. */
export class WebhookClient {
  // Apart, so that live mode never reuses a connection to an address that only test mode allows.
  private readonly live: Connections
  private readonly test: Connections
  private readonly deadlineMs: number

  constructor(resolve: HostResolver, options: { readonly deadlineMs?: number } = {}) {
    this.live = new Connections(true, resolve)
    this.test = new Connections(false, resolve)
    this.deadlineMs = options.deadlineMs ?? DEADLINE_MS
  }

  /** Never throws: whatever goes wrong is an answer too. */
  async post(request: WebhookRequest): Promise<WebhookAnswer> {
    const startedMs = performance.now()
    const duration = () => Math.round(performance.now() - startedMs)
    const signal = AbortSignal.timeout(this.deadlineMs)
    try {
      const { status, headers, body } = await this.exchange(request, signal)
      return {
        response_status: status,
        response_headers: flatten(headers),
        response_body: body,
        error: null,
        duration_ms: duration(),
      }
    } catch (error) {
      const text = signal.aborted
        ? `There was no answer within ${this.deadlineMs / 1000} s.`
        : describe(error)
      const nothing = { response_status: null, response_headers: null, response_body: null }
      return { ...nothing, error: text, duration_ms: duration() }
    }
  }

  close(): void {
    this.live.close()
    this.test.close()
  }

  private async exchange(request: WebhookRequest, signal: AbortSignal): Promise<Exchange> {
    // An address in the URL itself is never looked up, so it is judged here.
    const problem = findUrlProblem(request.url, request.livemode)
    if (problem !== null) throw new AddressRefused(`The endpoint's url ${problem}.`)
    const connections = request.livemode ? this.live : this.test
    for (;;) {
      try {
        return await send(connections, request, signal)
      } catch (error) {
        // The endpoint closed an idle connection just as we took it: not a failure of its own.
        // Ends, because every round uses up one idle connection.
        if (!(error instanceof StaleConnection)) throw error
      }
    }
  }
}

class StaleConnection extends Error {}

function send(
  connections: Connections,
  request: WebhookRequest,
  signal: AbortSignal,
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const outgoing = connections.start(request.url, {
      method: 'POST',
      headers: { ...request.headers, 'content-length': Buffer.byteLength(request.body) },
      signal,
    })
    let isAnswered = false
    outgoing.on('error', (error) => {
      if (isAnswered) return
      const isStale = outgoing.reusedSocket && codeOf(error) === 'ECONNRESET' && !signal.aborted
      reject(isStale ? new StaleConnection() : error)
    })
    outgoing.on('response', (response) => {
      isAnswered = true
      const { statusCode = 0, headers } = response
      readStart(response).then((body) => resolve({ status: statusCode, headers, body }), reject)
    })
    outgoing.end(request.body)
  })
}

/** The first 16 KiB. The status is the answer: a body that breaks off or comes too late changes nothing. */
async function readStart(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue
      chunks.push(chunk)
      length += chunk.length
      // Leaving the loop destroys the stream and its connection.
      if (length > RESPONSE_BYTES_MAX) break
    }
  } catch {
    // What arrived is kept.
  }
  const text = Buffer.concat(chunks).subarray(0, RESPONSE_BYTES_MAX).toString()
  // PostgreSQL's text has no NUL.
  return text.replaceAll('\0', '\uFFFD')
}

/**
 * Resolves a name once, judges every address and gives exactly these to the connection: a name server
 * that answers differently the next time (DNS rebinding) gains nothing.
 */
function pinnedLookup(livemode: boolean, resolve: HostResolver): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses
        if (!first || addresses.some(({ address }) => !isAddressAllowed(address, livemode))) {
          const message = `${host} does not resolve to a public address.`
          callback(new AddressRefused(message), '', 4)
        } else if (options.all) callback(null, [...addresses])
        else callback(null, first.address, first.family)
      },
      (error: unknown) => {
        const cause = error instanceof Error ? error : new Error(String(error))
        callback(cause, '', 4)
      },
    )
  }
}

function describe(error: unknown): string {
  if (error instanceof AddressRefused) return error.message
  const code = codeOf(error)
  // Node's own messages name addresses, which are the network's business.
  if (code !== undefined) return `The request failed: ${code}.`
  return error instanceof Error ? `The request failed: ${error.message}.` : 'The request failed.'
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return Object.fromEntries(pairs)
}

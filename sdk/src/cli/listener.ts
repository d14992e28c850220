import type { Bursar } from '../client.js'
import { sleep } from '../core/deadline.js'
import { BursarAbortError, BursarError } from '../core/errors.js'
import type { PageData } from '../core/pagination.js'
import { webhooks } from '../core/webhooks.js'
import type { ListenState } from './listen-state.js'

/** An event as `GET /v1/events` tells it. */
export interface ListedEvent {
  readonly id: string
  readonly type: string
  readonly created_at: string
  readonly livemode: boolean
  readonly api_version: string
  readonly data: unknown
}

/** One try to hand an event to the receiver. `status` null: it did not answer, and `reason` says why. */
export interface ForwardedEvent {
  readonly event: ListedEvent
  readonly attempt: number
  readonly status: number | null
  readonly reason: string | null
  readonly duration_ms: number
  /** When it is tried again; null: it was taken. */
  readonly retry_in_ms: number | null
}

export interface ListenerOptions {
  readonly bursar: Bursar
  readonly forwardTo: string
  readonly state: ListenState
  /** Begins with the oldest event that the platform keeps, instead of the next one. */
  readonly isFromStart: boolean
  /** Only these types; empty means all. */
  readonly types: ReadonlySet<string>
  readonly onAttempt: (attempt: ForwardedEvent) => void
  /** The platform cannot be asked just now. */
  readonly onTrouble: (message: string) => void
  readonly signal: AbortSignal
}

/** As long as the platform waits for a receiver. */
const FORWARD_TIMEOUT_MS = 15_000
const WAIT_SECONDS = 25
const PAGE_LIMIT = 100
const BASE_DELAY_MS = 500
const DELAY_MS_MAX = 30_000

/**
 * Hands every event to the receiver, one after the other in the platform's order, and goes on only when it
 * was taken. Ends when it is told to stop; throws when the platform refuses to tell.
 */
export async function listen(options: ListenerOptions): Promise<void> {
  const { isFromStart, signal, state } = options
  if (state.after === undefined) {
    // Remembered at once, also that there is no event yet: what happens from here on is not left out.
    const begun = isFromStart ? null : await ask(options, { after: 'now', limit: 1 })
    if (signal.aborted) return
    state.save(begun?.next_cursor ?? null)
  }
  let after = state.after ?? null
  while (!signal.aborted) {
    const page = await ask(options, { after, limit: PAGE_LIMIT, wait_seconds: WAIT_SECONDS })
    for (const event of page.data) {
      const isTaken = await forwardUntilTaken(event, options)
      if (!isTaken) return
      after = event.id
      state.save(after)
    }
    // Beyond the last event there may be others, of types that were not asked for.
    if (page.next_cursor !== null && page.next_cursor !== after) {
      after = page.next_cursor
      state.save(after)
    }
  }
}

/** Asks until the platform answers; a refusal that asking again cannot cure is thrown. */
async function ask(options: ListenerOptions, query: object): Promise<PageData<ListedEvent>> {
  const { bursar, onTrouble, signal } = options
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await bursar.request<PageData<ListedEvent>>(
        { method: 'GET', path: '/v1/events', query: { order: 'asc', ...query } },
        { signal, maxRetries: 0, timeoutMs: (WAIT_SECONDS + 20) * 1000 },
      )
    } catch (error) {
      if (signal.aborted || error instanceof BursarAbortError) return NOTHING
      if (!(error instanceof BursarError) || !error.retryable) throw error
      const delayMs = delayAfter(attempt)
      onTrouble(`${error.message}; asking again in ${delayMs / 1000} s`)
      await sleep(delayMs, signal)
    }
  }
}

const NOTHING: PageData<ListedEvent> = {
  object: 'list',
  data: [],
  has_more: false,
  next_cursor: null,
}

/** False: it was told to stop before the receiver took the event. */
async function forwardUntilTaken(event: ListedEvent, options: ListenerOptions): Promise<boolean> {
  const { onAttempt, signal, types } = options
  if (types.size > 0 && !types.has(event.type)) return true
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const startedAt = performance.now()
    const { reason, status } = await forward(event, options)
    const isTaken = status !== null && status >= 200 && status < 300
    if (signal.aborted && !isTaken) return false
    const delayMs = isTaken ? null : delayAfter(attempt - 1)
    const duration = Math.round(performance.now() - startedAt)
    onAttempt({ event, attempt, status, reason, duration_ms: duration, retry_in_ms: delayMs })
    if (delayMs === null) return true
    await sleep(delayMs, signal)
  }
  return false
}

/** The same bytes and headers as in live mode, signed anew for each try, with the listener's own secret. */
async function forward(
  { api_version, created_at, data, id, livemode, type }: ListedEvent,
  { forwardTo, signal, state }: ListenerOptions,
): Promise<Pick<ForwardedEvent, 'reason' | 'status'>> {
  const body = JSON.stringify({ id, type, created_at, livemode, api_version, data })
  const signed = await webhooks.sign(body, { id, secret: state.secret })
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'OpenBursar-Webhooks/1',
    ...signed,
  }
  try {
    const response = await fetch(forwardTo, {
      ...{ method: 'POST', headers, body, redirect: 'manual' as const },
      signal: AbortSignal.any([signal, AbortSignal.timeout(FORWARD_TIMEOUT_MS)]),
    })
    // Read to its end, so that the connection can be used again.
    await response.arrayBuffer().catch(() => {})
    return { reason: null, status: response.status }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { reason: cause instanceof Error ? cause.message : String(cause), status: null }
  }
}

const delayAfter = (attempt: number): number =>
  Math.min(DELAY_MS_MAX, BASE_DELAY_MS * 2 ** Math.min(attempt, 10))

import { type ClockSample, sampleClock } from '../ui/countdown.rules.js'
import { isRecord, parseCashierView } from './cashier-view.parse.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'

const READ_TIMEOUT_MS = 8_000
/** Starting a payment waits for the channel, so it is given longer. */
const PAY_TIMEOUT_MS = 25_000

export interface Refusal {
  code: string
  detail: string | null
}

export type CashierAnswer =
  | { kind: 'view'; view: CashierView; clock: ClockSample }
  | { kind: 'not_found' }
  | { kind: 'refused'; refusal: Refusal }
  /** Nothing usable came back: no network, a server error, or an answer we can't read. */
  | { kind: 'unreachable' }

/** Talks to the cashier's JSON API. It never throws: every outcome is an answer. */
export class CashierClient {
  readonly #address: string

  constructor(address: string) {
    this.#address = address
  }

  read(signal: AbortSignal): Promise<CashierAnswer> {
    return this.#ask(this.#address, {}, READ_TIMEOUT_MS, signal)
  }

  pay(choice: PayChoice, signal: AbortSignal): Promise<CashierAnswer> {
    const request = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ channel: choice.channel, method: choice.method }),
    }
    return this.#ask(`${this.#address}/pay`, request, PAY_TIMEOUT_MS, signal)
  }

  /** The PIN goes out once and is kept nowhere. */
  confirm(pin: string, signal: AbortSignal): Promise<CashierAnswer> {
    const request = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ pin }),
    }
    return this.#ask(`${this.#address}/confirm`, request, PAY_TIMEOUT_MS, signal)
  }

  async #ask(
    address: string,
    request: RequestInit,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<CashierAnswer> {
    const deadline = new AbortController()
    const abort = () => deadline.abort()
    const timer = setTimeout(abort, timeoutMs)
    signal.addEventListener('abort', abort)
    try {
      const askedAtMs = Date.now()
      const response = await fetch(address, {
        ...request,
        headers: {
          Accept: 'application/json, application/problem+json',
          'Accept-Language': document.documentElement.lang,
          ...request.headers,
        },
        cache: 'no-store',
        signal: deadline.signal,
      })
      const answeredAtMs = Date.now()
      const body: unknown = await response.json()
      return readAnswer(response.status, body, askedAtMs, answeredAtMs)
    } catch {
      return { kind: 'unreachable' }
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }
}

export function readAnswer(
  status: number,
  body: unknown,
  askedAtMs: number,
  answeredAtMs: number,
): CashierAnswer {
  if (status === 200) {
    const view = parseCashierView(body)
    return { kind: 'view', view, clock: sampleClock(view.server_time, askedAtMs, answeredAtMs) }
  }
  if (status === 404) return { kind: 'not_found' }
  // "Too many requests" says nothing about the payment: the same question later is right.
  if (status >= 400 && status < 500 && status !== 429 && isRecord(body)) {
    const code = typeof body.code === 'string' ? body.code : `http_${status}`
    return {
      kind: 'refused',
      refusal: { code, detail: typeof body.detail === 'string' ? body.detail : null },
    }
  }
  return { kind: 'unreachable' }
}

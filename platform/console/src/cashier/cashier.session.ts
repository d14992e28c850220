import type { CashierAnswer } from './cashier.client.js'
import {
  type CashierEvent,
  type CashierState,
  INITIAL_CASHIER_STATE,
  nextCashierState,
} from './cashier.state.js'
import { pollDelayMs } from './cashier-poll.rules.js'
import { isFinal } from './cashier-stage.rules.js'
import type { PayChoice } from './cashier-view.types.js'

/** What the session needs from the client; tests answer for it. */
export interface CashierApi {
  read(signal: AbortSignal): Promise<CashierAnswer>
  pay(choice: PayChoice, signal: AbortSignal): Promise<CashierAnswer>
  confirm(pin: string, signal: AbortSignal): Promise<CashierAnswer>
}

/**
 * Keeps the state of one cashier page fresh. One request at a time: starting a payment cancels a poll
 * that is under way, because an answer asked for earlier must not overwrite a later one.
 */
export class CashierSession {
  readonly #api: CashierApi
  readonly #isHidden: () => boolean
  readonly #listeners = new Set<() => void>()
  #state: CashierState = INITIAL_CASHIER_STATE
  #request: AbortController | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(api: CashierApi, isHidden: () => boolean) {
    this.#api = api
    this.#isHidden = isHidden
  }

  readonly getState = (): CashierState => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Asks now: at the start, when the page is seen again, when the network is back. */
  readonly refresh = (): void => {
    if (this.#isBusy() || isFinal(this.#state)) return
    void this.#poll()
  }

  readonly setOffline = (isOffline: boolean): void => {
    this.#apply({ kind: 'connection_changed', isOffline })
    if (!isOffline) this.refresh()
  }

  readonly pay = async (choice: PayChoice): Promise<void> => {
    if (this.#isBusy()) return
    const request = this.#begin()
    this.#apply({ kind: 'pay_started', choice })
    const answer = await this.#api.pay(choice, request.signal)
    if (request.signal.aborted) return
    this.#apply({ kind: 'pay_answered', answer })
    // Refused: the order has usually moved on without us. No answer: the payment may well have been
    // started. Either way look at once.
    if (answer.kind !== 'view') return this.#poll()
    this.#schedule()
  }

  readonly confirm = async (pin: string): Promise<void> => {
    if (this.#isBusy()) return
    const request = this.#begin()
    this.#apply({ kind: 'confirm_started' })
    const answer = await this.#api.confirm(pin, request.signal)
    if (request.signal.aborted) return
    this.#apply({ kind: 'confirm_answered', answer })
    if (answer.kind !== 'view') return this.#poll()
    this.#schedule()
  }

  readonly stop = (): void => {
    clearTimeout(this.#timer)
    this.#request?.abort()
  }

  #isBusy(): boolean {
    return this.#state.starting !== null || this.#state.isConfirming
  }

  async #poll(): Promise<void> {
    const request = this.#begin()
    const answer = await this.#api.read(request.signal)
    if (request.signal.aborted) return
    this.#apply({ kind: 'poll_answered', answer })
    this.#schedule()
  }

  #begin(): AbortController {
    this.stop()
    const request = new AbortController()
    this.#request = request
    return request
  }

  #schedule(): void {
    const delayMs = pollDelayMs(this.#state, this.#isHidden())
    if (delayMs === null) return
    this.#timer = setTimeout(() => void this.#poll(), delayMs)
  }

  #apply(event: CashierEvent): void {
    this.#state = nextCashierState(this.#state, event)
    for (const listener of this.#listeners) listener()
  }
}

import { type ClockSample, chooseClock } from '../ui/countdown.rules.js'
import type { CashierAnswer, Refusal } from './cashier.client.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'

export interface CashierState {
  view: CashierView | null
  clock: ClockSample | null
  /** How many requests in a row brought nothing usable. */
  failureCount: number
  isOffline: boolean
  isUnknown: boolean
  /** The choice that is being started; nothing else may be started meanwhile. */
  starting: PayChoice | null
  refusal: Refusal | null
}

export const INITIAL_CASHIER_STATE: CashierState = {
  view: null,
  clock: null,
  failureCount: 0,
  isOffline: false,
  isUnknown: false,
  starting: null,
  refusal: null,
}

export type CashierEvent =
  | { kind: 'pay_started'; choice: PayChoice }
  | { kind: 'poll_answered'; answer: CashierAnswer }
  | { kind: 'pay_answered'; answer: CashierAnswer }
  | { kind: 'connection_changed'; isOffline: boolean }

export function nextCashierState(state: CashierState, event: CashierEvent): CashierState {
  switch (event.kind) {
    case 'pay_started':
      return { ...state, starting: event.choice, refusal: null }
    case 'connection_changed':
      return { ...state, isOffline: event.isOffline }
    case 'poll_answered':
      return afterAnswer(state, event.answer)
    case 'pay_answered':
      return {
        ...(event.answer.kind === 'refused' ? state : afterAnswer(state, event.answer)),
        starting: null,
        refusal: refusalOf(event.answer),
      }
  }
}

function afterAnswer(state: CashierState, answer: CashierAnswer): CashierState {
  switch (answer.kind) {
    case 'view':
      return {
        ...state,
        view: answer.view,
        clock: chooseClock(state.clock, answer.clock),
        failureCount: 0,
        isOffline: false,
        isUnknown: false,
        // Once a payment is under way, an earlier refusal is history.
        refusal: answer.view.payment?.status === 'pending' ? null : state.refusal,
      }
    case 'not_found':
      return { ...state, isUnknown: true, failureCount: 0 }
    // Being refused to look is as little to show as no answer at all.
    case 'refused':
    case 'unreachable':
      return { ...state, failureCount: state.failureCount + 1 }
  }
}

/** Whether the server got the order is unknown when nothing came back; the next poll tells. */
function refusalOf(answer: CashierAnswer): Refusal | null {
  if (answer.kind === 'refused') return answer.refusal
  return answer.kind === 'unreachable' ? { code: 'unreachable', detail: null } : null
}

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
  /** A PIN is being checked; nothing else may be started meanwhile. */
  isConfirming: boolean
  refusal: Refusal | null
  /** The order was placed by this page just now, and the payer has not been sent on to it yet. */
  isFresh: boolean
}

export const INITIAL_CASHIER_STATE: CashierState = {
  view: null,
  clock: null,
  failureCount: 0,
  isOffline: false,
  isUnknown: false,
  starting: null,
  isConfirming: false,
  refusal: null,
  isFresh: false,
}

export type CashierEvent =
  | { kind: 'pay_started'; choice: PayChoice }
  | { kind: 'poll_answered'; answer: CashierAnswer }
  | { kind: 'pay_answered'; answer: CashierAnswer }
  | { kind: 'confirm_started' }
  | { kind: 'confirm_answered'; answer: CashierAnswer }
  | { kind: 'connection_changed'; isOffline: boolean }

export function nextCashierState(state: CashierState, event: CashierEvent): CashierState {
  switch (event.kind) {
    case 'pay_started':
      return { ...state, starting: event.choice, refusal: null }
    case 'connection_changed':
      return { ...state, isOffline: event.isOffline }
    case 'poll_answered':
      return afterAnswer(state, event.answer)
    case 'confirm_started':
      return { ...state, isConfirming: true, refusal: null }
    case 'confirm_answered':
      return {
        ...(event.answer.kind === 'refused' ? state : afterAnswer(state, event.answer)),
        isConfirming: false,
        refusal: refusalOf(event.answer),
      }
    case 'pay_answered':
      return {
        ...(event.answer.kind === 'refused' ? state : afterAnswer(state, event.answer)),
        starting: null,
        refusal: refusalOf(event.answer),
        isFresh: event.answer.kind === 'view',
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
        isFresh: false,
        // Once another order is under way, an earlier refusal is history.
        refusal: isNewOrder(state.view, answer.view) ? null : state.refusal,
      }
    case 'not_found':
      return { ...state, isUnknown: true, failureCount: 0 }
    // Being refused to look is as little to show as no answer at all.
    case 'refused':
    case 'unreachable':
      return { ...state, failureCount: state.failureCount + 1 }
  }
}

function isNewOrder(before: CashierView | null, after: CashierView): boolean {
  const { payment } = after
  if (payment?.status !== 'pending') return false
  const known = before?.payment
  return (
    known?.status !== 'pending' ||
    known.id !== payment.id ||
    known.channel !== payment.channel ||
    known.method !== payment.method
  )
}

/** Whether the server got the order is unknown when nothing came back; the next poll tells. */
function refusalOf(answer: CashierAnswer): Refusal | null {
  if (answer.kind === 'refused') return answer.refusal
  return answer.kind === 'unreachable' ? { code: 'unreachable', detail: null } : null
}

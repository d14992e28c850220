import { describe, expect, test } from '@jest/globals'
import { answerOf, cashierPayment, cashierView } from '../../test/cashier-view.fixture.js'
import {
  type CashierEvent,
  type CashierState,
  INITIAL_CASHIER_STATE,
  nextCashierState,
} from './cashier.state.js'

const CHOICE = { channel: 'wechatpay', method: 'native' }

function after(...events: CashierEvent[]): CashierState {
  return events.reduce(nextCashierState, INITIAL_CASHIER_STATE)
}

const seen: CashierEvent = { kind: 'poll_answered', answer: answerOf(cashierView()) }
const lost: CashierEvent = { kind: 'poll_answered', answer: { kind: 'unreachable' } }
const started: CashierEvent = { kind: 'pay_started', choice: CHOICE }
const refused: CashierEvent = {
  kind: 'pay_answered',
  answer: { kind: 'refused', refusal: { code: 'channel_unavailable', detail: 'later' } },
}

describe('nextCashierState', () => {
  test('counts lost polls, keeps the last view, and forgets the count with the next answer', () => {
    const state = after(seen, lost, lost)
    expect(state.failureCount).toBe(2)
    expect(state.view).not.toBeNull()
    expect(nextCashierState(state, seen).failureCount).toBe(0)
  })

  test('an answer proves that the device is online, whatever the browser said', () => {
    const state = after({ kind: 'connection_changed', isOffline: true }, seen)
    expect(state.isOffline).toBe(false)
  })

  test('being refused to look counts as no answer', () => {
    const answer = { kind: 'refused', refusal: { code: 'forbidden', detail: null } } as const
    expect(after({ kind: 'poll_answered', answer }).failureCount).toBe(1)
  })

  test('a refused payment ends the start, tells why, and is no connection trouble', () => {
    const state = after(seen, started, refused)
    expect(state).toMatchObject({ starting: null, failureCount: 0, refusal: { detail: 'later' } })
  })

  test('a payment start without an answer says so and leaves the rest to the next poll', () => {
    const state = after(seen, started, { kind: 'pay_answered', answer: { kind: 'unreachable' } })
    expect(state).toMatchObject({
      starting: null,
      refusal: { code: 'unreachable' },
      failureCount: 1,
    })
  })

  test('trying again and a payment under way both clear an earlier refusal', () => {
    expect(after(seen, started, refused, started).refusal).toBeNull()
    const view = cashierView({ status: 'paying', payment: cashierPayment() })
    expect(after(seen, started, refused, seen).refusal).not.toBeNull()
    const underWay: CashierEvent = { kind: 'poll_answered', answer: answerOf(view) }
    expect(after(seen, started, refused, underWay).refusal).toBeNull()
  })

  test('a change that was refused stays told while the old order is shown', () => {
    const view = cashierView({ status: 'paying', payment: cashierPayment() })
    const poll: CashierEvent = { kind: 'poll_answered', answer: answerOf(view) }
    expect(after(poll, started, refused, poll).refusal).not.toBeNull()
    const changed = cashierPayment({ method: 'h5' })
    const other = cashierView({ status: 'paying', payment: changed })
    const next: CashierEvent = { kind: 'poll_answered', answer: answerOf(other) }
    expect(after(poll, started, refused, next).refusal).toBeNull()
  })

  test('an order is fresh from the tap that placed it to the next look', () => {
    const view = cashierView({ status: 'paying', payment: cashierPayment() })
    const placed: CashierEvent = { kind: 'pay_answered', answer: answerOf(view) }
    expect(after(seen, started, placed).isFresh).toBe(true)
    const poll: CashierEvent = { kind: 'poll_answered', answer: answerOf(view) }
    expect(after(seen, started, placed, poll).isFresh).toBe(false)
    expect(after(poll).isFresh).toBe(false)
  })

  test('a token that is not known any more is not shown from memory', () => {
    const state = after(seen, { kind: 'poll_answered', answer: { kind: 'not_found' } })
    expect(state.isUnknown).toBe(true)
  })
})

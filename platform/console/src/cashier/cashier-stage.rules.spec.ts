import { describe, expect, test } from '@jest/globals'
import { cashierPayment, cashierView, NOW_MS } from '../../test/cashier-view.fixture.js'
import { type CashierState, INITIAL_CASHIER_STATE } from './cashier.state.js'
import { connectionTrouble, POLL_MS, POLL_SLOW_MS, pollDelayMs } from './cashier-poll.rules.js'
import { type CashierStage, isFinal, stageOf } from './cashier-stage.rules.js'
import {
  CASHIER_STATUSES,
  type CashierAction,
  type CashierStatus,
  PAYMENT_STATUSES,
  type PaymentStatus,
} from './cashier-view.types.js'

function stateOf(changes: Partial<CashierState> = {}): CashierState {
  return { ...INITIAL_CASHIER_STATE, view: cashierView(), ...changes }
}

const OPEN: Record<PaymentStatus, { inTime: CashierStage; over: CashierStage }> = {
  created: { inTime: 'preparing', over: 'expired' },
  pending: { inTime: 'scan', over: 'expired' },
  processing: { inTime: 'processing', over: 'processing' },
  succeeded: { inTime: 'processing', over: 'processing' },
  failed: { inTime: 'failed', over: 'expired' },
  closed: { inTime: 'choose', over: 'expired' },
}

const FINAL: Record<CashierStatus, boolean> = {
  open: false,
  paying: false,
  paid: true,
  closed: true,
  expired: true,
  failed: true,
}

describe('stageOf', () => {
  describe.each(CASHIER_STATUSES)('an order that is %s', (status) => {
    test.each(PAYMENT_STATUSES)('with a payment that is %s', (paymentStatus) => {
      const view = cashierView({ status, payment: cashierPayment({ status: paymentStatus }) })
      const isOpen = status === 'open' || status === 'paying'
      const expected = isOpen ? OPEN[paymentStatus] : { inTime: status, over: status }
      expect(stageOf(stateOf({ view }), NOW_MS)).toBe(expected.inTime)
      expect(stageOf(stateOf({ view }), NOW_MS + 60_000)).toBe(expected.over)
    })

    test('is asked about again unless the server said its last word', () => {
      const state = stateOf({ view: cashierView({ status }) })
      expect(isFinal(state)).toBe(FINAL[status])
      expect(pollDelayMs(state, false)).toBe(FINAL[status] ? null : POLL_MS)
    })
  })

  test('offers the choice before any payment', () => {
    expect(stageOf(stateOf(), NOW_MS)).toBe('choose')
  })

  test('never expires an order without a deadline', () => {
    const view = cashierView({ expires_at: null })
    expect(stageOf(stateOf({ view }), NOW_MS + 9_000_000_000)).toBe('choose')
  })

  const actions: [string, CashierAction | null][] = [
    ['scan', { type: 'show_qr', qr_url: '/qr.svg' }],
    ['leave', { type: 'redirect', url: 'https://provider.example/' }],
    ['leave', { type: 'submit_form', url: '/cashier/tok/go' }],
    ['bridge', { type: 'invoke_jsapi', parameters: {} }],
    ['pin', { type: 'enter_pin' }],
    ['counter', { type: 'pay_at_counter', counter_no: '1' }],
    ['waiting', { type: 'elsewhere' }],
    ['preparing', null],
  ]
  test.each(actions)('is %s where the payer has to do %j', (expected, action) => {
    const view = cashierView({ status: 'paying', payment: cashierPayment({ action }) })
    expect(stageOf(stateOf({ view }), NOW_MS)).toBe(expected)
  })

  test('lets the payer choose again where a change did not come to its end', () => {
    const view = cashierView({ status: 'open', payment: cashierPayment({ action: null }) })
    expect(stageOf(stateOf({ view }), NOW_MS)).toBe('choose')
  })

  test('shows the place of the code from the tap on', () => {
    const starting = { channel: 'wechatpay', method: 'native' }
    expect(stageOf(stateOf({ starting }), NOW_MS)).toBe('preparing')
  })

  test('tells loading, unreachable and unknown apart', () => {
    expect(stageOf(stateOf({ view: null }), NOW_MS)).toBe('loading')
    expect(stageOf(stateOf({ view: null, failureCount: 1 }), NOW_MS)).toBe('unavailable')
    expect(stageOf(stateOf({ view: null, isOffline: true }), NOW_MS)).toBe('unavailable')
    expect(stageOf(stateOf({ isUnknown: true }), NOW_MS)).toBe('not_found')
  })
})

describe('pollDelayMs', () => {
  test('asks less often while nobody looks or nothing answers', () => {
    expect(pollDelayMs(stateOf(), true)).toBe(POLL_SLOW_MS)
    expect(pollDelayMs(stateOf({ failureCount: 1 }), false)).toBe(POLL_SLOW_MS)
    expect(pollDelayMs(stateOf({ isOffline: true }), false)).toBe(POLL_SLOW_MS)
  })

  test('goes on asking about an order that expired on the device only', () => {
    const view = cashierView({ expires_at: new Date(NOW_MS - 1).toISOString() })
    expect(pollDelayMs(stateOf({ view }), false)).toBe(POLL_MS)
  })

  test('stops for an unknown order', () => {
    expect(pollDelayMs(stateOf({ view: null, isUnknown: true }), false)).toBeNull()
  })
})

describe('connectionTrouble', () => {
  test('forgives one lost poll and reports the second', () => {
    expect(connectionTrouble(stateOf({ failureCount: 1 }))).toBeNull()
    expect(connectionTrouble(stateOf({ failureCount: 2 }))).toBe('server')
    expect(connectionTrouble(stateOf({ isOffline: true }))).toBe('offline')
  })

  test('is silent once the result is there', () => {
    const view = cashierView({ status: 'paid' })
    expect(connectionTrouble(stateOf({ view, isOffline: true }))).toBeNull()
  })
})

import { describe, expect, test } from '@jest/globals'
import { CHECKOUT_STATUSES, type CheckoutStatus } from '../payments/checkout.state.js'
import { PAYMENT_STATUSES, type PaymentStatus } from '../payments/payment.state.js'
import { canChange, canPay, statusOf, usableHere } from './cashier.rules.js'

const now = new Date('2026-12-01T00:00:00Z')
const later = new Date('2026-12-01T00:00:01Z')

const payment = (status: PaymentStatus, expires_at = later) => ({
  status,
  channel: status === 'created' ? null : ('wechatpay' as const),
  current_attempt_id: status === 'created' ? null : 'att_1',
  expires_at,
})

describe('statusOf a payment of its own', () => {
  const expected: Record<PaymentStatus, string> = {
    created: 'open',
    pending: 'paying',
    processing: 'paying',
    succeeded: 'paid',
    failed: 'failed',
    closed: 'closed',
  }
  for (const status of PAYMENT_STATUSES) {
    test(`${status} is ${expected[status]}`, () => {
      expect(statusOf(null, payment(status), now)).toBe(expected[status])
    })
  }

  test('is expired when nobody began in its time, and paying when somebody did', () => {
    expect(statusOf(null, payment('created', now), now)).toBe('expired')
    expect(statusOf(null, payment('pending', now), now)).toBe('paying')
  })

  test('is paying from the moment a channel was chosen', () => {
    expect(statusOf(null, { ...payment('created'), channel: 'wechatpay' }, now)).toBe('paying')
  })
})

describe('statusOf a checkout', () => {
  const ended: Record<Exclude<CheckoutStatus, 'open'>, string> = {
    completed: 'paid',
    expired: 'expired',
    cancelled: 'closed',
  }
  for (const status of CHECKOUT_STATUSES) {
    if (status === 'open') continue
    test(`${status} is ${ended[status]}, whatever its last payment`, () => {
      for (const last of PAYMENT_STATUSES) {
        const expected = last === 'succeeded' ? 'paid' : ended[status]
        expect(statusOf({ status, expires_at: later }, payment(last), now)).toBe(expected)
      }
      expect(statusOf({ status, expires_at: later }, null, now)).toBe(ended[status])
    })
  }

  const open = { status: 'open', expires_at: later } as const
  test.each([
    [null, 'open'],
    ['created', 'open'],
    ['pending', 'paying'],
    ['processing', 'paying'],
    ['failed', 'failed'],
    ['closed', 'open'],
    ['succeeded', 'paid'],
  ] as const)('open with a %s payment is %s', (last, expected) => {
    expect(statusOf(open, last && payment(last), now)).toBe(expected)
  })

  test('out of time is expired, unless somebody is paying', () => {
    const over = { status: 'open', expires_at: now } as const
    expect(statusOf(over, null, now)).toBe('expired')
    expect(statusOf(over, payment('failed'), now)).toBe('expired')
    expect(statusOf(over, payment('pending'), now)).toBe('paying')
  })
})

describe('canPay', () => {
  test.each([
    ['open', true, true],
    ['failed', true, false],
    ['paying', false, false],
    ['paid', false, false],
    ['closed', false, false],
    ['expired', false, false],
  ] as const)('%s: with a checkout %s, without %s', (status, withCheckout, without) => {
    expect([canPay(status, true), canPay(status, false)]).toEqual([withCheckout, without])
  })
})

describe('a payment between two orders', () => {
  const between = { ...payment('pending'), current_attempt_id: null }

  test('is open, so that the payer can choose again', () => {
    expect(statusOf(null, between, now)).toBe('open')
    expect(statusOf({ status: 'open', expires_at: later }, between, now)).toBe('open')
  })

  test('is expired when its time is over', () => {
    expect(statusOf(null, { ...between, expires_at: now }, now)).toBe('expired')
  })
})

describe('canChange', () => {
  const next_action = { type: 'show_qr', code_url: 'x' } as const

  test.each(PAYMENT_STATUSES)('of a payment that is %s', (status) => {
    expect(canChange({ status, next_action })).toBe(status === 'pending')
    expect(canChange({ status, next_action: null })).toBe(false)
  })

  test('of nothing', () => {
    expect(canChange(null)).toBe(false)
  })
})

describe('usableHere', () => {
  test('leaves out what needs to know the payer inside the app of the channel', () => {
    expect(usableHere([{ code: 'wechatpay', methods: ['jsapi', 'native', 'h5'] }])).toEqual([
      { code: 'wechatpay', methods: ['native', 'h5'] },
    ])
    expect(usableHere([{ code: 'wechatpay', methods: ['jsapi'] }])).toEqual([])
  })
})

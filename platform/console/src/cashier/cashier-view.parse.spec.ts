import { describe, expect, test } from '@jest/globals'
import { parseCashierView } from './cashier-view.parse.js'

function wireView(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    reference: 'BILL1',
    title: '学费',
    institution_name: '江南理工大学',
    department_name: '财务处',
    amount: 680_000,
    currency: 'CNY',
    status: 'open',
    expires_at: '2026-11-22T08:15:00.000Z',
    server_time: '2026-11-22T08:00:00.000Z',
    livemode: true,
    items: [{ title: '学费', amount: 680_000, payer_name: null }],
    channels: [{ code: 'wechatpay', methods: ['native'] }],
    payment: null,
    paid_at: null,
    return_url: null,
    ...changes,
  }
}

function wirePayment(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'pay_1',
    channel: 'wechatpay',
    method: 'native',
    status: 'pending',
    action: { type: 'show_qr', qr_url: '/cashier/qr/1.svg' },
    phone_url: null,
    failure_message: null,
    ...changes,
  }
}

describe('parseCashierView', () => {
  test('reads amounts as exact minor units', () => {
    const view = parseCashierView(wireView({ amount: 9_007_199_254_740_991 }))
    expect(view.amount).toBe(9_007_199_254_740_991n)
    expect(view.items[0]?.amount).toBe(680_000n)
  })

  test.each([1.5, 9_007_199_254_740_992, '680000', null])('refuses the amount %p', (amount) => {
    expect(() => parseCashierView(wireView({ amount }))).toThrow('amount')
  })

  test('takes a payment status it does not know for processing, never for failed', () => {
    const view = parseCashierView(wireView({ payment: wirePayment({ status: 'on_its_way' }) }))
    expect(view.payment?.status).toBe('processing')
  })

  test('takes an order status it does not know for unfinished', () => {
    expect(parseCashierView(wireView({ status: 'someday' })).status).toBe('paying')
  })

  test.each(['javascript:alert(1)', 'data:text/html,x', 'https://'])(
    'drops the link %s',
    (link) => {
      const view = parseCashierView(wireView({ return_url: link }))
      expect(view.return_url).toBeNull()
    },
  )

  test('keeps web links, also those of the same origin', () => {
    const payment = wirePayment({ phone_url: '/simulators/phone/1' })
    const view = parseCashierView(wireView({ return_url: 'https://example.edu/a', payment }))
    expect(view.return_url).toBe('https://example.edu/a')
    expect(view.payment?.phone_url).toBe('/simulators/phone/1')
  })

  const actionOf = (action: unknown) =>
    parseCashierView(wireView({ payment: wirePayment({ action }) })).payment?.action

  test.each([
    { type: 'show_qr', qr_url: '/qr.svg' },
    { type: 'redirect', url: 'https://provider.example/h5?a=1' },
    { type: 'submit_form', url: '/cashier/tok/go' },
    { type: 'invoke_jsapi', parameters: { appId: 'wx1', package: 'prepay_id=1' } },
    { type: 'enter_pin' },
    { type: 'pay_at_counter', counter_no: '482913' },
  ])('reads what the payer has to do: %j', (action) => {
    expect(actionOf(action)).toEqual(action)
  })

  test.each([
    { type: 'dance' },
    { type: 'redirect', url: 'javascript:alert(1)' },
    { type: 'submit_form', url: 'data:text/html,x' },
  ])('leaves elsewhere what it cannot do or must not open: %j', (action) => {
    expect(actionOf(action)).toEqual({ type: 'elsewhere' })
  })

  test('knows an order on its way by having nothing to do', () => {
    expect(actionOf(null)).toBeNull()
    expect(actionOf(undefined)).toBeNull()
  })

  test('shows the test banner unless the server clearly says live', () => {
    expect(parseCashierView(wireView({ livemode: undefined })).livemode).toBe(false)
    expect(parseCashierView(wireView({ livemode: 'yes' })).livemode).toBe(false)
  })

  test.each(['reference', 'title', 'items', 'channels', 'server_time'])(
    'refuses an answer without %s',
    (key) => {
      expect(() => parseCashierView(wireView({ [key]: undefined }))).toThrow(key)
    },
  )

  test.each([null, [], 'text', 7])('refuses %p as an answer', (answer) => {
    expect(() => parseCashierView(answer)).toThrow('not an object')
  })
})

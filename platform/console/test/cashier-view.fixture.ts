import type { CashierAnswer } from '../src/cashier/cashier.client.js'
import type { CashierPayment, CashierView } from '../src/cashier/cashier-view.types.js'

/** A view as the page's own code sees it, for tests of its pure parts. */
export const NOW_MS = Date.parse('2026-11-22T08:00:00.000Z')

export function cashierView(changes: Partial<CashierView> = {}): CashierView {
  return {
    reference: 'BILL1',
    title: '学费',
    institution_name: '江南理工大学',
    department_name: '财务处',
    amount: 680_000n,
    currency: 'CNY',
    status: 'open',
    expires_at: new Date(NOW_MS + 60_000).toISOString(),
    server_time: new Date(NOW_MS).toISOString(),
    livemode: true,
    items: [],
    channels: [{ code: 'wechatpay', methods: ['native'] }],
    payment: null,
    paid_at: null,
    return_url: null,
    ...changes,
  }
}

export function cashierPayment(changes: Partial<CashierPayment> = {}): CashierPayment {
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

export function answerOf(view: CashierView): CashierAnswer {
  return { kind: 'view', view, clock: { offsetMs: 0, roundTripMs: 10 } }
}

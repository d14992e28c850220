import type { CashierFakeServer, WirePayment, WireView } from './cashier-fake.server.js'

export function openView(fake: CashierFakeServer, changes: Partial<WireView> = {}): WireView {
  return {
    reference: 'BILL20261122000318',
    title: '2026–2027 学年学费与住宿费',
    institution_name: '江南理工大学',
    department_name: '财务处',
    amount: 680_000,
    currency: 'CNY',
    status: 'open',
    expires_at: fake.now(15 * 60_000),
    livemode: false,
    items: [
      { title: '学费（本科 · 计算机科学与技术）', amount: 560_000, payer_name: '张**' },
      { title: '住宿费（南苑 3 栋）', amount: 120_000, payer_name: '张**' },
    ],
    channels: [{ code: 'wechatpay', methods: ['native'] }],
    payment: null,
    paid_at: null,
    return_url: null,
    ...changes,
  }
}

export function wirePayment(changes: Partial<WirePayment> = {}): WirePayment {
  return {
    id: 'pay_01jd',
    channel: 'wechatpay',
    method: 'native',
    status: 'pending',
    action: { type: 'show_qr', qr_url: '/cashier/qr/pay_01jd.svg' },
    phone_url: '/simulators/wechatpay/phone/1',
    failure_message: null,
    ...changes,
  }
}

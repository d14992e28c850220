/** What the phone page says, in the two languages of the platform. */
export const PHONE_LANGUAGES = ['zh', 'en'] as const
export type PhoneLanguage = (typeof PHONE_LANGUAGES)[number]

const zh = {
  html_lang: 'zh-CN',
  simulated: '模拟环境，不会发生真实扣款',
  merchant: '收款方',
  description: '商品',
  order_no: '商户单号',
  transaction_no: '交易单号',
  paid_at: '支付时间',
  method: '付款方式',
  notify: '支付结果通知',
  notify_normal: '正常送达',
  notify_lost: '丢失，永不送达',
  notify_late: '延迟送达',
  notify_duplicate: '重复送达两次',
  notify_reordered: '晚于下一条通知送达',
  notify_forged: '由陌生人签名',
  notify_wrong_amount: '金额不符',
  notify_wrong_merchant: '商户号不符',
  notify_probe: '仅为签名探测',
  pay: '支付',
  refuse: '拒绝支付',
  abandon: '离开，什么也不做',
  pay_late: '款项仍然到账（关单后支付成功）',
  notify_again: '再次发送通知',
  back: '返回商户',
  state_waiting: '待支付',
  state_paid: '支付成功',
  state_refunded: '已退款',
  state_closed: '订单已关闭',
  state_refused: '支付已拒绝',
  hint_closed: '商户已关闭订单，或订单已过支付时限。',
  hint_refused: '付款人拒绝了这笔支付，可以再次尝试。',
  hint_refunded: '这笔订单发生过退款。',
  done_abandon: '付款人已离开，订单仍待支付。',
  done_notified: '通知已按所选方式安排。',
  not_found_title: '找不到这笔订单',
  not_found: '模拟支付机构没有签发过这个地址，请回到收银台重新付款。',
  refused_title: '操作未完成',
  other_language: 'English',
} as const

export type PhoneText = Readonly<Record<keyof typeof zh, string>>

const en: PhoneText = {
  html_lang: 'en',
  simulated: 'Simulation: no real money moves',
  merchant: 'Payee',
  description: 'Description',
  order_no: 'Order number',
  transaction_no: 'Transaction',
  paid_at: 'Paid at',
  method: 'Pay with',
  notify: 'Result notification',
  notify_normal: 'Arrives normally',
  notify_lost: 'Lost, never arrives',
  notify_late: 'Arrives late',
  notify_duplicate: 'Arrives twice',
  notify_reordered: 'Arrives after the next one',
  notify_forged: 'Signed by a stranger',
  notify_wrong_amount: 'Names another amount',
  notify_wrong_merchant: 'Names another merchant',
  notify_probe: 'Only a signature probe',
  pay: 'Pay',
  refuse: 'Refuse',
  abandon: 'Walk away, do nothing',
  pay_late: 'The money arrives anyway (success after close)',
  notify_again: 'Notify again',
  back: 'Back to the merchant',
  state_waiting: 'Waiting for payment',
  state_paid: 'Paid',
  state_refunded: 'Refunded',
  state_closed: 'Order closed',
  state_refused: 'Payment refused',
  hint_closed: 'The merchant closed this order, or its time to pay is over.',
  hint_refused: 'The payer refused this payment. It can be tried again.',
  hint_refunded: 'Money of this order was refunded.',
  done_abandon: 'The payer walked away. The order still waits for payment.',
  done_notified: 'The notification was arranged as chosen.',
  not_found_title: 'There is no such order',
  not_found:
    'The simulated provider never issued this address. Go back to the cashier and pay again.',
  refused_title: 'Nothing was done',
  other_language: '中文',
}

export const PHONE_TEXTS: Readonly<Record<PhoneLanguage, PhoneText>> = { zh, en }

/** `?lang` decides, then the browser; Chinese otherwise. */
export function toPhoneLanguage(
  wanted: string | undefined,
  acceptLanguage: string | undefined,
): PhoneLanguage {
  const first = wanted ?? acceptLanguage?.split(',')[0] ?? ''
  return /^en\b/i.test(first.trim()) ? 'en' : 'zh'
}

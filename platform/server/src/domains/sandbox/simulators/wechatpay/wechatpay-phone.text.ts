/** What the phone page says, in the two languages of the platform. */
export const PHONE_LANGUAGES = ['zh', 'en'] as const
export type PhoneLanguage = (typeof PHONE_LANGUAGES)[number]

const zh = {
  html_lang: 'zh-CN',
  title: '微信支付（模拟）',
  simulated: '模拟环境，不会发生真实扣款',
  merchant: '收款方',
  description: '商品',
  order_no: '商户单号',
  transaction_id: '交易单号',
  paid_at: '支付时间',
  method: '付款方式',
  method_value: '零钱',
  notify: '支付结果通知',
  notify_normal: '正常送达',
  notify_lost: '丢失，永不送达',
  notify_duplicate: '重复送达两次',
  notify_late: '延迟 8 秒送达',
  pay: '支付',
  refuse: '拒绝支付',
  abandon: '离开，什么也不做',
  pay_late: '款项仍然到账（关单后支付成功）',
  notify_again: '再次发送通知',
  state_NOTPAY: '待支付',
  state_SUCCESS: '支付成功',
  state_REFUND: '已退款',
  state_CLOSED: '订单已关闭',
  state_PAYERROR: '支付已拒绝',
  hint_CLOSED: '商户已关闭订单，或订单已过支付时限。',
  hint_PAYERROR: '付款人拒绝了这笔支付，可以再次尝试。',
  hint_REFUND: '这笔订单发生过退款。',
  done_abandon: '付款人已离开，订单仍待支付。',
  done_notified: '通知已按所选方式安排。',
  not_found_title: '无法识别此二维码',
  not_found: '模拟微信支付没有签发过这个 code_url，请回到收银台重新扫码。',
  refused_title: '操作未完成',
  other_language: 'English',
} as const

export type PhoneText = Readonly<Record<keyof typeof zh, string>>

const en: PhoneText = {
  html_lang: 'en',
  title: 'WeChat Pay (simulated)',
  simulated: 'Simulation: no real money moves',
  merchant: 'Payee',
  description: 'Description',
  order_no: 'Order number',
  transaction_id: 'Transaction',
  paid_at: 'Paid at',
  method: 'Pay with',
  method_value: 'Balance',
  notify: 'Result notification',
  notify_normal: 'Arrives normally',
  notify_lost: 'Lost, never arrives',
  notify_duplicate: 'Arrives twice',
  notify_late: 'Arrives 8 seconds late',
  pay: 'Pay',
  refuse: 'Refuse',
  abandon: 'Walk away, do nothing',
  pay_late: 'The money arrives anyway (success after close)',
  notify_again: 'Notify again',
  state_NOTPAY: 'Waiting for payment',
  state_SUCCESS: 'Paid',
  state_REFUND: 'Refunded',
  state_CLOSED: 'Order closed',
  state_PAYERROR: 'Payment refused',
  hint_CLOSED: 'The merchant closed this order, or its time to pay is over.',
  hint_PAYERROR: 'The payer refused this payment. It can be tried again.',
  hint_REFUND: 'Money of this order was refunded.',
  done_abandon: 'The payer walked away. The order still waits for payment.',
  done_notified: 'The notification was arranged as chosen.',
  not_found_title: 'This code is unknown',
  not_found:
    'The simulated WeChat Pay never issued this code_url. Go back to the cashier and scan again.',
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

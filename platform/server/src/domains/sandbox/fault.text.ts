import type { Fault } from './simulators/simulator-faults.js'

/** What each fault does, in the words of the documentation and of the API. */
export const FAULT_TEXTS: Readonly<Record<Fault, { readonly zh: string; readonly en: string }>> = {
  notify_lost: {
    zh: '支付通知丢失，只能查询',
    en: 'The notification never comes; only a query tells',
  },
  notify_late: { zh: '支付通知延迟送达', en: 'The notification comes late' },
  notify_duplicate: { zh: '支付通知送达两次', en: 'The notification comes twice' },
  notify_reordered: {
    zh: '支付通知晚于下一条通知送达',
    en: 'The notification comes after that of the order’s next event',
  },
  notify_forged: {
    zh: '通知由陌生人签名，须拒绝',
    en: 'The notification is signed by a stranger, and refused',
  },
  notify_wrong_amount: {
    zh: '通知中的金额与订单不符，不入账',
    en: 'The notification names another amount, and is not booked',
  },
  notify_wrong_merchant: {
    zh: '通知属于另一商户，须拒绝',
    en: 'The notification is about another merchant, and refused',
  },
  notify_probe: {
    zh: '只收到渠道的签名探测（或未签名的副本），须拒绝',
    en: 'Only the provider’s probe (or an unsigned copy) comes, and is refused',
  },
  timeout_before_acceptance: {
    zh: '下单或退款无应答，且渠道未受理',
    en: 'Placing or refunding gets no answer, and was not taken',
  },
  timeout_after_acceptance: {
    zh: '下单或退款无应答，但渠道已受理（掉单）',
    en: 'Placing or refunding gets no answer, although it was taken',
  },
  result_unknown: {
    zh: '渠道答复“结果未知”，须查询',
    en: 'The provider answers that it does not know the result yet',
  },
  order_refused: { zh: '渠道拒绝下单', en: 'The provider refuses the order' },
  success_after_close: {
    zh: '关单的同时支付成功（迟到成功）',
    en: 'The payer pays at the moment the order is closed (late success)',
  },
  refund_abnormal: {
    zh: '退款已受理，但无法退到付款账户',
    en: 'The refund is taken and then cannot be paid out',
  },
  statement_late: { zh: '对账单迟迟未生成', en: 'The statement is not made yet' },
  statement_short: { zh: '对账单少一行', en: 'A row of the statement is missing' },
  statement_long: { zh: '对账单多一行', en: 'The statement has a row too many' },
  statement_off_by_a_fen: {
    zh: '对账单有一行差一分钱',
    en: 'An amount in the statement is off by a fen',
  },
}

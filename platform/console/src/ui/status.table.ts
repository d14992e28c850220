import type { Language } from '../i18n/language.rules.js'

export type Tone = 'good' | 'bad' | 'waiting' | 'attention' | 'quiet'

export interface StatusWords {
  readonly tone: Tone
  readonly zh: string
  readonly en: string
}

/** Every status word of the console and its colour, in one place. A word means the same everywhere. */
const STATUSES: Readonly<Record<string, StatusWords>> = {
  active: { tone: 'good', zh: '有效', en: 'Active' },
  approved: { tone: 'good', zh: '已批准', en: 'Approved' },
  canceled: { tone: 'quiet', zh: '已取消', en: 'Canceled' },
  closed: { tone: 'quiet', zh: '已关闭', en: 'Closed' },
  created: { tone: 'waiting', zh: '已创建', en: 'Created' },
  deactivated: { tone: 'quiet', zh: '已停用', en: 'Deactivated' },
  disabled: { tone: 'quiet', zh: '已停用', en: 'Disabled' },
  done: { tone: 'good', zh: '已完成', en: 'Done' },
  expired: { tone: 'quiet', zh: '已过期', en: 'Expired' },
  expiring: { tone: 'attention', zh: '即将过期', en: 'Expiring' },
  failed: { tone: 'bad', zh: '失败', en: 'Failed' },
  none: { tone: 'quiet', zh: '未开通', en: 'None' },
  open: { tone: 'waiting', zh: '待支付', en: 'Open' },
  paid: { tone: 'good', zh: '已支付', en: 'Paid' },
  pending: { tone: 'waiting', zh: '等待中', en: 'Pending' },
  processing: { tone: 'waiting', zh: '处理中', en: 'Processing' },
  rejected: { tone: 'bad', zh: '已驳回', en: 'Rejected' },
  requested: { tone: 'waiting', zh: '待审批', en: 'Awaiting approval' },
  retiring: { tone: 'attention', zh: '轮换中', en: 'Being replaced' },
  revoked: { tone: 'quiet', zh: '已吊销', en: 'Revoked' },
  succeeded: { tone: 'good', zh: '成功', en: 'Succeeded' },
  suspended: { tone: 'bad', zh: '已暂停', en: 'Suspended' },
  accepted: { tone: 'good', zh: '已接受', en: 'Accepted' },
  withdrawn: { tone: 'quiet', zh: '已撤回', en: 'Withdrawn' },
  void: { tone: 'quiet', zh: '已作废', en: 'Void' },

  // A word that means something of its own for one kind of object stands under that kind.
  'bill.expired': { tone: 'quiet', zh: '已过期', en: 'Expired' },
  'bill.open': { tone: 'waiting', zh: '待缴', en: 'Open' },
  'bill.paid': { tone: 'good', zh: '已缴清', en: 'Paid' },
  'bill.partially_paid': { tone: 'waiting', zh: '部分缴纳', en: 'Partly paid' },
  'bill.void': { tone: 'quiet', zh: '已作废', en: 'Void' },
  'channel_account.active': { tone: 'good', zh: '可用', en: 'Active' },
  'channel_account.disabled': { tone: 'quiet', zh: '已停用', en: 'Disabled' },
  'channel_account.unusable': { tone: 'bad', zh: '不可用', en: 'Unusable' },
  'channel_account.unverified': { tone: 'attention', zh: '未验证', en: 'Unverified' },
  'channel_check.refused': { tone: 'bad', zh: '被拒绝', en: 'Refused' },
  'channel_check.unknown': { tone: 'attention', zh: '未知', en: 'Unknown' },
  'channel_check.works': { tone: 'good', zh: '连通', en: 'Works' },
  'channel_health.closed': { tone: 'good', zh: '正常', en: 'Healthy' },
  'channel_health.half_open': { tone: 'attention', zh: '试探中', en: 'Trying again' },
  'channel_health.open': { tone: 'bad', zh: '熔断中', en: 'Tripped' },
  'checkout.cancelled': { tone: 'quiet', zh: '已取消', en: 'Cancelled' },
  'checkout.completed': { tone: 'good', zh: '已完成', en: 'Completed' },
  'checkout.expired': { tone: 'quiet', zh: '已过期', en: 'Expired' },
  'checkout.open': { tone: 'waiting', zh: '待支付', en: 'Open' },
  'fee_item.open': { tone: 'good', zh: '收费中', en: 'Open' },
  'fee_item.stopped': { tone: 'quiet', zh: '已停收', en: 'Stopped' },
  'grade.failed': { tone: 'bad', zh: '不合格', en: 'Failed' },
  'grade.not_run': { tone: 'quiet', zh: '未进行', en: 'Not run' },
  'grade.passed': { tone: 'good', zh: '合格', en: 'Passed' },
  'grade.running': { tone: 'waiting', zh: '进行中', en: 'Running' },
  'grade.warning': { tone: 'attention', zh: '有隐患', en: 'Warning' },
  'payment.closed': { tone: 'quiet', zh: '已关闭', en: 'Closed' },
  'payment.created': { tone: 'quiet', zh: '已创建', en: 'Created' },
  'payment.failed': { tone: 'bad', zh: '支付失败', en: 'Failed' },
  'payment.pending': { tone: 'waiting', zh: '待支付', en: 'Awaiting payer' },
  'payment.processing': { tone: 'attention', zh: '结果确认中', en: 'In doubt' },
  'payment.succeeded': { tone: 'good', zh: '支付成功', en: 'Succeeded' },
  'refund.approved': { tone: 'waiting', zh: '已批准', en: 'Approved' },
  'refund.awaiting_approval': { tone: 'attention', zh: '待审批', en: 'Needs approval' },
  'refund.created': { tone: 'quiet', zh: '已创建', en: 'Created' },
  'refund.failed': { tone: 'bad', zh: '退款失败', en: 'Failed' },
  'refund.processing': { tone: 'waiting', zh: '退款中', en: 'Processing' },
  'refund.rejected': { tone: 'bad', zh: '已驳回', en: 'Rejected' },
  'refund.succeeded': { tone: 'good', zh: '退款成功', en: 'Succeeded' },
  'test_clock.advancing': { tone: 'waiting', zh: '推进中', en: 'Moving on' },
  'test_clock.ready': { tone: 'good', zh: '就绪', en: 'Ready' },
  'webhook_delivery.cancelled': { tone: 'quiet', zh: '已取消', en: 'Cancelled' },
  'webhook_delivery.delivered': { tone: 'good', zh: '已送达', en: 'Delivered' },
  'webhook_delivery.exhausted': { tone: 'bad', zh: '已放弃', en: 'Given up' },
  'webhook_delivery.pending': { tone: 'waiting', zh: '投递中', en: 'Under way' },
  'webhook_endpoint.disabled': { tone: 'quiet', zh: '已停用', en: 'Disabled' },
  'webhook_endpoint.enabled': { tone: 'good', zh: '启用', en: 'Enabled' },
}

/** The statuses of one kind of object. */
export function statusesOf(kind: string): string[] {
  return Object.keys(STATUSES)
    .filter((status) => status.startsWith(`${kind}.`))
    .map((status) => status.slice(kind.length + 1))
}

/** A status that the server knows and this page doesn't is shown by its own word. */
export function statusOf(status: string, language: Language): { tone: Tone; word: string } {
  const word = status.slice(status.indexOf('.') + 1)
  const known = STATUSES[status] ?? STATUSES[word]
  return known === undefined ? { tone: 'quiet', word } : { tone: known.tone, word: known[language] }
}

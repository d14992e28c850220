import type { ExportKind, SourceRow } from './export.types.js'

/** How a column's value becomes a cell. */
export type ColumnForm = 'text' | 'plain' | 'time' | 'yuan' | 'fen' | 'count'

export interface ExportColumn {
  readonly zh: string
  readonly en: string
  /** The member of the row. */
  readonly of: string
  readonly form: ColumnForm
}

const column = (of: string, zh: string, en: string, form: ColumnForm): ExportColumn => ({
  ...{ of, zh, en, form },
})
/** Once for people, once for programs. */
const amount = (of: string, zh: string, en: string): ExportColumn[] => [
  column(of, `${zh}（元）`, `${en} (yuan)`, 'yuan'),
  column(of, `${zh}（分）`, `${en} (fen)`, 'fen'),
]
const id = (zh: string, en: string) => column('id', zh, en, 'plain')
const CREATED = column('created_at', '创建时间', 'Created', 'time')
const STATUS = column('status', '状态', 'Status', 'plain')
const CURRENCY = column('currency', '币种', 'Currency', 'plain')
const DEPARTMENT = column('department_id', '部门', 'Department', 'plain')
const PERSON = [
  column('payer_id', '缴费人编号', 'Payer', 'plain'),
  column('number', '证件号或学工号', 'Payer number', 'text'),
  column('name', '姓名', 'Payer name', 'text'),
]

export const EXPORT_COLUMNS: Readonly<Record<ExportKind, readonly ExportColumn[]>> = {
  payments: [
    id('支付单编号', 'Payment'),
    column('out_trade_no', '商户订单号', 'Out trade no', 'text'),
    column('subject', '事由', 'Subject', 'text'),
    ...[STATUS, CURRENCY, ...amount('amount', '金额', 'Amount')],
    ...amount('amount_refunded', '已退金额', 'Refunded'),
    column('channel', '渠道', 'Channel', 'plain'),
    column('method', '方式', 'Method', 'plain'),
    column('channel_order_no', '渠道侧商户单号', 'Channel order no', 'text'),
    column('channel_transaction_no', '渠道流水号', 'Channel transaction no', 'text'),
    column('checkout_id', '业务单编号', 'Checkout', 'plain'),
    DEPARTMENT,
    column('failure_code', '失败原因', 'Failure', 'text'),
    CREATED,
    column('succeeded_at', '成功时间', 'Succeeded', 'time'),
  ],
  refunds: [
    id('退款单编号', 'Refund'),
    column('out_refund_no', '商户退款单号', 'Out refund no', 'text'),
    column('payment_id', '支付单编号', 'Payment', 'plain'),
    ...[STATUS, CURRENCY, ...amount('amount', '退款金额', 'Amount')],
    column('reason', '原因', 'Reason', 'text'),
    column('channel_refund_no', '渠道侧退款单号', 'Channel refund no', 'text'),
    DEPARTMENT,
    column('requested_by', '申请人', 'Requested by', 'plain'),
    column('decided_by', '复核人', 'Decided by', 'plain'),
    column('failure_code', '失败原因', 'Failure', 'text'),
    CREATED,
    column('succeeded_at', '成功时间', 'Succeeded', 'time'),
  ],
  bills: [
    id('缴费单编号', 'Bill'),
    column('out_bill_no', '商户缴费单号', 'Out bill no', 'text'),
    column('title', '名称', 'Title', 'text'),
    column('fee_item_id', '收费项目编号', 'Fee item', 'plain'),
    column('fee_item_name', '收费项目', 'Fee item name', 'text'),
    ...[...PERSON, STATUS, CURRENCY],
    ...amount('amount', '应收', 'Amount'),
    ...amount('amount_paid', '已收', 'Paid'),
    ...amount('amount_refunded', '已退', 'Refunded'),
    ...amount('amount_due', '未收', 'Due'),
    ...[DEPARTMENT, CREATED, column('expires_at', '截止时间', 'Expires', 'time')],
  ],
  checkouts: [
    id('业务单编号', 'Checkout'),
    column('title', '名称', 'Title', 'text'),
    ...[STATUS, CURRENCY, ...amount('amount', '金额', 'Amount')],
    column('item_count', '缴费单数', 'Bills', 'count'),
    ...[DEPARTMENT, CREATED, column('expires_at', '截止时间', 'Expires', 'time')],
  ],
  payers: [
    id('缴费人编号', 'Payer'),
    column('kind', '类别', 'Kind', 'plain'),
    column('number_type', '号码类型', 'Number type', 'plain'),
    column('number', '证件号或学工号', 'Number', 'text'),
    column('name', '姓名', 'Name', 'text'),
    column('phone', '电话', 'Phone', 'text'),
    column('email', '邮箱', 'Email', 'text'),
    CREATED,
  ],
  ledger_transactions: [
    id('凭证编号', 'Transaction'),
    column('kind', '类型', 'Kind', 'plain'),
    column('source_id', '来源', 'Source', 'text'),
    column('business_date', '记账日', 'Business date', 'plain'),
    column('description', '摘要', 'Description', 'text'),
    column('position', '分录序号', 'Entry', 'count'),
    column('account_code', '科目', 'Account', 'plain'),
    column('direction', '方向', 'Direction', 'plain'),
    ...[CURRENCY, ...amount('amount', '金额', 'Amount')],
    column('posted_at', '记账时间', 'Posted', 'time'),
  ],
}

/** The first line. */
export function headerOf(kind: ExportKind, language: 'zh' | 'en'): string[] {
  return EXPORT_COLUMNS[kind].map((one) => one[language])
}

/** Whose name and number belong into a row; null: nobody's. */
export function payerIdOf(kind: ExportKind, row: SourceRow): string | null {
  if (kind === 'payers') return row.id
  return kind === 'bills' && typeof row.payer_id === 'string' ? row.payer_id : null
}

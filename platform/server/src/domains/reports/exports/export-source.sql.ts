import type { AppScope } from '../../../infra/http/scopes.js'
import type { ExportFilters } from './export.schema.js'
import type { ExportKind } from './export.types.js'

/** Where the rows of a kind come from: pages in the order of their ids. `$1` to `$5`: tenant, app, cursor, page. */
interface ExportSource {
  readonly scope: AppScope
  readonly select: string
  readonly where: string
  readonly created: string
  /** Filters it understands, as conditions. */
  readonly filters: Readonly<Partial<Record<keyof ExportFilters, string>>>
}

const OWN = 't.institution_id = $1 and t.livemode = $2 and t.app_id = $3'
/** Of the whole institution, as the API shows them. */
const SHARED = 't.institution_id = $1 and t.livemode = $2 and $3::text is not null'
const STATUS = { status: 't.status = ?' }

export const EXPORT_SOURCES: Readonly<Record<ExportKind, ExportSource>> = {
  payments: {
    scope: 'payments:read',
    select: `select t.*, attempt.channel_order_no, attempt.channel_transaction_no from payments t
      left join payment_attempts attempt
        on attempt.institution_id = t.institution_id and attempt.livemode = t.livemode
       and attempt.id = t.current_attempt_id`,
    ...{ where: OWN, created: 't.created_at' },
    filters: { ...STATUS, channel: 't.channel = ?' },
  },
  refunds: {
    scope: 'refunds:read',
    ...{ select: 'select t.* from refunds t', where: OWN, created: 't.created_at' },
    filters: STATUS,
  },
  bills: {
    scope: 'bills:read',
    select: `select t.*, t.amount - t.amount_paid + t.amount_refunded as amount_due,
        fee_item.name as fee_item_name
        from bills t join fee_items fee_item
          on fee_item.institution_id = t.institution_id and fee_item.livemode = t.livemode
         and fee_item.id = t.fee_item_id`,
    ...{ where: OWN, created: 't.created_at' },
    filters: { ...STATUS, payer: 't.payer_id = ?', fee_item: 't.fee_item_id = ?' },
  },
  checkouts: {
    scope: 'payments:read',
    select: `select t.*, (select count(*)::int from checkout_items item
         where item.institution_id = t.institution_id and item.livemode = t.livemode
           and item.checkout_id = t.id) as item_count
        from checkouts t`,
    ...{ where: OWN, created: 't.created_at' },
    filters: STATUS,
  },
  payers: {
    scope: 'payers:read',
    select: 'select t.id, t.kind, t.number_type, t.created_at from payers t',
    ...{ where: SHARED, created: 't.created_at' },
    filters: { kind: 't.kind = ?' },
  },
  ledger_transactions: {
    scope: 'ledger:read',
    select: `select t.id, t.kind, t.source_id, t.description, t.posted_at,
        t.business_date::text as business_date, entry.position, entry.account_code, entry.direction,
        entry.currency, entry.amount
        from (select * from ledger_transactions t where ${SHARED} and t.id > $4 /*filters*/
               order by t.id limit $5) t
        join ledger_entries entry
          on entry.institution_id = t.institution_id and entry.livemode = t.livemode
         and entry.transaction_id = t.id`,
    ...{ where: SHARED, created: 't.posted_at' },
    filters: { kind: 't.kind = ?' },
  },
}

/** The filters that are given and that this kind does not have. */
export function foreignFilters(kind: ExportKind, filters: ExportFilters): string[] {
  const known = ['created_at_gte', 'created_at_lt', ...Object.keys(EXPORT_SOURCES[kind].filters)]
  return Object.keys(filters).filter((name) => !known.includes(name))
}

/** One page of a kind: its statement and the values from `$6` on. */
export function pageStatement(
  kind: ExportKind,
  filters: ExportFilters,
): { readonly text: string; readonly values: readonly unknown[] } {
  const { select, where, created, filters: known } = EXPORT_SOURCES[kind]
  const all: readonly (readonly [string | undefined, unknown])[] = [
    [`${created} >= ?::timestamptz`, filters.created_at_gte],
    [`${created} < ?::timestamptz`, filters.created_at_lt],
    [known.status, filters.status],
    [known.channel, filters.channel],
    [known.payer, filters.payer],
    [known.fee_item, filters.fee_item],
    [known.kind, filters.kind],
  ]
  const values: unknown[] = []
  let conditions = ''
  for (const [condition, value] of all) {
    if (condition === undefined || value === undefined) continue
    values.push(value)
    conditions += ` and ${condition.replace('?', `$${values.length + 5}`)}`
  }
  // A transaction's entries stay together: its page counts transactions.
  const text = select.includes('/*filters*/')
    ? `${select.replace('/*filters*/', conditions)} order by t.id, entry.position`
    : `${select} where ${where} and t.id > $4${conditions} order by t.id limit $5`
  return { text, values }
}

import type { AppScope } from '../../../infra/http/scopes.js'
import type { IdPrefix } from '../../../kernel/id.js'

/** One kind of thing that can be found, and how. SQL: `t` is its table. */
export interface SearchKind {
  readonly type: string
  readonly prefix: IdPrefix
  /** Who may not read it does not find it. */
  readonly scope: AppScope
  readonly from: string
  readonly title: string
  readonly status?: string
  readonly amount?: string
  readonly currency?: string
  readonly parent?: string
  readonly created?: string
  /** Whose it is, beside institution and mode. `$3` is the caller's app. */
  readonly owned: string
  /** Columns with an index that begins with the tenant. */
  readonly numbers?: Readonly<Record<string, 'exact' | 'prefix'>>
}

const OWN = 't.app_id = $3'
/** Of the whole institution. */
const SHARED = '$3::text is not null'
const MONEY = { status: 't.status', amount: 't.amount', currency: 't.currency' }

const ofPayment = (table: string) =>
  `${table} t join payments owner on owner.institution_id = t.institution_id
     and owner.livemode = t.livemode and owner.id = t.payment_id`

export const SEARCH_KINDS: readonly SearchKind[] = [
  {
    ...{ type: 'payment', prefix: 'pay', scope: 'payments:read', from: 'payments t', ...MONEY },
    ...{ title: 't.subject', parent: 't.checkout_id', owned: OWN },
    numbers: { out_trade_no: 'prefix' },
  },
  {
    ...{ type: 'payment_attempt', prefix: 'att', scope: 'payments:read', ...MONEY },
    ...{ from: ofPayment('payment_attempts'), title: "t.channel || ' ' || t.method" },
    ...{ parent: 't.payment_id', owned: 'owner.app_id = $3' },
    numbers: { channel_order_no: 'exact', channel_transaction_no: 'exact' },
  },
  {
    ...{ type: 'late_success', prefix: 'late', scope: 'payments:read', ...MONEY },
    ...{ from: ofPayment('late_successes'), title: 't.kind', parent: 't.payment_id' },
    owned: 'owner.app_id = $3',
  },
  {
    ...{ type: 'refund', prefix: 'ref', scope: 'refunds:read', from: 'refunds t', ...MONEY },
    ...{ title: "coalesce(t.reason, '')", parent: 't.payment_id', owned: OWN },
    numbers: { out_refund_no: 'prefix', channel_refund_no: 'exact' },
  },
  {
    ...{ type: 'bill', prefix: 'bill', scope: 'bills:read', from: 'bills t', ...MONEY },
    ...{ title: 't.title', parent: 't.payer_id', owned: OWN },
    numbers: { out_bill_no: 'prefix' },
  },
  {
    ...{ type: 'checkout', prefix: 'chk', scope: 'payments:read', from: 'checkouts t', ...MONEY },
    ...{ title: 't.title', owned: OWN },
  },
  {
    ...{ type: 'fee_item', prefix: 'item', scope: 'bills:read', from: 'fee_items t' },
    ...{ title: 't.name', status: 't.status', owned: OWN },
    numbers: { code: 'prefix' },
  },
  {
    ...{ type: 'payer', prefix: 'payer', scope: 'payers:read', from: 'payers t' },
    ...{ title: "t.kind || ' ****' || t.number_tail", owned: SHARED },
  },
  {
    ...{ type: 'wallet', prefix: 'wal', scope: 'wallets:read', from: 'wallets t' },
    ...{ title: "'wallet'", status: 't.status', parent: 't.payer_id', owned: SHARED },
  },
  {
    ...{ type: 'event', prefix: 'evt', scope: 'webhooks:read', from: 'events t', title: 't.type' },
    ...{ parent: 't.object_id', owned: OWN },
  },
  {
    ...{ type: 'webhook_endpoint', prefix: 'whk', scope: 'webhooks:read', title: 't.url' },
    ...{ from: 'webhook_endpoints t', status: 't.status', owned: OWN },
  },
  {
    ...{ type: 'webhook_delivery', prefix: 'dlv', scope: 'webhooks:read', title: 'owner.url' },
    from: `webhook_deliveries t join webhook_endpoints owner
             on owner.institution_id = t.institution_id and owner.livemode = t.livemode
            and owner.id = t.endpoint_id`,
    ...{ status: 't.status', parent: 't.event_id', owned: 'owner.app_id = $3' },
  },
  {
    ...{ type: 'request_log', prefix: 'req', scope: 'logs:read', from: 'request_logs t' },
    ...{ title: "t.method || ' ' || left(t.path, 200)", status: 't.status::text' },
    ...{ parent: 't.object_id', owned: OWN },
    numbers: { idempotency_key: 'exact' },
  },
  {
    ...{ type: 'ledger_transaction', prefix: 'txn', scope: 'ledger:read', owned: SHARED },
    ...{ from: 'ledger_transactions t', title: 't.description', status: 't.kind' },
    ...{ parent: 't.source_id', created: 't.posted_at' },
  },
  {
    ...{ type: 'key', prefix: 'key', scope: 'keys:read', from: 'api_keys t', owned: OWN },
    title: 't.algorithm',
  },
]

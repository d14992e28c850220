import { z } from 'zod'
import { AmountOrZero, Currency, Id, Timestamp } from '../../../infra/http/wire.schema.js'

export const HISTORY_ENTRIES_MAX = 1000
const ObjectId = z.string().max(40)
const Word = z.string().max(100)
const at = { at: Timestamp }

const StatusEntry = z
  .object({
    ...{ ...at, type: z.literal('event'), id: Id('evt'), event_type: Word, object_id: ObjectId },
    status: Word.nullable().describe('Of the object, right after the change.'),
    request_id: Id('req').nullable().describe('The call that caused it; null when none did.'),
  })
  .meta({ id: 'HistoryEvent' })

const AttemptEntry = z
  .object({
    ...{ ...at, type: z.literal('payment_attempt'), id: Id('att'), payment: Id('pay') },
    ...{ channel: Word, method: Word, status: Word.describe('What the channel said last.') },
    ...{ amount: AmountOrZero, currency: Currency, channel_order_no: Word },
    channel_transaction_no: z.string().max(200).nullable(),
    query_count: z.int().min(0).describe('How often the channel was asked about it.'),
    updated_at: Timestamp.describe('When the channel’s last answer was written down.'),
  })
  .meta({ id: 'HistoryAttempt' })

const LateSuccessEntry = z
  .object({
    ...{ ...at, type: z.literal('late_success'), id: Id('late'), payment: Id('pay') },
    ...{ kind: Word, status: Word, amount: AmountOrZero, currency: Currency },
  })
  .meta({ id: 'HistoryLateSuccess' })

const RefundEntry = z
  .object({
    ...{ ...at, type: z.literal('refund'), id: Id('ref'), payment: Id('pay'), status: Word },
    ...{ amount: AmountOrZero, currency: Currency, out_refund_no: Word },
    failure_code: Word.nullable(),
    updated_at: Timestamp,
  })
  .meta({ id: 'HistoryRefund' })

const LedgerEntry = z
  .object({
    ...{ ...at, type: z.literal('ledger_transaction'), id: Id('txn'), kind: Word },
    ...{ source: Word, description: z.string().max(1000) },
    entries: z
      .array(
        z.object({
          account: Word,
          direction: z.enum(['debit', 'credit']),
          amount: AmountOrZero,
          currency: Currency,
        }),
      )
      .max(200),
  })
  .meta({ id: 'HistoryLedgerTransaction' })

const DeliveryEntry = z
  .object({
    ...{ ...at, type: z.literal('webhook_delivery'), id: Id('dlv'), event: Id('evt') },
    ...{ endpoint: Id('whk'), status: Word, attempt_count: z.int().min(0) },
    response_status: z.int().nullable().describe('Of the last try; null: there was no answer.'),
    error: z.string().max(1000).nullable(),
  })
  .meta({ id: 'HistoryDelivery' })

const RequestEntry = z
  .object({
    ...{ ...at, type: z.literal('request'), id: Id('req'), method: Word },
    ...{ path: z.string().max(16_384), status: z.int(), error_code: Word.nullable() },
    duration_us: z.int().min(0),
  })
  .meta({ id: 'HistoryRequest' })

export const HistoryEntry = z
  .discriminatedUnion('type', [
    StatusEntry,
    AttemptEntry,
    LateSuccessEntry,
    RefundEntry,
    LedgerEntry,
    DeliveryEntry,
    RequestEntry,
  ])
  .meta({ id: 'HistoryEntry' })
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const HISTORY_PARTS = [
  'refunds',
  'ledger_transactions',
  'webhook_deliveries',
  'requests',
] as const
export type HistoryPart = (typeof HISTORY_PARTS)[number]

export const History = z
  .object({
    object: z.literal('history'),
    of: ObjectId.describe('The object it is the history of.'),
    entries: z.array(HistoryEntry).max(HISTORY_ENTRIES_MAX).describe('Oldest first.'),
    is_complete: z.boolean().describe('false: there is more than one answer holds.'),
    left_out: z
      .array(z.enum(HISTORY_PARTS))
      .max(HISTORY_PARTS.length)
      .describe('Parts that your scopes do not cover.'),
  })
  .meta({ id: 'History' })
export type History = z.infer<typeof History>

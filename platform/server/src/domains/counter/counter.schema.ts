import { z } from 'zod'
import {
  Amount,
  AmountOrZero,
  Currency,
  Id,
  objectFields,
  Text,
  Timestamp,
  wireAmount,
  wireTime,
  wireTimeOrNull,
} from '../../infra/http/wire.schema.js'
import { journalNo } from '../channels/cash/counter.rules.js'
import {
  COUNTER_ORDER_STATUSES,
  type CounterEntryRow,
  type CounterOrderRow,
  type CounterRefundRow,
  TENDERS,
} from '../channels/cash/counter.types.js'

const Cashier = Text(64).describe('Who handles the money: a name or number of your own.')
const Tender = z.enum(TENDERS)
const JournalNo = z
  .string()
  .max(24)
  .nullable()
  .describe('Business day and running number in the journal, such as 20261201-000042.')

export const ReceiveAtCounter = z
  .strictObject({
    tender: Tender.describe('cash, or pos for a card terminal.'),
    received_amount: Amount.describe('What the payer gave; change is counted for cash.'),
    terminal_reference: Text(64).optional().describe('The card terminal’s number of the payment.'),
    cashier: Cashier,
  })
  .meta({ id: 'ReceiveAtCounter' })
export type ReceiveAtCounter = z.infer<typeof ReceiveAtCounter>

export const HandOutRefund = z.strictObject({ cashier: Cashier }).meta({ id: 'HandOutRefund' })
export type HandOutRefund = z.infer<typeof HandOutRefund>

export const CounterOrder = z
  .object({
    ...objectFields('ctr', 'counter_order'),
    counter_no: z.string().max(32),
    payment: Id('pay'),
    description: z.string().max(1000),
    amount: Amount,
    currency: Currency,
    status: z.enum(COUNTER_ORDER_STATUSES),
    tender: Tender.nullable(),
    received_amount: Amount.nullable(),
    change_amount: AmountOrZero.nullable(),
    terminal_reference: z.string().max(64).nullable(),
    cashier: z.string().max(64).nullable(),
    journal_no: JournalNo,
    expires_at: Timestamp,
    paid_at: Timestamp.nullable(),
  })
  .meta({ id: 'CounterOrder' })
export type CounterOrder = z.infer<typeof CounterOrder>

export const CounterRefund = z
  .object({
    ...objectFields('ref', 'counter_refund'),
    payment: Id('pay'),
    amount: Amount,
    currency: Currency,
    status: z.enum(['waiting', 'handed_out']),
    cashier: z.string().max(64).nullable(),
    journal_no: JournalNo,
    handed_out_at: Timestamp.nullable(),
  })
  .meta({ id: 'CounterRefund' })
export type CounterRefund = z.infer<typeof CounterRefund>

const journalNoOf = (entry: CounterEntryRow | null) => entry && journalNo(entry)

const amountOrNull = (amount: bigint | null) => (amount === null ? null : wireAmount(amount))

export function toWireCounterOrder(
  row: CounterOrderRow,
  paymentId: string,
  entry: CounterEntryRow | null,
): CounterOrder {
  return {
    id: row.id,
    object: 'counter_order',
    livemode: row.livemode,
    counter_no: row.counter_no,
    payment: paymentId,
    description: row.description,
    amount: wireAmount(row.amount),
    currency: row.currency,
    status: row.status,
    tender: row.tender,
    received_amount: amountOrNull(row.received_amount),
    change_amount: amountOrNull(row.change_amount),
    terminal_reference: row.terminal_reference,
    cashier: row.cashier,
    journal_no: journalNoOf(entry),
    expires_at: wireTime(row.expires_at),
    paid_at: wireTimeOrNull(row.paid_at),
    created_at: wireTime(row.created_at),
    metadata: {},
  }
}

export function toWireCounterRefund(
  row: CounterRefundRow,
  ids: { readonly refund: string; readonly payment: string },
  entry: CounterEntryRow | null,
): CounterRefund {
  return {
    id: ids.refund,
    object: 'counter_refund',
    livemode: row.livemode,
    payment: ids.payment,
    amount: wireAmount(row.amount),
    currency: row.currency,
    status: row.status,
    cashier: row.cashier,
    journal_no: journalNoOf(entry),
    handed_out_at: wireTimeOrNull(row.handed_out_at),
    created_at: wireTime(row.created_at),
    metadata: {},
  }
}

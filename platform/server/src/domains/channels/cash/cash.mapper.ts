import { money } from '../../../kernel/money.js'
import type {
  ChannelAccount,
  OrderState,
  PlaceOrderResult,
  RefundState,
  StatementLine,
} from '../channel.port.js'
import { journalNo } from './counter.rules.js'
import type { CounterEntryRow, CounterOrderRow, CounterRefundRow } from './counter.types.js'

/** What the number of an order was used for; `asked` is what it should be. */
export function placeResultOf(
  row: CounterOrderRow,
  asked: { readonly amount: bigint; readonly currency: string; readonly account_id: string },
): PlaceOrderResult {
  const isSame =
    row.amount === asked.amount &&
    row.currency === asked.currency &&
    row.channel_account_id === asked.account_id
  if (!isSame) return refused('order_number_taken', 'The number belongs to another order.')
  if (row.status === 'paid') return { kind: 'already_paid' }
  if (row.status !== 'waiting') return refused('order_over', `The order is ${row.status}.`)
  const { counter_no } = row
  return { kind: 'placed', next_action: { type: 'pay_at_counter', counter_no } }
}

/** `entry` is the receipt’s, under whose number a person finds it in the journal. */
export function orderStateOf(
  account: ChannelAccount,
  row: CounterOrderRow | null,
  entry: CounterEntryRow | null,
): OrderState {
  if (!row || row.channel_account_id !== account.id) return { kind: 'not_found' }
  switch (row.status) {
    case 'waiting':
      return { kind: 'waiting' }
    case 'closed':
    case 'expired':
      return { kind: 'closed' }
    case 'paid': {
      // Order and entry are one commit, but they were read one after the other.
      if (!entry || !row.paid_at)
        return { kind: 'unknown', reason: 'the journal lacks the receipt' }
      return {
        kind: 'paid',
        order_no: row.order_no,
        merchant_id: account.merchant_id,
        transaction_no: journalNo(entry),
        amount: money(row.amount, row.currency),
        paid_at: row.paid_at,
      }
    }
  }
}

export function refundStateOf(row: CounterRefundRow): RefundState {
  if (row.status === 'waiting' || !row.handed_out_at) return { kind: 'processing' }
  const { refund_no, order_no, amount, currency, handed_out_at } = row
  return {
    kind: 'succeeded',
    ...{ refund_no, order_no, amount: money(amount, currency) },
    succeeded_at: handed_out_at,
  }
}

export function statementLineOf(entry: CounterEntryRow, line_no: number): StatementLine {
  const { order_no, refund_no, currency, amount, recorded_at } = entry
  const common = { line_no, order_no, amount: money(amount, currency), fee: 0n }
  const transaction_no = journalNo(entry)
  return refund_no === null
    ? { kind: 'payment', ...common, transaction_no, occurred_at: recorded_at }
    : { kind: 'refund', ...common, refund_no, transaction_no, occurred_at: recorded_at }
}

function refused(code: string, message: string): PlaceOrderResult {
  return { kind: 'refused', code, message }
}

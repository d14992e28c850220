import { money } from '../../../kernel/money.js'
import type { WalletOrderRow, WalletTransactionRow } from '../../wallets/wallet.types.js'
import type {
  ChannelAccount,
  OrderState,
  PlaceOrderResult,
  RefundState,
  StatementLine,
} from '../channel.port.js'

/** What the number of an order was used for; `asked` is what it should be. */
export function placeResultOf(
  row: WalletOrderRow,
  asked: { readonly amount: bigint; readonly currency: string; readonly account_id: string },
): PlaceOrderResult {
  const isSame =
    row.amount === asked.amount &&
    row.currency === asked.currency &&
    row.channel_account_id === asked.account_id
  if (!isSame) return refused('order_number_taken', 'The number belongs to another order.')
  if (row.status === 'waiting') return { kind: 'placed', next_action: { type: 'enter_pin' } }
  if (row.status === 'paid') return { kind: 'already_paid' }
  return refused('order_over', `The order is ${row.status}.`)
}

export function orderStateOf(account: ChannelAccount, row: WalletOrderRow | null): OrderState {
  if (!row || row.channel_account_id !== account.id) return { kind: 'not_found' }
  switch (row.status) {
    case 'waiting':
      return { kind: 'waiting' }
    case 'refused': {
      const { failure_code, failure_message } = row
      return { kind: 'failed', code: failure_code ?? 'refused', message: failure_message ?? '' }
    }
    case 'closed':
    case 'expired':
      return { kind: 'closed' }
    case 'paid': {
      const { order_no, transaction_no, paid_at } = row
      // The table's check says that a paid order has both.
      if (!transaction_no || !paid_at) return { kind: 'unknown', reason: 'paid without a charge' }
      const { merchant_id } = account
      const amount = money(row.amount, row.currency)
      return { kind: 'paid', order_no, merchant_id, transaction_no, amount, paid_at }
    }
  }
}

export function refundStateOf(movement: WalletTransactionRow): RefundState {
  return {
    kind: 'succeeded',
    refund_no: movement.source_id,
    order_no: movement.order_no ?? '',
    amount: money(movement.amount, movement.currency),
    succeeded_at: movement.created_at,
  }
}

export function statementLineOf(
  movement: WalletTransactionRow & { readonly order_no: string },
  line_no: number,
): StatementLine {
  const { order_no, source_id, currency, amount, created_at } = movement
  const common = { line_no, order_no, amount: money(amount, currency), fee: 0n }
  const transaction_no = movement.id.slice('wtx_'.length).toUpperCase()
  return movement.kind === 'charge'
    ? { kind: 'payment', ...common, transaction_no, occurred_at: created_at }
    : { kind: 'refund', ...common, refund_no: source_id, transaction_no, occurred_at: created_at }
}

function refused(code: string, message: string): PlaceOrderResult {
  return { kind: 'refused', code, message }
}

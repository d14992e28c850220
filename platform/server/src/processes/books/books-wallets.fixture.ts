import {
  channelClearing,
  departmentPayable,
  payerWallet,
  walletHold,
} from '../../domains/ledger/ledger.accounts.js'
import type { LedgerService } from '../../domains/ledger/ledger.service.js'
import type {
  LedgerAccount,
  LedgerPosting,
  PostingKind,
} from '../../domains/ledger/ledger.types.js'
import { MOVEMENTS, type MovementKind } from '../../domains/wallets/wallet.types.js'
import type { Transaction } from '../../infra/database/database.js'
import { newId } from '../../kernel/id.js'

const NOW = new Date('2026-11-22T04:00:00Z')
const DAY = '2026-11-22'

/** Fixed ids, so that a test can name the row it breaks. */
export const WALLET_IDS = {
  wallet: newId('wal'),
  provider: newId('cha'),
  card: newId('cha'),
  counter: newId('cha'),
  topUp: newId('pay'),
  topUpAttempt: newId('att'),
  topUpRefund: newId('ref'),
  charged: newId('pay'),
  chargedAttempt: newId('att'),
  chargeRefund: newId('ref'),
  order: 'WALLETORDER1',
  refund: 'WALLETREFUND1',
  counterOrder: 'COUNTERORDER1',
  counterRefund: 'COUNTERREFUND1',
}

interface Owner {
  readonly institution_id: string
  readonly livemode: boolean
  readonly app_id: string
  readonly department_id: string
}

type Insert = (table: string, row: Readonly<Record<string, unknown>>) => Promise<void>

/** A wallet with every kind of movement, the orders behind them, and a day at the counter. */
export async function writeWallets(
  tx: Transaction,
  ledger: LedgerService,
  owner: Owner,
  insert: Insert,
): Promise<void> {
  const { department_id, ...appOwner } = owner
  const { app_id: _, ...tenant } = appOwner
  await writeMoney(owner, insert)
  const [payer] = await tx.query<{ id: string }>('select id from payers limit 1')
  await insert('wallets', {
    ...appOwner,
    ...{ id: WALLET_IDS.wallet, payer_id: payer?.id, currency: 'CNY', status: 'active' },
    ...{ balance: 600n, held: 200n, created_at: NOW, updated_at: NOW },
  })
  await insert('wallet_orders', {
    ...tenant,
    ...{ order_no: WALLET_IDS.order, channel_account_id: WALLET_IDS.card, currency: 'CNY' },
    ...{ wallet_id: WALLET_IDS.wallet, amount: 300n, amount_refunded: 100n, description: 'Meal' },
    ...{ status: 'paid', transaction_no: 'W1', paid_at: NOW, expires_at: NOW },
    ...{ created_at: NOW, updated_at: NOW },
  })
  let balance = 0n
  for (const [kind, source_id, amount, order_no] of MOVED) {
    balance += MOVEMENTS[kind].balance * amount
    await insert('wallet_transactions', {
      ...tenant,
      ...{ id: newId('wtx'), wallet_id: WALLET_IDS.wallet, kind, source_id, order_no, amount },
      ...{ currency: 'CNY', balance_after: balance, description: 'x', created_at: NOW },
      balance_change: MOVEMENTS[kind].balance * amount,
      held_change: MOVEMENTS[kind].held * amount,
      business_date: DAY,
    })
  }
  for (const posting of postings(tenant, department_id)) await ledger.post(tx, posting)
  await writeCounter(tenant, insert)
}

const MOVED: readonly (readonly [MovementKind, string, bigint, string | null])[] = [
  ['top_up', WALLET_IDS.topUp, 1000n, null],
  ['charge', WALLET_IDS.order, 300n, WALLET_IDS.order],
  ['charge_refund', WALLET_IDS.refund, 100n, WALLET_IDS.order],
  ['top_up_hold', WALLET_IDS.topUpRefund, 200n, null],
]

/** The payments behind the wallet, and their refunds: one is through, one under way. */
async function writeMoney(owner: Owner, insert: Insert): Promise<void> {
  const { institution_id, livemode } = owner
  const common = { currency: 'CNY', created_at: NOW, updated_at: NOW }
  const pay = async (
    id: string,
    attempt: string,
    columns: Readonly<Record<string, unknown>>,
    order: Readonly<Record<string, unknown>>,
  ) => {
    await insert('payments', {
      ...{ ...owner, ...common, id, out_trade_no: id, subject: 'x', status: 'succeeded' },
      ...{ succeeded_at: NOW, expires_at: NOW, current_attempt_id: attempt, ...columns },
    })
    await insert('payment_attempts', {
      ...{ institution_id, livemode, ...common, id: attempt, payment_id: id, status: 'succeeded' },
      ...{ channel: columns.channel, method: columns.method, amount: columns.amount, ...order },
    })
  }
  await pay(
    WALLET_IDS.topUp,
    WALLET_IDS.topUpAttempt,
    {
      ...{ wallet_id: WALLET_IDS.wallet, channel: 'wechatpay', method: 'native' },
      ...{ amount: 1000n, amount_refunding: 200n },
    },
    {
      ...{ channel_account_id: WALLET_IDS.provider, channel_order_no: 'TOPUP1' },
      channel_transaction_no: 'T1',
    },
  )
  await pay(
    WALLET_IDS.charged,
    WALLET_IDS.chargedAttempt,
    { channel: 'campus_card', method: 'wallet', amount: 300n, amount_refunded: 100n },
    {
      ...{ channel_account_id: WALLET_IDS.card, channel_order_no: WALLET_IDS.order },
      channel_transaction_no: 'W1',
    },
  )
  const give = (id: string, row: Readonly<Record<string, unknown>> & { amount: bigint }) =>
    insert('refunds', {
      ...{ ...owner, ...common, id, out_refund_no: id, channel_refund_no: id },
      items: JSON.stringify([
        {
          ...{ position: 0, bill_id: null, department_id: owner.department_id },
          amount: Number(row.amount),
        },
      ]),
      ...row,
    })
  await give(WALLET_IDS.topUpRefund, {
    ...{ payment_id: WALLET_IDS.topUp, attempt_id: WALLET_IDS.topUpAttempt },
    ...{ amount: 200n, status: 'processing' },
  })
  await give(WALLET_IDS.chargeRefund, {
    ...{ payment_id: WALLET_IDS.charged, attempt_id: WALLET_IDS.chargedAttempt },
    ...{ amount: 100n, status: 'succeeded', succeeded_at: NOW },
  })
}

function postings(
  tenant: Pick<Owner, 'institution_id' | 'livemode'>,
  departmentId: string,
): LedgerPosting[] {
  const wallet = payerWallet(WALLET_IDS.wallet)
  const card = channelClearing(WALLET_IDS.card)
  const payable = departmentPayable(departmentId)
  const post = (
    kind: PostingKind,
    source_id: string,
    debit: LedgerAccount,
    credit: LedgerAccount,
    amount: bigint,
  ): LedgerPosting => ({
    ...{ ...tenant, kind, source_id, description: 'x', currency: 'CNY', posted_at: NOW },
    entries: [
      { account: debit, direction: 'debit', amount },
      { account: credit, direction: 'credit', amount },
    ],
  })
  const provider = channelClearing(WALLET_IDS.provider)
  return [
    post('payment', WALLET_IDS.topUp, provider, wallet, 1000n),
    post('wallet_charge', WALLET_IDS.order, wallet, card, 300n),
    post('payment', WALLET_IDS.charged, card, payable, 300n),
    post('refund', WALLET_IDS.chargeRefund, payable, card, 100n),
    post('wallet_refund', WALLET_IDS.refund, card, wallet, 100n),
    post('wallet_hold', WALLET_IDS.topUpRefund, wallet, walletHold(WALLET_IDS.wallet), 200n),
  ]
}

async function writeCounter(
  tenant: Pick<Owner, 'institution_id' | 'livemode'>,
  insert: Insert,
): Promise<void> {
  const common = { ...tenant, currency: 'CNY', created_at: NOW, updated_at: NOW }
  const { counterOrder: order_no, counterRefund: refund_no, counter } = WALLET_IDS
  await insert('counter_orders', {
    ...{ ...common, id: newId('ctr'), order_no, channel_account_id: counter, counter_no: '123456' },
    ...{ amount: 500n, amount_refunded: 100n, description: 'x', status: 'paid', tender: 'cash' },
    ...{ received_amount: 600n, change_amount: 100n, cashier: 'x', expires_at: NOW, paid_at: NOW },
  })
  await insert('counter_refunds', {
    ...{ ...common, refund_no, order_no, amount: 100n, reason: 'x', status: 'handed_out' },
    ...{ cashier: 'x', handed_out_at: NOW },
  })
  const entry = { ...tenant, business_date: DAY, channel_account_id: counter, order_no }
  const rest = { tender: 'cash', currency: 'CNY', cashier: 'x', recorded_at: NOW }
  await insert('counter_entries', { ...entry, ...rest, number: 1, kind: 'receipt', amount: 500n })
  await insert('counter_entries', {
    ...{ ...entry, ...rest, number: 2, kind: 'refund', refund_no, amount: 100n },
  })
  await insert('counter_days', { ...tenant, business_date: DAY, last_number: 2 })
}

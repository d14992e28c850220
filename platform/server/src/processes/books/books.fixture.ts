import {
  channelClearing,
  departmentPayable,
  suspense,
} from '../../domains/ledger/ledger.accounts.js'
import type { LedgerService } from '../../domains/ledger/ledger.service.js'
import type { LedgerPosting } from '../../domains/ledger/ledger.types.js'
import { CHAIN_START, type ChainHead, linksOf } from '../../domains/ledger/ledger-chain.rules.js'
import type { LedgerSealRepository } from '../../domains/ledger/ledger-seal.repository.js'
import type { Transaction } from '../../infra/database/database.js'
import { newId } from '../../kernel/id.js'
import { writeWallets } from './books-wallets.fixture.js'

const NOW = new Date('2026-11-22T04:00:00Z')

/** Fixed ids, so that a test can name the row it breaks. */
export const IDS = {
  institution: newId('inst'),
  app: newId('app'),
  departments: [newId('dept'), newId('dept')] as const,
  account: newId('cha'),
  bills: [newId('bill'), newId('bill'), newId('bill')] as const,
  checkout: newId('chk'),
  /** Paid for two bills of two departments, partly refunded. */
  paid: newId('pay'),
  paidAttempt: newId('att'),
  /** A direct amount, without bills. */
  direct: newId('pay'),
  directAttempt: newId('att'),
  /** Under way; it holds the third bill. */
  pending: newId('pay'),
  pendingAttempt: newId('att'),
  /** Closed, then paid after all. */
  closed: newId('pay'),
  closedAttempt: newId('att'),
  refund: newId('ref'),
  refundUnderWay: newId('ref'),
  late: newId('late'),
  /** Moves money of the second department's part to the first. */
  correction: newId('cor'),
}

const TENANT = { institution_id: IDS.institution, livemode: true }
const OWNER = { ...TENANT, app_id: IDS.app, department_id: IDS.departments[0] }
const TIMES = { created_at: NOW, updated_at: NOW }

/** Books in order, with every kind of row that the invariants look at. */
export async function writeBooks(
  tx: Transaction,
  ledger: LedgerService,
  seals: LedgerSealRepository,
): Promise<void> {
  await writeBills(tx)
  await writePayments(tx)
  await writeItems(tx)
  await writeRefunds(tx)
  await writeAnswers(tx)
  const [paid, refund, ...rest] = postings()
  if (!paid || !refund) throw new Error('there are postings')
  // Sealed on two days; the rest waits.
  await ledger.post(tx, paid)
  const paidHead = await seal(tx, seals, CHAIN_START, '2026-11-21')
  await seals.addRoots(tx, TENANT, '2026-11-21', '2026-11-21')
  await ledger.post(tx, refund)
  await seal(tx, seals, paidHead, '2026-11-22')
  for (const posting of rest) await ledger.post(tx, posting)
  await writeCorrection(tx, ledger)
  await writeWallets(tx, ledger, OWNER, (table, row) => insert(tx, table, row))
}

async function seal(
  tx: Transaction,
  seals: LedgerSealRepository,
  head: ChainHead,
  day: string,
): Promise<ChainHead> {
  const links = linksOf(TENANT, await seals.unsealed(tx, TENANT, 10), head)
  await seals.seal(tx, TENANT, links, day)
  return links.at(-1) ?? head
}

async function writeCorrection(tx: Transaction, ledger: LedgerService): Promise<void> {
  const [paid] = await tx.query<{ id: string }>(
    `select id from ledger_transactions where kind = 'payment' and source_id = $1`,
    [IDS.paid],
  )
  const [to, from] = IDS.departments.map((id) => departmentPayable(id))
  if (!paid || !from || !to) throw new Error('there is something to correct')
  const entries = [
    { account: from, direction: 'debit' as const, amount: 10n },
    { account: to, direction: 'credit' as const, amount: 10n },
  ]
  const common = { ...TENANT, kind: 'move' as const, corrects_id: paid.id, currency: 'CNY' }
  const description = 'Wrong department'
  await ledger.post(tx, {
    ...common,
    source_id: IDS.correction,
    description,
    posted_at: NOW,
    entries,
  })
  const [booked] = await tx.query<{ id: string }>(
    'select id from ledger_transactions where source_id = $1',
    [IDS.correction],
  )
  await insert(tx, 'ledger_corrections', {
    ...common,
    id: IDS.correction,
    app_id: IDS.app,
    reason: description,
    entries: JSON.stringify(
      entries.map(({ account, direction, amount }) => ({
        account: account.code,
        direction,
        amount: Number(amount),
      })),
    ),
    status: 'posted',
    requested_by: newId('key'),
    decided_by: newId('key'),
    decided_at: NOW,
    transaction_id: booked?.id,
    created_at: NOW,
  })
}

async function writeBills(tx: Transaction): Promise<void> {
  const payer_id = newId('payer')
  const fee_item_id = newId('item')
  await insert(tx, 'payers', {
    ...TENANT,
    id: payer_id,
    kind: 'student',
    number_type: 'student_no',
    number_hash: Buffer.from('hash'),
    number_tail: '0001',
    personal: Buffer.from('sealed'),
    ...TIMES,
  })
  await insert(tx, 'fee_items', {
    ...OWNER,
    id: fee_item_id,
    code: 'tuition',
    name: 'Tuition',
    kind: 'tuition',
    currency: 'CNY',
    status: 'open',
    partial_payment_allowed: true,
    partial_payment_minimum: 1n,
    channels: [],
    ...TIMES,
  })
  const sums = [
    { amount: 700n, amount_paid: 700n, amount_refunded: 100n, status: 'paid' },
    { amount: 500n, amount_paid: 300n, status: 'partially_paid' },
    { amount: 400n, amount_reserved: 400n, status: 'open' },
  ]
  for (const [index, sum] of sums.entries()) {
    const bill = { ...OWNER, payer_id, fee_item_id, title: 'Tuition', currency: 'CNY' }
    const id = IDS.bills[index]
    await insert(tx, 'bills', {
      ...bill,
      id,
      out_bill_no: `B${index}`,
      lines: '[]',
      ...sum,
      ...TIMES,
    })
  }
  await insert(tx, 'checkouts', {
    ...OWNER,
    id: IDS.checkout,
    title: 'Tuition',
    currency: 'CNY',
    amount: 1000n,
    status: 'completed',
    expires_at: NOW,
    ...TIMES,
  })
}

async function writePayments(tx: Transaction): Promise<void> {
  const payments = [
    {
      id: IDS.paid,
      attempt: IDS.paidAttempt,
      checkout_id: IDS.checkout,
      amount: 1000n,
      amount_refunded: 100n,
      amount_refunding: 50n,
      status: 'succeeded',
      succeeded_at: NOW,
    },
    {
      id: IDS.direct,
      attempt: IDS.directAttempt,
      amount: 250n,
      status: 'succeeded',
      succeeded_at: NOW,
    },
    { id: IDS.pending, attempt: IDS.pendingAttempt, amount: 400n, status: 'pending' },
    {
      id: IDS.closed,
      attempt: IDS.closedAttempt,
      amount: 80n,
      status: 'closed',
      closed_at: NOW,
      attemptStatus: 'succeeded',
    },
  ]
  for (const { attempt, attemptStatus, ...payment } of payments) {
    const common = { currency: 'CNY', channel: 'wechatpay', method: 'native', ...TIMES }
    const out_trade_no = `T-${payment.id}`
    await insert(tx, 'payments', {
      ...OWNER,
      ...common,
      ...payment,
      current_attempt_id: attempt,
      out_trade_no,
      subject: 'Tuition',
      expires_at: NOW,
    })
    await insert(tx, 'payment_attempts', {
      ...TENANT,
      ...common,
      id: attempt,
      payment_id: payment.id,
      channel_account_id: IDS.account,
      channel_order_no: `O-${attempt}`,
      amount: payment.amount,
      status: attemptStatus ?? payment.status,
      channel_transaction_no: payment.status === 'pending' ? null : `X-${attempt}`,
    })
  }
}

async function writeItems(tx: Transaction): Promise<void> {
  const items = [
    {
      payment_id: IDS.paid,
      position: 0,
      bill: 0,
      department: 0,
      amount: 700n,
      amount_refunded: 150n,
    },
    { payment_id: IDS.paid, position: 1, bill: 1, department: 1, amount: 300n },
    { payment_id: IDS.pending, position: 0, bill: 2, department: 0, amount: 400n },
  ]
  for (const { bill, department, ...item } of items) {
    const bill_id = IDS.bills[bill]
    const department_id = IDS.departments[department]
    await insert(tx, 'payment_items', { ...TENANT, ...item, bill_id, department_id })
  }
  // The second part of the paid payment goes to two departments, two to one.
  for (const [position, department] of [1, 0].entries()) {
    await insert(tx, 'payment_splits', {
      ...TENANT,
      payment_id: IDS.paid,
      item_position: 1,
      position,
      department_id: IDS.departments[department],
      share: 2 - position,
      amount: 200n - 100n * BigInt(position),
    })
  }
}

async function writeRefunds(tx: Transaction): Promise<void> {
  const refunds = [
    { id: IDS.refund, amount: 100n, status: 'succeeded', succeeded_at: NOW },
    { id: IDS.refundUnderWay, amount: 50n, status: 'processing' },
    { id: newId('ref'), amount: 900n, status: 'failed' },
  ]
  for (const refund of refunds) {
    const part = { position: 0, bill_id: IDS.bills[0], department_id: IDS.departments[0] }
    await insert(tx, 'refunds', {
      ...OWNER,
      payment_id: IDS.paid,
      attempt_id: IDS.paidAttempt,
      out_refund_no: `R-${refund.id}`,
      channel_refund_no: `C-${refund.id}`,
      currency: 'CNY',
      items: JSON.stringify([{ ...part, amount: Number(refund.amount) }]),
      ...refund,
      ...TIMES,
    })
  }
  await insert(tx, 'late_successes', {
    ...TENANT,
    id: IDS.late,
    payment_id: IDS.closed,
    attempt_id: IDS.closedAttempt,
    kind: 'late',
    currency: 'CNY',
    amount: 80n,
    channel_transaction_no: `X-${IDS.closedAttempt}`,
    channel_refund_no: 'L1',
    status: 'refunded',
    ...TIMES,
  })
}

async function writeAnswers(tx: Transaction): Promise<void> {
  const answers = [
    { key: 'k1', status: 201, body: { id: IDS.paid, amount: 1000 } },
    { key: 'k2', status: 201, body: { id: IDS.refund, amount: 100 } },
    { key: 'k3', status: 201, body: { id: IDS.bills[0], amount: 700 } },
    { key: 'k4', status: 200, body: { id: IDS.checkout, amount: 1000 } },
    // Not ours to judge: a refusal, an answer without an id, and one that never came.
    { key: 'k5', status: 409, body: { id: newId('pay') } },
    { key: 'k6', status: 200, body: [] },
    { key: 'k7', status: null, body: null },
  ]
  for (const { key, status, body } of answers) {
    await insert(tx, 'idempotency_keys', {
      ...TENANT,
      app_id: IDS.app,
      route: 'POST /v1/things',
      key,
      request_hash: Buffer.from('hash'),
      allotted_id: '0',
      response_status: status,
      response_body: body === null ? null : JSON.stringify(body),
      locked_until: NOW,
      expires_at: NOW,
    })
  }
}

function postings(): LedgerPosting[] {
  const clearing = channelClearing(IDS.account)
  const [first, second] = IDS.departments.map((id) => departmentPayable(id))
  if (!first || !second) throw new Error('there are two departments')
  const common = { ...TENANT, description: 'Tuition', currency: 'CNY', posted_at: NOW }
  const debit = 'debit' as const
  const credit = 'credit' as const
  return [
    {
      ...common,
      kind: 'payment',
      source_id: IDS.paid,
      entries: [
        { account: clearing, direction: debit, amount: 1000n },
        { account: first, direction: credit, amount: 800n },
        { account: second, direction: credit, amount: 200n },
      ],
    },
    {
      ...common,
      kind: 'refund',
      source_id: IDS.refund,
      entries: [
        { account: first, direction: debit, amount: 100n },
        { account: clearing, direction: credit, amount: 100n },
      ],
    },
    {
      ...common,
      kind: 'payment',
      source_id: IDS.direct,
      entries: [
        { account: clearing, direction: debit, amount: 250n },
        { account: first, direction: credit, amount: 250n },
      ],
    },
    {
      ...common,
      kind: 'late_success',
      source_id: IDS.late,
      entries: [
        { account: clearing, direction: debit, amount: 80n },
        { account: suspense(), direction: credit, amount: 80n },
      ],
    },
    {
      ...common,
      kind: 'late_success_refund',
      source_id: IDS.late,
      entries: [
        { account: suspense(), direction: debit, amount: 80n },
        { account: clearing, direction: credit, amount: 80n },
      ],
    },
  ]
}

async function insert(tx: Transaction, table: string, row: Readonly<Record<string, unknown>>) {
  const columns = Object.keys(row)
  const places = columns.map((_, index) => `$${index + 1}`)
  await tx.query(
    `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`,
    Object.values(row),
  )
}

import { expect } from '@jest/globals'
import { Logger } from '@nestjs/common'
import { createTestVault } from '../../../test/support/callers.js'
import { AppClockRepository } from '../../infra/clock/app-clock.repository.js'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import type { Database, Transaction } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { type Money, money } from '../../kernel/money.js'
import { type BillFixture, makeBillFixture } from '../bills/bill.fixture.js'
import { ChannelError } from '../channels/channel.errors.js'
import type {
  AccountCheck,
  Channel,
  ChannelAccount,
  ChannelNotification,
  ChannelRefund,
  CloseOrderResult,
  OrderState,
  PlaceOrderResult,
  RawNotification,
  RefundRef,
  RefundState,
  StatementResult,
} from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountRepository } from '../channels/channel-account.repository.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import { NotificationService } from '../channels/notification.service.js'
import { DepartmentRepository } from '../identity/department.repository.js'
import { DepartmentService } from '../identity/department.service.js'
import { IdentityRepository } from '../identity/identity.repository.js'
import { IdentityService } from '../identity/identity.service.js'
import { LedgerRepository } from '../ledger/ledger.repository.js'
import { LedgerService } from '../ledger/ledger.service.js'
import type { LedgerPosting, PostResult } from '../ledger/ledger.types.js'
import { PaymentRepository } from '../payments/payment.repository.js'
import { PaymentAttemptRepository } from '../payments/payment-attempt.repository.js'
import { PaymentRefundsRepository } from '../payments/payment-refunds.repository.js'
import { PaymentRefundsService } from '../payments/payment-refunds.service.js'
import { makeWalletServices } from '../wallets/wallet.fixture.js'
import { ChannelRefundService } from './channel-refund.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { LateSuccessRefundJob } from './late-success-refund.job.js'
import { LateSuccessRefundService } from './late-success-refund.service.js'
import { RefundRepository } from './refund.repository.js'
import type { ExpectedRefund } from './refund.rules.js'
import { RefundService } from './refund.service.js'
import { RefundApprovalService } from './refund-approval.service.js'
import { RefundNotifyService } from './refund-notify.service.js'
import { RefundPollJob } from './refund-poll.job.js'
import { RefundProgressService } from './refund-progress.service.js'
import { RefundWalletService } from './refund-wallet.service.js'

type Script<Asked> = (asked: Asked) => RefundState | Promise<RefundState>

/** A provider that answers as it is told, and remembers what it was asked. */
export class FakeChannel implements Channel {
  readonly code = 'wechatpay'
  readonly methods = ['native'] as const
  readonly sent: ChannelRefund[] = []
  readonly queried: string[] = []
  /** Used once each, in order; then `onRefund` answers. */
  readonly refundScripts: Script<ChannelRefund>[] = []
  onRefund: Script<ChannelRefund> = (refund) => succeeded(refund)
  onQuery: Script<string> = () => ({ kind: 'not_found' })

  async refund(_: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    this.sent.push(refund)
    return (this.refundScripts.shift() ?? this.onRefund)(refund)
  }

  async queryRefund(_: ChannelAccount, { refund_no }: RefundRef): Promise<RefundState> {
    this.queried.push(refund_no)
    return this.onQuery(refund_no)
  }

  /** Signed means: the body is a notification written by `toNotification`. */
  readNotification(_: ChannelAccount, raw: RawNotification): ChannelNotification {
    const known = this.notifications.get(raw.body.toString())
    if (known) return known
    throw new ChannelError('notification_invalid', 'the signature is wrong')
  }

  private readonly notifications = new Map<string, ChannelNotification>()

  toNotification(notification: ChannelNotification): RawNotification {
    const body = newId('req')
    this.notifications.set(body, notification)
    return { headers: {}, body: Buffer.from(body) }
  }

  acceptNotification = () => ({ status: 204, content_type: 'application/json', body: '' })
  refuseNotification = (reason: string) => ({
    status: 400,
    content_type: 'application/json',
    body: JSON.stringify({ code: 'FAIL', message: reason }),
  })

  placeOrder = (): Promise<PlaceOrderResult> => Promise.reject(new Error('no orders here'))
  queryOrder = (): Promise<OrderState> => Promise.reject(new Error('no orders here'))
  closeOrder = (): Promise<CloseOrderResult> => Promise.reject(new Error('no orders here'))
  fetchStatement = async (): Promise<StatementResult> => ({ kind: 'empty' })
  checkAccount = async (): Promise<AccountCheck> => ({ kind: 'works' })
}

/** How the channel is told of the order that paid this payment. */
export function orderRefOf(payment: PaidPayment, amount: Money): unknown {
  return {
    order_no: payment.order_no,
    transaction_no: 'T1',
    method: 'native',
    amount,
    placed_at: expect.any(Date),
  }
}

export const SUCCEEDED_AT = new Date('2026-12-01T08:00:00.000Z')

/** The channel's word that exactly this refund has been paid. */
export function succeeded(
  asked: RefundRef | ExpectedRefund,
  changes: Partial<Extract<RefundState, { kind: 'succeeded' }>> = {},
): RefundState {
  const order_no = 'order' in asked ? asked.order.order_no : asked.order_no
  const { refund_no, amount } = asked
  return {
    kind: 'succeeded',
    refund_no,
    order_no,
    amount,
    succeeded_at: SUCCEEDED_AT,
    ...changes,
  }
}

class FakeRegistry extends ChannelRegistry {
  constructor(private readonly channel: Channel) {
    super()
  }

  override of(): Channel {
    return this.channel
  }
}

class FakeAccounts extends ChannelAccountService {
  readonly known = new Map<string, ChannelAccount>()

  override async get(_institutionId: string, _livemode: boolean, id: string) {
    const account = await this.findForNotification(id)
    if (account) return account
    throw new ChannelError('channel_account_missing', `there is no channel account ${id}`)
  }

  override async findForNotification(id: string) {
    return this.known.get(id) ?? null
  }
}

/** Dies before it has booked, as often as it is told. */
class FailingLedger extends LedgerService {
  failures = 0

  override post(tx: Transaction, posting: LedgerPosting): Promise<PostResult> {
    if (this.failures === 0) return super.post(tx, posting)
    this.failures -= 1
    throw new Error('the process died in step 3')
  }
}

/** A payment that has succeeded, with what a test must know of it. */
export interface PaidPayment {
  readonly id: string
  readonly account_id: string
  readonly attempt_id: string
  readonly order_no: string
  readonly bills: readonly string[]
}

/** The module's services on a database of their own. Real: everything but the provider and its accounts. */
export async function makeRefundFixture() {
  Logger.overrideLogger(false)
  const base = await makeBillFixture()
  const { database } = base.db
  const channel = new FakeChannel()
  const registry = new FakeRegistry(channel)
  const vault = createTestVault(database)
  const accounts = new FakeAccounts(new ChannelAccountRepository(database), registry, vault)
  const identity = new IdentityService(new IdentityRepository(database), vault)
  const ledger = new FailingLedger(new LedgerRepository(database))
  const { topUps } = makeWalletServices(database, vault, base.clock, ledger)
  const wallets = new RefundWalletService(topUps)
  const payments = new PaymentRefundsService(
    new PaymentRepository(database),
    new PaymentAttemptRepository(database),
    new PaymentRefundsRepository(),
    base.bills,
  )
  const origin = { publicOrigin: 'https://pay.example.edu' }
  const calls = new ChannelRefundService(registry, accounts, origin)
  const rows = new RefundRepository(database)
  const progress = new RefundProgressService(
    database,
    rows,
    calls,
    payments,
    ledger,
    identity,
    wallets,
    base.clock,
  )
  const departments = new DepartmentService(new DepartmentRepository(database))
  const lateRows = new LateSuccessRepository(database)
  const late = new LateSuccessRefundService(database, lateRows, calls, ledger, identity, base.clock)
  const notifications = new NotificationService(
    registry,
    accounts,
    new AppClocks(new AppClockRepository(database)),
  )
  return {
    ...base,
    database,
    channel,
    accounts,
    ledger,
    refunds: new RefundService(
      database,
      rows,
      payments,
      progress,
      wallets,
      departments,
      base.clock,
    ),
    approvals: new RefundApprovalService(
      database,
      rows,
      payments,
      progress,
      identity,
      wallets,
      base.clock,
    ),
    departments,
    pollJob: new RefundPollJob(progress),
    lateJob: new LateSuccessRefundJob(late),
    notify: new RefundNotifyService(notifications, rows, progress, lateRows, late),
    payment: (caller: Caller, input: PaymentInput) => insertPayment(base, accounts, caller, input),
    ...readersOf(database),
  }
}
export type RefundFixture = Awaited<ReturnType<typeof makeRefundFixture>>

interface PaymentInput {
  readonly amount?: bigint
  /** Paid bills of these amounts, instead of a direct amount. */
  readonly bills?: readonly bigint[]
  readonly status?: string
}

async function insertPayment(
  { db, bill }: BillFixture,
  accounts: FakeAccounts,
  caller: Caller,
  input: PaymentInput,
): Promise<PaidPayment> {
  const { institution_id, livemode, app_id, department_id } = caller
  const tenant = { institution_id, livemode }
  const parts = input.bills ?? []
  const amount = input.amount ?? parts.reduce((sum, part) => sum + part, 0n)
  const [id, attempt_id, account_id] = [newId('pay'), newId('att'), newId('cha')]
  const order_no = attempt_id.slice('att_'.length).toUpperCase()
  const now = new Date('2026-12-01T00:00:00Z')
  const status = input.status ?? 'succeeded'
  const common = { ...tenant, currency: 'CNY', amount, status, created_at: now, updated_at: now }
  const account = { ...tenant, id: account_id, channel: 'wechatpay', merchant_id: '1900' } as const
  accounts.known.set(account_id, { ...account, settings: {} })
  await db.database.prisma.payment.create({
    data: {
      ...common,
      id,
      app_id,
      department_id,
      out_trade_no: id,
      subject: '学费',
      expires_at: now,
    },
  })
  await db.database.prisma.payment_attempt.create({
    data: {
      ...common,
      id: attempt_id,
      payment_id: id,
      channel: 'wechatpay',
      method: 'native',
      channel_account_id: account_id,
      channel_order_no: order_no,
      channel_transaction_no: 'T1',
    },
  })
  const bills: string[] = []
  for (const [position, part] of parts.entries()) {
    const { id: bill_id } = await bill(caller, { amount: Number(part) })
    await db.database.query(
      `update bills set status = 'paid', amount_paid = amount where id = $1`,
      [bill_id],
    )
    await db.database.prisma.payment_item.create({
      data: { ...tenant, payment_id: id, position, bill_id, department_id, amount: part },
    })
    bills.push(bill_id)
  }
  return { id, account_id, attempt_id, order_no, bills }
}

/** What the database says afterwards. */
function readersOf(database: Database) {
  const one = async <Row extends object>(text: string, id: string): Promise<Row> => {
    const [row] = await database.query<Row>(text, [id])
    if (!row) throw new Error(`no row ${id}`)
    return row
  }
  return {
    amountsOf: (paymentId: string) =>
      one<{ amount_refunded: bigint; amount_refunding: bigint }>(
        'select amount_refunded, amount_refunding from payments where id = $1',
        paymentId,
      ),
    refundRow: (id: string) =>
      one<{ status: string; channel_refund_no: string; query_count: number }>(
        'select status, channel_refund_no, query_count from refunds where id = $1',
        id,
      ),
    eventTypes: async (id: string) => {
      const text = `select type from events where object->>'id' = $1 order by id`
      return (await database.query<{ type: string }>(text, [id])).map(({ type }) => type)
    },
    entriesOf: async (sourceId: string) => {
      const text = `select entry.account_code, entry.direction, entry.amount, txn.kind
        from ledger_transactions txn join ledger_entries entry on entry.transaction_id = txn.id
        where txn.source_id = $1 order by entry.position`
      const rows = await database.query<{
        account_code: string
        direction: string
        amount: bigint
        kind: string
      }>(text, [sourceId])
      return rows.map((row) => `${row.kind}: ${row.direction} ${row.account_code} ${row.amount}`)
    },
    jobOf: async (key: string) => {
      const text = `select extract(epoch from job.run_at - job.updated_at)::int * 1000 as wait_ms, private.payload
          from graphile_worker.jobs job
        join graphile_worker._private_jobs private on private.id = job.id where job.key = $1`
      const [job] = await database.query<{ wait_ms: number; payload: unknown }>(text, [key])
      return job ?? null
    },
  }
}

export const fen = (amount: bigint) => money(amount, 'CNY')

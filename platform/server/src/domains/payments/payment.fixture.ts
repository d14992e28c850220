import { Logger } from '@nestjs/common'
import { createTestVault } from '../../../test/support/callers.js'
import { AppClockRepository } from '../../infra/clock/app-clock.repository.js'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import type { Database } from '../../infra/database/database.js'
import type { Caller, Tenant } from '../../infra/http/caller.js'
import { IdempotencyRepository } from '../../infra/idempotency/idempotency.repository.js'
import { IdempotencyService } from '../../infra/idempotency/idempotency.service.js'
import { newId } from '../../kernel/id.js'
import { type BillFixture, makeBillFixture } from '../bills/bill.fixture.js'
import { CampusCardChannel } from '../channels/campus-card/campus-card.channel.js'
import { makeCounter } from '../channels/cash/counter.fixture.js'
import { ChannelAccountRepository } from '../channels/channel-account.repository.js'
import { NotificationService } from '../channels/notification.service.js'
import { IdentityRepository } from '../identity/identity.repository.js'
import { IdentityService } from '../identity/identity.service.js'
import { makeWalletServices } from '../wallets/wallet.fixture.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutRepository } from './checkout.repository.js'
import { CreateCheckout } from './checkout.schema.js'
import { CheckoutService } from './checkout.service.js'
import { CheckoutEndService } from './checkout-end.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { LateSuccessService } from './late-success.service.js'
import { PaymentLimitRepository } from './limits/payment-limit.repository.js'
import { PaymentLimitService } from './limits/payment-limit.service.js'
import { PaymentLimitAdminService } from './limits/payment-limit-admin.service.js'
import { PaymentLimitUsageRepository } from './limits/payment-limit-usage.repository.js'
import { PaymentRepository } from './payment.repository.js'
import { CreatePayment, type Payment as WirePayment } from './payment.schema.js'
import { PaymentService } from './payment.service.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'
import { PaymentChangeService } from './payment-change.service.js'
import { PaymentChannelsService } from './payment-channels.service.js'
import { PaymentCreateWriter } from './payment-create.writer.js'
import { PaymentExpireJob } from './payment-expire.job.js'
import { PaymentNotifyService } from './payment-notify.service.js'
import { PaymentQueryJob } from './payment-query.job.js'
import { type PaidState, PaymentRecordService } from './payment-record.service.js'
import { PaymentStartService } from './payment-start.service.js'
import { PaymentSuccessWriter } from './payment-success.writer.js'
import {
  ScriptedAccounts,
  ScriptedChannel,
  ScriptedRegistry,
  ScriptedRouting,
} from './scripted-channel.fixture.js'
import { TopUpService } from './wallet/top-up.service.js'
import { WalletConfirmService } from './wallet/wallet-confirm.service.js'

const config = {
  publicOrigin: 'https://pay.example.edu',
  simulatorOrigin: 'http://localhost:3100',
  recoveryGraceMs: 60_000,
}

/** The module's services on a database of their own. Real: everything but the provider and its accounts. */
export async function makePaymentFixture() {
  Logger.overrideLogger(false)
  const base = await makeBillFixture()
  const { clock, bills } = base
  const { database } = base.db
  const channel = new ScriptedChannel()
  const vault = createTestVault(database)
  const appClocks = new AppClocks(new AppClockRepository(database))
  const wallets = makeWalletServices(database, vault, clock)
  const counter = makeCounter(database, wallets.identity, clock)
  const card = new CampusCardChannel(wallets.orders, wallets.refunds, wallets.statements)
  const registry = new ScriptedRegistry(channel, { campus_card: card, cash: counter.channel })
  const accounts = new ScriptedAccounts(new ChannelAccountRepository(database), registry, vault)
  const identity = new IdentityService(new IdentityRepository(database), vault)
  const { ledger } = wallets
  const links = new CashierLinks(vault, config)
  const rows = new PaymentRepository(database)
  const attemptRows = new PaymentAttemptRepository(database)
  const checkoutRows = new CheckoutRepository(database)
  const ends = new CheckoutEndService(database, checkoutRows, rows, identity, links)
  const late = new LateSuccessService(new LateSuccessRepository(), ledger, identity, links)
  const limitRows = new PaymentLimitRepository(database)
  const limits = new PaymentLimitService(
    limitRows,
    new PaymentLimitUsageRepository(),
    identity,
    clock,
  )
  const record = new PaymentRecordService(
    database,
    rows,
    attemptRows,
    ends,
    late,
    bills,
    ledger,
    new PaymentSuccessWriter(database, ledger, identity, links),
    identity,
    links,
    limits,
    clock,
    wallets.topUps,
  )
  const attempts = new PaymentAttemptService(
    database,
    attemptRows,
    record,
    registry,
    accounts,
    links,
    config,
    clock,
  )
  const channels = new PaymentChannelsService(registry, new ScriptedRouting(accounts), bills)
  const starter = new PaymentStartService(
    database,
    rows,
    attempts,
    channels,
    record,
    checkoutRows,
    bills,
    identity,
    links,
    limits,
    clock,
  )
  const changes = new PaymentChangeService(
    database,
    rows,
    attemptRows,
    attempts,
    starter,
    limits,
    clock,
  )
  const idempotency = new IdempotencyService(new IdempotencyRepository(database), 'https://docs')
  const payments = new PaymentService(
    rows,
    attemptRows,
    attempts,
    starter,
    changes,
    new PaymentCreateWriter(database),
    idempotency,
    links,
    limits,
    clock,
  )
  const confirmations = new WalletConfirmService(
    payments,
    attempts,
    accounts,
    wallets.orders,
    wallets.wallets,
    checkoutRows,
    bills,
  )
  const checkouts = new CheckoutService(database, checkoutRows, ends, rows, bills, links, clock)
  const queryJob = new PaymentQueryJob(attemptRows, rows, attempts)
  return {
    ...base,
    database,
    config,
    channel,
    accounts,
    identity,
    appClocks,
    links,
    ledger,
    record,
    attempts,
    channels,
    starter,
    changes,
    payments,
    topUps: new TopUpService(wallets.topUps, rows, starter, links, clock),
    confirmations,
    wallets,
    counter,
    checkouts,
    limits: new PaymentLimitAdminService(limitRows, limits, clock),
    queryJob,
    expireJob: new PaymentExpireJob(rows, starter, checkoutRows, ends, clock, appClocks),
    notify: new PaymentNotifyService(
      new NotificationService(registry, accounts, appClocks),
      attemptRows,
      attempts,
    ),
    ...makersOf(base, payments, checkouts),
    ...readersOf(database),
  }
}
export type PaymentFixture = Awaited<ReturnType<typeof makePaymentFixture>>

/** A call with an Idempotency-Key and a nonce of its own, as the gateway hands it on. */
export function keyed(caller: Caller, body: object, key: string = newId('req')): Caller {
  const idempotency = {
    route: 'POST /v1/payments',
    key,
    request_hash: Buffer.from(JSON.stringify(body).padEnd(32).slice(0, 32)),
    nonce: newId('req'),
    allotted_id: newId('req').slice('req_'.length),
  }
  return { ...caller, idempotency }
}

export const paymentBody = (changes: object = {}) =>
  CreatePayment.parse({ out_trade_no: newId('req'), amount: 12_800, subject: '学费', ...changes })

function makersOf({ bill }: BillFixture, payments: PaymentService, checkouts: CheckoutService) {
  const create = async (caller: Caller, changes: object = {}): Promise<WirePayment> => {
    const { amount, subject, ...rest } = { amount: 12_800, subject: '学费', ...changes }
    const direct = 'checkout' in changes ? {} : { amount, subject }
    const body = CreatePayment.parse({ out_trade_no: newId('req'), ...direct, ...rest })
    return JSON.parse((await payments.create(keyed(caller, body), body)).body)
  }
  const checkout = async (caller: Caller, body: object) =>
    (await checkouts.create(keyed(caller, body), CreateCheckout.parse(body))).body
  return {
    create,
    checkout,
    /** A payment whose order is placed. */
    pending: (caller: Caller, changes: object = {}) =>
      create(caller, { channel: 'wechatpay', ...changes }),
    /** A checkout of new bills of these amounts. */
    async billsCheckout(caller: Caller, amounts: readonly number[], changes: object = {}) {
      const bills = await Promise.all(amounts.map((amount) => bill(caller, { amount })))
      const items = bills.map(({ id }) => ({ bill: id }))
      return { bills, checkout: await checkout(caller, { items, ...changes }) }
    },
  }
}

/** What the database says afterwards. */
function readersOf(database: Database) {
  const one = async <Row extends object>(text: string, id: string): Promise<Row> => {
    const [row] = await database.query<Row>(text, [id])
    if (!row) throw new Error(`no row ${id}`)
    return row
  }
  return {
    paymentRow: (id: string) => one<Payment>('select * from payments where id = $1', id),
    attemptOf: (paymentId: string) =>
      one<PaymentAttempt>(
        'select * from payment_attempts where payment_id = $1 order by id desc limit 1',
        paymentId,
      ),
    /** Every order of a payment, the oldest first. */
    attemptsOf: (paymentId: string) =>
      database.query<PaymentAttempt>(
        'select * from payment_attempts where payment_id = $1 order by id',
        [paymentId],
      ),
    count: async (table: 'payments' | 'payment_attempts', tenant: Tenant) => {
      const text = `select count(*) as count from ${table} where institution_id = $1`
      return Number((await one<{ count: bigint }>(text, tenant.institution_id)).count)
    },
    eventTypes: async (id: string) => {
      const text = `select type from events where object->>'id' = $1 order by id`
      return (await database.query<{ type: string }>(text, [id])).map(({ type }) => type)
    },
    lateOf: (paymentId: string) =>
      database.query<{ id: string; kind: string; amount: bigint; status: string }>(
        'select id, kind, amount, status from late_successes where payment_id = $1',
        [paymentId],
      ),
    entriesOf: async (sourceId: string) => {
      const text = `select entry.account_code, entry.direction, entry.amount
        from ledger_transactions txn join ledger_entries entry on entry.transaction_id = txn.id
        where txn.source_id = $1 order by entry.position`
      const rows = await database.query<{
        account_code: string
        direction: string
        amount: bigint
      }>(text, [sourceId])
      return rows.map((row) => `${row.direction} ${row.account_code} ${row.amount}`)
    },
    businessDateOf: (sourceId: string) =>
      one<{ date: string }>(
        'select business_date::text as date from ledger_transactions where source_id = $1',
        sourceId,
      ),
    jobOf: async (key: string) => {
      const text = 'select run_at from graphile_worker.jobs where key = $1'
      return (await database.query<{ run_at: Date }>(text, [key]))[0] ?? null
    },
  }
}

/** The channel's word that this order is paid, with what a liar would change. */
export function paid(attempt: PaymentAttempt, changes: Partial<PaidState> = {}): PaidState {
  return {
    kind: 'paid',
    order_no: attempt.channel_order_no,
    merchant_id: '1900',
    transaction_no: `42${attempt.channel_order_no}`,
    amount: { minor: attempt.amount, currency: attempt.currency },
    paid_at: new Date('2026-12-01T00:10:00.000Z'),
    ...changes,
  }
}

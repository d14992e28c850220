import { generateKeyPairSync } from 'node:crypto'
import { SCOPES, type Scope } from '../../src/infra/http/scopes.js'
import { newId } from '../../src/kernel/id.js'
import { channelAccountBody } from '../support/channel-accounts.js'
import {
  newBill,
  newCounterPayment,
  newNumber,
  newPaidPayment,
  newPayer,
  paymentBody,
} from '../support/fixtures.js'
import { createApp, openApp, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { addKey, createOutsider } from '../support/stage.js'
import { until } from '../support/until.js'
import type { OwnedIds } from './endpoint-recipes.js'

/** The owner of things in both modes, and everybody who must not get at them. None of them works elsewhere. */
export interface AccessStage {
  readonly test: TestApp
  readonly live: TestApp
  readonly testIds: OwnedIds
  readonly liveIds: OwnedIds
  /** Another app of the same institution, and an app of another institution; each in both modes. */
  readonly neighbour: Modes
  readonly outsider: Modes
  /** Keys of the owner that are of no use, in both modes. */
  readonly revoked: Modes
  /** A test key of the owner with every scope but these. */
  without(scopes: readonly string[]): Promise<TestApp>
  close(): Promise<void>
}

export interface Modes {
  readonly test: TestApp
  readonly live: TestApp
}

export async function openAccessStage(): Promise<AccessStage> {
  const [test, neighbour, outsider] = await Promise.all([
    createApp(),
    createApp(),
    createOutsider(),
  ])
  const [live, neighbourLive, outsiderLive] = await Promise.all(
    [test, neighbour, outsider].map(async (app) =>
      openApp({ ...app, ...(await addKey(app, '--live')) }),
    ),
  )
  if (!live || !neighbourLive || !outsiderLive) throw new Error('three apps have three live keys')
  // Payers of their own, with which they may try to bill for somebody else's fee item.
  await Promise.all([outsider, outsiderLive].map((app) => newPayer(app)))
  const revoked = { test: await withKey(test), live: await withKey(live) }
  await test.bursar.keys.revoke(revoked.test.key_id)
  await live.bursar.keys.revoke(revoked.live.key_id)
  const testIds = await makeAll(test, () => makePaid(test))
  const liveIds = await makeAll(live, () => copyToLive(testIds))
  await until(
    () =>
      queryPlatform('select from events where app_id = $1 and relayed_at is null', [test.app_id]),
    (waiting) => waiting.length === 0,
  )
  const narrow = new Map<string, Promise<TestApp>>()
  return {
    ...{ test, live, testIds, liveIds, revoked },
    neighbour: { test: neighbour, live: neighbourLive },
    outsider: { test: outsider, live: outsiderLive },
    without(missing) {
      const scopes = SCOPES.filter((scope) => !missing.includes(scope))
      const known = narrow.get(missing.join()) ?? withKey(test, scopes)
      narrow.set(missing.join(), known)
      return known
    },
    close: () => removeCopies(liveIds),
  }
}

/** The same app, signing with one more key. */
async function withKey(app: TestApp, scopes?: readonly Scope[]): Promise<TestApp> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = await app.bursar.keys.create({
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ...(scopes ? { scopes: [...scopes] } : {}),
  })
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return openApp({ ...app, key_id: key.id, private_key })
}

type Money = Pick<
  OwnedIds,
  | 'payment'
  | 'refund'
  | 'counter_payment'
  | 'counter_refund'
  | 'ledger_transaction'
  | 'ledger_correction'
>

async function makeAll(app: TestApp, makeMoney: () => Promise<Money>): Promise<OwnedIds> {
  const bill = await newBill(app)
  const checkout = await app.bursar.checkouts.create({ amount: 500, title: '捐赠' })
  const money = await makeMoney()
  const wallet = await app.bursar.wallets.create({ payer: bill.payer })
  await app.bursar.payments.create(paymentBody())
  const { data: events } = await app.bursar.events.list({ limit: 1 })
  const event = events[0]?.id
  if (!event) throw new Error('a payment makes an event')
  // Last, and for events that never come: nothing is sent, so nothing of it changes by itself.
  const endpoint = await app.bursar.webhookEndpoints.create({
    url: 'https://example.com/webhooks',
    event_types: ['settlement.paid'],
  })
  // Of its own department alone: what is the whole institution's is its neighbours' too.
  const department = app.department_id
  const account = await app.bursar.channelAccounts.create(channelAccountBody({ department }))
  // Disabled, so that no order of the platform's other specs would ever go there.
  await app.bursar.channelAccounts.disable(account.id)
  const route = await app.bursar.channelRoutes.create({ account: account.id, department })
  const limit = await app.bursar.paymentLimits.create({
    ...{ name: 'never reached', department, amount_per_payment: Number.MAX_SAFE_INTEGER },
  })
  const { payer, fee_item } = bill
  const made = {
    ...{
      department,
      app: app.app_id,
      payer,
      fee_item,
      bill: bill.id,
      checkout: checkout.id,
      event,
    },
    ...{ wallet: wallet.id },
    test_clock: await clockOf(app),
    ...{ channel_account: account.id, channel_route: route.id, payment_limit: limit.id },
  }
  return {
    ...{ ...made, ...money, webhook_endpoint: endpoint.id, key: app.key_id },
    ...(await webhookRows(event, endpoint.id)),
    request_log: await firstLogged(app),
    export: await writtenExport(app),
  }
}

/** As if something had been sent to the endpoint, which nothing ever is: rows that are over. */
async function webhookRows(event: string, endpoint: string) {
  const ids = { delivery: newId('dlv'), resend: newId('rsd'), grade: newId('whg') }
  await queryPlatform(
    `insert into webhook_deliveries (institution_id, livemode, id, app_id, endpoint_id, event_id,
       event_type, status, created_at, updated_at)
     select institution_id, livemode, $1, app_id, $2, id, type, 'cancelled', now(), now()
       from events where id = $3`,
    [ids.delivery, endpoint, event],
  )
  await queryPlatform(
    `insert into webhook_resends (institution_id, livemode, id, app_id, endpoint_id, from_time,
       to_time, event_types, only_failed, status, event_count, created_at, updated_at)
     select institution_id, livemode, $1, app_id, id, now() - interval '1 day', now(), '{}', true,
            'finished', 0, now(), now()
       from webhook_endpoints where id = $2`,
    [ids.resend, endpoint],
  )
  // Receivers are graded in test mode only: what is nobody's in live mode is this id.
  await queryPlatform(
    `insert into webhook_grades (institution_id, livemode, id, app_id, endpoint_id, url, status,
       created_at, finished_at)
     select institution_id, livemode, $1, app_id, id, url, 'failed', now(), now()
       from webhook_endpoints where id = $2 and not livemode`,
    [ids.grade, endpoint],
  )
  return {
    ...{ webhook_delivery: ids.delivery, webhook_resend: ids.resend, webhook_grade: ids.grade },
  }
}

/** Test mode has clocks, live mode has not: what is nobody's there is this id. */
async function clockOf(app: TestApp): Promise<string> {
  const { data } = await app.bursar.testHelpers.clocks.list().catch(() => ({ data: null }))
  if (data === null) return newId('clk')
  return data[0]?.id ?? (await app.bursar.testHelpers.clocks.create({})).id
}

/** The log is written beside the calls, so the first of them is there a moment later. */
async function firstLogged(app: TestApp): Promise<string> {
  const list = async () => (await app.bursar.requestLogs.list({ limit: 1 })).data
  const [first] = await until(list, (calls) => calls.length > 0)
  return first?.id ?? ''
}

/** Of few rows, and done: nothing of it changes by itself. */
async function writtenExport(app: TestApp): Promise<string> {
  const { id } = await app.bursar.exports.create({ kind: 'checkouts' })
  await until(
    () => app.bursar.exports.get(id),
    ({ status }) => status === 'ready',
  )
  return id
}

/** Final states only: no job has a reason to touch them. */
async function makePaid(app: TestApp): Promise<Money> {
  const payment = await newPaidPayment(app)
  const { id } = await app.bursar.refunds.create({
    payment: payment.id,
    out_refund_no: newNumber(),
    amount: 100,
  })
  const counted = await newCounterPayment(app)
  const back = { payment: counted.id, out_refund_no: newNumber(), amount: 100 }
  const counter_refund = (await app.bursar.refunds.create(back)).id
  await app.bursar.counterRefunds.handOut(counter_refund, { cashier: '窗口 1' })
  await until(
    () => app.bursar.refunds.get(id),
    ({ status }) => status === 'succeeded',
  )
  const { data } = await app.bursar.ledgerTransactions.list({ source: payment.id })
  const ledger_transaction = data[0]?.id ?? ''
  const correction = await app.bursar.ledgerCorrections.create({
    transaction: ledger_transaction,
    kind: 'reversal',
    reason: '测试',
  })
  await app.bursar.ledgerCorrections.reject(correction.id)
  return {
    ...{ payment: payment.id, refund: id, counter_payment: counted.id, counter_refund },
    ...{ ledger_transaction, ledger_correction: correction.id },
  }
}

/** Nobody collects live money in a test: these are copies, of a payment and a refund that came to nothing. */
async function copyToLive(ids: OwnedIds): Promise<Money> {
  const payment = newId('pay')
  const refund = newId('ref')
  const copy = (table: string, id: string, changes: object) =>
    queryPlatform(
      `insert into ${table}
       select (jsonb_populate_record(original, $2)).* from ${table} original where original.id = $1`,
      [id, JSON.stringify({ livemode: true, ...changes })],
    )
  const none = { amount_refunded: 0, amount_refunding: 0, succeeded_at: null }
  await copy('payments', ids.payment, {
    ...none,
    ...{ id: payment, status: 'closed', out_trade_no: newNumber() },
  })
  await copy('refunds', ids.refund, {
    ...{ id: refund, payment_id: payment, status: 'failed', succeeded_at: null },
    ...{ out_refund_no: newNumber(), channel_refund_no: newNumber() },
  })
  // What is in the books stays there, so there are no copies of it: these ids are nobody's.
  const books = { ledger_transaction: newId('txn'), ledger_correction: newId('cor') }
  return { payment, refund, counter_payment: payment, counter_refund: refund, ...books }
}

/** Others check the books of this platform. */
async function removeCopies({ payment, refund }: OwnedIds): Promise<void> {
  await queryPlatform('delete from refunds where id = $1', [refund])
  await queryPlatform('delete from payments where id = $1', [payment])
}

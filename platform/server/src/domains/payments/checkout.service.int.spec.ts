import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { CreateCheckout } from './checkout.schema.js'
import { keyed, makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'

const EXPIRY_MS = 2 * 60 * 60_000
const choice = { channel: 'wechatpay', method: 'native' } as const

let f: PaymentFixture
let caller: Caller
let tenant: Awaited<ReturnType<PaymentFixture['tenant']>>
let place: PaymentFixture['channel']['onPlace']

beforeAll(async () => {
  f = await makePaymentFixture()
  place = f.channel.onPlace
})
beforeEach(async () => {
  tenant = await f.tenant()
  caller = tenant.caller
  f.channel.onPlace = place
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

async function amountsOf(bills: readonly { readonly id: string }[]) {
  const rows = await Promise.all(bills.map(({ id }) => f.row(id)))
  return rows.map((row) => [row.status, row.amount_reserved, row.amount_paid])
}

const collect = (checkout: string, changes: object = {}) =>
  f.create(caller, { checkout, channel: 'wechatpay', ...changes })

async function pay(paymentId: string) {
  const attempt = await f.attemptOf(paymentId)
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  await f.attempts.apply(attempt, account, paid(attempt))
}

const rowOf = async (id: string) => {
  const row = await f.checkouts.findAny(caller, id)
  if (!row) throw new Error(`no checkout ${id}`)
  return row
}

describe('collecting a checkout', () => {
  test('holds the bills, and settles them when the money comes', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300, 400])
    expect(await amountsOf(bills)).toEqual([
      ['open', 0n, 0n],
      ['open', 0n, 0n],
    ])
    const payment = await collect(checkout.id)
    expect(payment).toMatchObject({ status: 'pending', amount: 700, checkout: checkout.id })
    expect(await amountsOf(bills)).toEqual([
      ['open', 300n, 0n],
      ['open', 400n, 0n],
    ])
    await pay(payment.id)
    expect(await amountsOf(bills)).toEqual([
      ['paid', 0n, 300n],
      ['paid', 0n, 400n],
    ])
    expect(await f.checkouts.get(caller, checkout.id)).toMatchObject({ status: 'completed' })
    expect(await f.eventTypes(checkout.id)).toEqual(['checkout.completed'])
    expect(await f.entriesOf(payment.id)).toHaveLength(2)
  })

  test('frees the bills when the channel refuses, and can be tried again', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    f.channel.onPlace = () => ({ kind: 'refused', code: 'noauth', message: 'no' })
    expect(await collect(checkout.id)).toMatchObject({ status: 'failed' })
    expect(await amountsOf(bills)).toEqual([['open', 0n, 0n]])
    f.channel.onPlace = place
    expect(await collect(checkout.id)).toMatchObject({ status: 'pending' })
  })

  test('frees the bills when the payment is closed; money that comes later is late', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const { id } = await collect(checkout.id)
    await f.payments.close(caller, id)
    expect(await amountsOf(bills)).toEqual([['open', 0n, 0n]])
    await pay(id)
    expect(await amountsOf(bills)).toEqual([['open', 0n, 0n]])
    expect(await f.lateOf(id)).toMatchObject([{ kind: 'late', amount: 300n }])
    const second = await collect(checkout.id)
    await pay(second.id)
    expect(await amountsOf(bills)).toEqual([['paid', 0n, 300n]])
  })

  test('pays a bill in parts', async () => {
    const item = await f.feeItem(caller, { partial_payment: { allowed: true } })
    const bill = await f.bill(caller, { amount: 1_000, fee_item: item.id })
    const part = { items: [{ bill: bill.id, amount: 400 }] }
    await pay((await collect((await f.checkout(caller, part)).id)).id)
    expect(await amountsOf([bill])).toEqual([['partially_paid', 0n, 400n]])
    const rest = await f.checkout(caller, { items: [{ bill: bill.id }] })
    expect(rest.amount).toBe(600)
    await pay((await collect(rest.id)).id)
    expect(await amountsOf([bill])).toEqual([['paid', 0n, 1_000n]])
  })

  test('refuses a second payment while one is under way, and of one that is paid', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const { id } = await collect(checkout.id)
    await expect(collect(checkout.id)).rejects.toMatchObject({ code: 'checkout_not_payable' })
    await pay(id)
    await expect(collect(checkout.id)).rejects.toMatchObject({ code: 'checkout_not_payable' })
  })

  test('refuses a bill that another checkout is collecting', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const other = await f.checkout(caller, { items: [{ bill: bills[0]?.id }] })
    await collect(checkout.id)
    await expect(collect(other.id)).rejects.toMatchObject({ code: 'bill_overpaid' })
    expect(await amountsOf(bills)).toEqual([['open', 300n, 0n]])
  })

  test('makes one payment of 20 concurrent creates under one number', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const out_trade_no = newId('req')
    const payments = await Promise.all(
      Array.from({ length: 20 }, () => collect(checkout.id, { out_trade_no })),
    )
    expect(new Set(payments.map(({ id }) => id)).size).toBe(1)
  })

  test('lets one of 20 concurrent creates under different numbers win', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const settled = await Promise.allSettled(Array.from({ length: 20 }, () => collect(checkout.id)))
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await amountsOf(bills)).toEqual([['open', 300n, 0n]])
  })

  test('gives the same payment back for a known number, whatever currency the checkout is in', async () => {
    const { id: checkout } = await f.checkout(caller, { amount: 500, title: '捐赠' })
    // Not asked for today, but it may be there.
    await f.database.query(`update checkouts set currency = 'USD' where id = $1`, [checkout])
    const out_trade_no = newId('req')
    const first = await f.create(caller, { checkout, out_trade_no })
    expect(first.currency).toBe('USD')
    expect(await f.create(caller, { checkout, out_trade_no })).toEqual(first)
  })

  test('ends with the checkout at the latest', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    f.clock.advance(EXPIRY_MS - 10 * 60_000)
    const payment = await f.create(caller, { checkout: checkout.id })
    expect(payment.expires_at).toBe(checkout.expires_at)
  })
})

describe('a payer at the cashier', () => {
  test('who taps twice gets one payment', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const row = await rowOf(checkout.id)
    const orders = f.channel.orders.length
    const taps = await Promise.all(
      Array.from({ length: 10 }, () => f.starter.collectAtCashier(row, choice)),
    )
    expect(new Set(taps.map(({ id }) => id)).size).toBe(1)
    expect(f.channel.orders.length - orders).toBe(1)
    expect(await amountsOf(bills)).toEqual([['open', 300n, 0n]])
  })

  test('who taps twice on a payment of the app places one order', async () => {
    const { id } = await f.create(caller)
    const row = await f.paymentRow(id)
    const orders = f.channel.orders.length
    await Promise.all(Array.from({ length: 10 }, () => f.starter.startAtCashier(row, choice)))
    expect(f.channel.orders.length - orders).toBe(1)
    expect(await f.paymentRow(id)).toMatchObject({ status: 'pending', channel: 'wechatpay' })
  })

  test('joins the payment that the app made of the checkout', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const { id } = await f.create(caller, { checkout: checkout.id })
    const joined = await f.starter.collectAtCashier(await rowOf(checkout.id), choice)
    expect(joined).toMatchObject({ id, status: 'pending' })
  })

  test('does not mind that the app uses numbers like ours', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    await f.create(caller, { out_trade_no: `${checkout.id}.1` })
    const payment = await f.starter.collectAtCashier(await rowOf(checkout.id), choice)
    expect(payment).toMatchObject({ status: 'pending', checkout_id: checkout.id })
  })

  test('is not kept from paying by a payment that nobody began in its time', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const { id } = await f.create(caller, { checkout: checkout.id })
    f.clock.advance(31 * 60_000)
    const payment = await f.starter.collectAtCashier(await rowOf(checkout.id), choice)
    expect(payment).toMatchObject({ status: 'pending' })
    expect(payment.id).not.toBe(id)
    expect(await f.paymentRow(id)).toMatchObject({ status: 'closed' })
  })

  test('cannot begin to pay what is out of time', async () => {
    const { id } = await f.create(caller)
    f.clock.advance(30 * 60_000)
    await expect(f.starter.startAtCashier(await f.paymentRow(id), choice)).rejects.toMatchObject({
      code: 'payment_not_payable',
    })
  })

  test('cannot use a channel that a fee item does not allow, however the payment was made', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const { id } = await f.create(caller, { checkout: checkout.id })
    await f.database.query(
      `update fee_items set channels = '{cash}' where id = (select fee_item_id from bills where id = $1)`,
      [bills[0]?.id],
    )
    const refusal = { code: 'channel_not_allowed' }
    await expect(f.starter.startAtCashier(await f.paymentRow(id), choice)).rejects.toMatchObject(
      refusal,
    )
    await f.payments.close(caller, id)
    await expect(collect(checkout.id)).rejects.toMatchObject(refusal)
    expect(await amountsOf(bills)).toEqual([['open', 0n, 0n]])
  })
})

describe('the end of a checkout', () => {
  test('is refused by cancel while a payment is under way', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const { id } = await collect(checkout.id)
    await expect(f.checkouts.cancel(caller, checkout.id)).rejects.toMatchObject({
      code: 'checkout_not_cancellable',
    })
    await f.payments.close(caller, id)
    expect(await f.checkouts.cancel(caller, checkout.id)).toMatchObject({ status: 'cancelled' })
    await expect(collect(checkout.id)).rejects.toMatchObject({ code: 'checkout_not_payable' })
  })

  test('comes with its time, once no payment is under way', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const { id } = await collect(checkout.id)
    f.clock.advance(EXPIRY_MS)
    await f.expireJob.run()
    expect((await rowOf(checkout.id)).status).toBe('open')
    await f.payments.close(caller, id)
    await f.expireJob.run()
    expect((await rowOf(checkout.id)).status).toBe('expired')
    expect(await amountsOf(bills)).toEqual([['open', 0n, 0n]])
    expect(await f.eventTypes(checkout.id)).toEqual(['checkout.expired'])
  })

  test('waits for a payment that began in the last moment', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const row = await rowOf(checkout.id)
    await collect(checkout.id)
    expect(await f.starter.collectAtCashier(row, choice)).toMatchObject({ status: 'pending' })
    f.clock.advance(EXPIRY_MS)
    await f.expireJob.run()
    expect((await rowOf(checkout.id)).status).toBe('open')
  })
})

describe('the expire job', () => {
  test('closes payments that nobody began, frees their bills, and leaves the others', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const idle = await f.create(caller, { checkout: checkout.id })
    const begun = await f.pending(caller)
    f.clock.advance(30 * 60_000 - 1)
    await f.expireJob.run()
    expect(await f.paymentRow(idle.id)).toMatchObject({ status: 'created' })
    f.clock.advance(1)
    await Promise.all([f.expireJob.run(), f.expireJob.run()])
    expect(await f.paymentRow(idle.id)).toMatchObject({ status: 'closed' })
    expect(await f.paymentRow(begun.id)).toMatchObject({ status: 'pending' })
    expect(await amountsOf(bills)).toEqual([['open', 0n, 0n]])
    expect(await f.eventTypes(idle.id)).toEqual(['payment.created', 'payment.closed'])
  })

  test('and a payer who begins in the same moment: one of them wins', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await f.create(caller)
      const row = await f.paymentRow(id)
      await Promise.all([f.starter.closeUnplaced(row), f.starter.startAtCashier(row, choice)])
      const { status, channel } = await f.paymentRow(id)
      expect(['closed null', 'pending wechatpay']).toContain(`${status} ${channel}`)
    }
  })
})

describe('a checkout', () => {
  test('is created once per key', async () => {
    const body = CreateCheckout.parse({ amount: 500, title: '捐赠' })
    const call = keyed(caller, body)
    const first = await f.checkouts.create(call, body)
    f.clock.advance(1_000)
    expect(await f.checkouts.create(call, body)).toEqual(first)
  })

  test.each(['otherAppCaller', 'otherInstitutionCaller', 'liveCaller'] as const)(
    'does not exist for %s',
    async (name) => {
      const { id } = await f.checkout(caller, { amount: 500, title: '捐赠' })
      const refusal = { code: 'checkout_not_found' }
      await expect(f.checkouts.get(tenant[name], id)).rejects.toMatchObject(refusal)
      await expect(f.checkouts.cancel(tenant[name], id)).rejects.toMatchObject(refusal)
      const collecting = f.create(tenant[name], { checkout: id })
      await expect(collecting).rejects.toMatchObject(refusal)
    },
  )
})

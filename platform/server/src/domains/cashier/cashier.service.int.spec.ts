import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { makePaymentFixture, type PaymentFixture, paid } from '../payments/payment.fixture.js'
import { CashierService } from './cashier.service.js'

const choice = { channel: 'wechatpay', method: 'native' } as const
const offered = [{ code: 'wechatpay', methods: ['native'] }]

let f: PaymentFixture
let cashier: CashierService
let caller: Caller
let place: PaymentFixture['channel']['onPlace']

beforeAll(async () => {
  f = await makePaymentFixture()
  place = f.channel.onPlace
  cashier = new CashierService(
    f.links,
    f.checkouts,
    f.payments,
    f.starter,
    f.channels,
    f.bills,
    f.payers,
    f.identity,
    f.config,
    f.clock,
  )
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
  f.channel.onPlace = place
  f.accounts.isDisabled = false
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

const tokenOf = (id: string) => f.links.tokenOf({ ...caller, id })

async function settle(paymentId: string) {
  const attempt = await f.attemptOf(paymentId)
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  await f.attempts.apply(attempt, account, paid(attempt))
}

describe('the view', () => {
  test('of a payment without a channel lets the payer choose', async () => {
    const { id } = await f.create(caller)
    expect(await cashier.view(tokenOf(id))).toMatchObject({
      reference: id,
      title: '学费',
      institution_name: '测试大学',
      department_name: '财务处',
      amount: 12_800,
      status: 'open',
      channels: offered,
      payment: null,
      paid_at: null,
    })
  })

  test('of a checkout names the bills, and nobody in full', async () => {
    const { checkout } = await f.billsCheckout(caller, [300, 400])
    const { items, amount } = await cashier.view(tokenOf(checkout.id))
    expect(amount).toBe(700)
    expect(items.map((item) => item.amount).sort()).toEqual([300, 400])
    for (const item of items) expect(item.payer_name).not.toBe('张三')
  })

  test('offers no channel that a bill bars, and none without an account', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const token = tokenOf(checkout.id)
    expect((await cashier.view(token)).channels).toEqual(offered)
    f.accounts.isDisabled = true
    expect((await cashier.view(token)).channels).toEqual([])
    f.accounts.isDisabled = false
    await f.database.query(
      `update fee_items set channels = '{cash}' where id = (select fee_item_id from bills where id = $1)`,
      [bills[0]?.id],
    )
    expect((await cashier.view(token)).channels).toEqual([])
  })

  test('of a failed payment offers nothing, and of a failed checkout another try', async () => {
    f.channel.onPlace = () => ({ kind: 'refused', code: 'noauth', message: 'no' })
    const direct = await f.pending(caller)
    expect(await cashier.view(tokenOf(direct.id))).toMatchObject({
      status: 'failed',
      channels: [],
      payment: { failure_message: 'no', qr_url: null },
    })
    const { checkout } = await f.billsCheckout(caller, [300])
    const token = tokenOf(checkout.id)
    expect(await cashier.pay(token, choice)).toMatchObject({ status: 'failed', channels: offered })
    f.channel.onPlace = place
    expect(await cashier.pay(token, choice)).toMatchObject({ status: 'paying', channels: [] })
  })

  test('of a payment in doubt says so, and shows no code', async () => {
    f.channel.onPlace = () => ({ kind: 'unknown', reason: 'timeout' })
    const { id } = await f.pending(caller)
    expect(await cashier.view(tokenOf(id))).toMatchObject({
      status: 'paying',
      channels: [],
      payment: { status: 'processing', qr_url: null, phone_url: null },
    })
  })

  test('of an order on its way to the channel offers no second one', async () => {
    f.channel.onPlace = () => {
      throw new Error('the process died')
    }
    const { id } = await f.pending(caller)
    expect(await cashier.view(tokenOf(id))).toMatchObject({
      status: 'paying',
      channels: [],
      payment: { status: 'created', channel: 'wechatpay' },
    })
  })
})

describe('paying', () => {
  test('places an order, shows its code, and thanks when the money came', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const token = tokenOf(checkout.id)
    const view = await cashier.pay(token, choice)
    expect(view).toMatchObject({
      status: 'paying',
      payment: {
        status: 'pending',
        qr_url: `/cashier/api/${token}/qr.svg`,
        phone_url: expect.stringContaining('http://localhost:3100/wechatpay/phone?code_url='),
      },
    })
    expect(await cashier.qrCode(token)).toContain('<svg')
    await settle(view.payment?.id ?? '')
    expect(await cashier.view(token)).toMatchObject({
      status: 'paid',
      paid_at: expect.any(String),
      payment: { qr_url: null },
    })
    await expect(cashier.qrCode(token)).rejects.toMatchObject({ code: 'cashier_link_unknown' })
    await expect(cashier.pay(token, choice)).rejects.toMatchObject({ code: 'cashier_not_payable' })
  })

  test('twice at once joins one order', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const token = tokenOf(checkout.id)
    const orders = f.channel.orders.length
    const views = await Promise.all(Array.from({ length: 5 }, () => cashier.pay(token, choice)))
    expect(new Set(views.map((view) => view.payment?.id)).size).toBe(1)
    expect(f.channel.orders.length - orders).toBe(1)
  })

  test('what is out of time is refused', async () => {
    const { id } = await f.create(caller)
    f.clock.advance(30 * 60_000)
    expect(await cashier.view(tokenOf(id))).toMatchObject({ status: 'expired', channels: [] })
    await expect(cashier.pay(tokenOf(id), choice)).rejects.toMatchObject({
      code: 'cashier_not_payable',
    })
  })

  test('shows how long the order under way lives, not the checkout', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const payment = await f.pending(caller, { checkout: checkout.id })
    const view = await cashier.view(tokenOf(checkout.id))
    expect(view.expires_at).toBe(payment.expires_at)
    expect(view.expires_at < checkout.expires_at).toBe(true)
  })
})

describe('a link', () => {
  test('that was not made here leads to nothing', async () => {
    const { id } = await f.create(caller)
    const token = tokenOf(id)
    const forged = `${token.slice(0, -5)}AAAAA`
    for (const wrong of [forged, id, 'x', tokenOf(id.replace(/.$/, '0'))]) {
      if (wrong === token) continue
      await expect(cashier.view(wrong)).rejects.toMatchObject({ code: 'cashier_link_unknown' })
    }
  })
})

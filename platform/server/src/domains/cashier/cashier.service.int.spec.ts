import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { makePaymentFixture, type PaymentFixture, paid } from '../payments/payment.fixture.js'
import { CashierService } from './cashier.service.js'

const choice = { channel: 'wechatpay', method: 'native' } as const
const offered = [{ code: 'wechatpay', methods: ['native', 'h5', 'page'] }]
const IP = '203.0.113.7'

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
    f.changes,
    f.channels,
    f.bills,
    f.payers,
    f.identity,
    f.config,
    f.clock,
    f.confirmations,
    f.appClocks,
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
      payment: { failure_message: 'no', action: null },
    })
    const { checkout } = await f.billsCheckout(caller, [300])
    const token = tokenOf(checkout.id)
    expect(await cashier.pay(token, choice, IP)).toMatchObject({
      status: 'failed',
      channels: offered,
    })
    f.channel.onPlace = place
    expect(await cashier.pay(token, choice, IP)).toMatchObject({
      status: 'paying',
      channels: offered,
    })
  })

  test('of a payment in doubt says so, and shows no code', async () => {
    f.channel.onPlace = () => ({ kind: 'unknown', reason: 'timeout' })
    const { id } = await f.pending(caller)
    expect(await cashier.view(tokenOf(id))).toMatchObject({
      status: 'paying',
      channels: [],
      payment: { status: 'processing', action: null, phone_url: null },
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
    const view = await cashier.pay(token, choice, IP)
    expect(view).toMatchObject({
      status: 'paying',
      payment: {
        status: 'pending',
        action: { type: 'show_qr', qr_url: `/cashier/api/${token}/qr.svg` },
        phone_url: expect.stringContaining('http://localhost:3100/wechatpay/phone?code_url='),
      },
    })
    expect(await cashier.qrCode(token)).toContain('<svg')
    await settle(view.payment?.id ?? '')
    expect(await cashier.view(token)).toMatchObject({
      status: 'paid',
      paid_at: expect.any(String),
      payment: { action: null },
    })
    await expect(cashier.qrCode(token)).rejects.toMatchObject({ code: 'cashier_link_unknown' })
    await expect(cashier.pay(token, choice, IP)).rejects.toMatchObject({
      code: 'cashier_not_payable',
    })
  })

  test('twice at once joins one order', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const token = tokenOf(checkout.id)
    const orders = f.channel.orders.length
    const views = await Promise.all(Array.from({ length: 5 }, () => cashier.pay(token, choice, IP)))
    expect(new Set(views.map((view) => view.payment?.id)).size).toBe(1)
    expect(f.channel.orders.length - orders).toBe(1)
  })

  test('what is out of time is refused', async () => {
    const { id } = await f.create(caller)
    f.clock.advance(30 * 60_000)
    expect(await cashier.view(tokenOf(id))).toMatchObject({ status: 'expired', channels: [] })
    await expect(cashier.pay(tokenOf(id), choice, IP)).rejects.toMatchObject({
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

describe('another way to pay', () => {
  const h5 = { channel: 'wechatpay', method: 'h5' } as const

  test('is offered while the code is shown, and takes its place', async () => {
    const { id } = await f.pending(caller)
    const token = tokenOf(id)
    expect((await cashier.view(token)).channels).toEqual(offered)
    const url = 'https://provider.example/h5?prepay=1'
    f.channel.onPlace = () => ({ kind: 'placed', next_action: { type: 'redirect', url } })
    expect(await cashier.pay(token, h5, IP)).toMatchObject({
      status: 'paying',
      payment: { id, method: 'h5', action: { type: 'redirect', url }, phone_url: null },
    })
    expect(f.channel.orders.at(-1)).toMatchObject({
      method: 'h5',
      payer: { ip: IP, channel_user_id: null },
      return_url: `https://pay.example.edu/cashier/${token}/return`,
    })
    await expect(cashier.qrCode(token)).rejects.toMatchObject({ code: 'cashier_link_unknown' })
  })

  test('is refused when the old order was paid, and the page then shows paid', async () => {
    const { id } = await f.pending(caller)
    const attempt = await f.attemptOf(id)
    f.channel.onClose = () => ({ kind: 'already_paid' })
    f.channel.onQuery = () => paid(attempt)
    await expect(cashier.pay(tokenOf(id), h5, IP)).rejects.toMatchObject({
      code: 'payment_already_paid',
    })
    expect(await cashier.view(tokenOf(id))).toMatchObject({ status: 'paid', channels: [] })
    f.channel.onClose = () => ({ kind: 'closed' })
    f.channel.onQuery = () => ({ kind: 'waiting' })
  })

  test('can be chosen again when a change did not come to its end', async () => {
    const { checkout } = await f.billsCheckout(caller, [300])
    const token = tokenOf(checkout.id)
    const view = await cashier.pay(token, choice, IP)
    const id = view.payment?.id ?? ''
    f.channel.onPlace = place
    const row = await f.paymentRow(id)
    await f.database.query(
      'update payments set current_attempt_id = null, next_action = null where id = $1',
      [row.id],
    )
    expect(await cashier.view(token)).toMatchObject({
      status: 'open',
      channels: offered,
      payment: { status: 'pending', action: null },
    })
    expect(await cashier.pay(token, h5, IP)).toMatchObject({ status: 'paying', payment: { id } })
  })

  test('that is a form is sent by a page of its own, and only while it is to be sent', async () => {
    const { id } = await f.pending(caller)
    const token = tokenOf(id)
    const form = { url: 'https://bank.example/pay', fields: { merId: '1', submit: '"><b>' } }
    f.channel.onPlace = () => ({ kind: 'placed', next_action: { type: 'submit_form', ...form } })
    const view = await cashier.pay(token, { channel: 'wechatpay', method: 'page' }, IP)
    expect(view.payment?.action).toEqual({ type: 'submit_form', url: `/cashier/${token}/go` })
    expect(JSON.stringify(view)).not.toContain('merId')
    expect(await cashier.formOf(token)).toMatchObject(form)
    await settle(id)
    expect(await cashier.formOf(token)).toBeNull()
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

import { afterAll, describe, expect, test } from '@jest/globals'
import { ledgerOf, problemsOfBooks } from '../support/books.js'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import {
  newBill,
  newNumber,
  newPayer,
  newWallet,
  PIN,
  paymentBody,
  paymentIn,
} from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const wallets = describeResource(stage, {
  collection: '/v1/wallets',
  id: async () => (await newWallet(stage.own)).id,
  missing: 'wallet_not_found',
  isSharedWithNeighbours: true,
})
afterAll(async () => {
  expect(await problemsOfBooks()).toEqual([])
})

const topUpBody = () => ({ out_trade_no: newNumber(), amount: 100 })

describe('POST /v1/wallets', () => {
  describeWrite(stage, {
    path: () => '/v1/wallets',
    body: async () => ({ payer: (await newPayer(stage.own)).id }),
    status: 201,
    invalid: { body: { payer: 'nobody' }, code: 'field_format_invalid', pointer: '/payer' },
  })

  test('opens one wallet per payer; the same again is the same, with other limits a conflict', async () => {
    const payer = (await newPayer(stage.own)).id
    const open = (body: object = {}) =>
      stage.own.send({ path: '/v1/wallets', body: { payer, ...body } })
    const first = await open()
    expect(first.json).toMatchObject({ object: 'wallet', payer, balance: 0, has_pin: false })
    const again = await open()
    expect([again.status, again.json]).toEqual([200, first.json])
    expectProblem(await open({ limit_per_day: 5 }), 409, 'wallet_conflict')
  })
})

describe('POST /v1/wallets/{id}', () => {
  wallets.describeChange({
    body: () => ({ limit_per_payment: 500 }),
    invalid: {
      body: { limit_per_payment: 0 },
      code: 'field_out_of_range',
      pointer: '/limit_per_payment',
    },
  })
})

describe('POST /v1/wallets/{id}/pin', () => {
  wallets.describeChange({
    action: 'pin',
    body: () => ({ pin: PIN }),
    invalid: { body: { pin: '123456' }, code: 'wallet_pin_weak', pointer: '/pin' },
  })
})

describe('POST /v1/wallets/{id}/freeze', () => {
  wallets.describeChange({ action: 'freeze', body: () => ({ reason: 'lost' }) })
})

describe('POST /v1/wallets/{id}/close', () => {
  wallets.describeChange({ action: 'close' })
})

describe('GET /v1/wallets/{id}/transactions', () => {
  wallets.describeForeign('GET', 'transactions')
})

describe('POST /v1/wallets/{id}/top_ups', () => {
  describeWrite(stage, {
    path: async () => wallets.path((await newWallet(stage.own)).id, 'top_ups'),
    body: topUpBody,
    status: 201,
    invalid: {
      body: { ...topUpBody(), amount: 0 },
      code: 'field_out_of_range',
      pointer: '/amount',
    },
  })
})

describe('a wallet', () => {
  test('is topped up through WeChat Pay, pays by PIN, and gets a refund back', async () => {
    const { own } = stage
    const { id } = await newWallet(own)
    const body = { ...topUpBody(), amount: 5_000, channel: 'wechatpay' as const }
    const topUp = await own.bursar.wallets.topUp(id, body)
    expect(topUp).toMatchObject({ wallet: id, status: 'pending', amount: 5_000 })
    await own.bursar.testHelpers.payments.simulate(topUp.id, { action: 'pay' })
    await paymentIn(own, topUp.id, 'succeeded')
    expect((await own.bursar.wallets.get(id)).balance).toBe(5_000)

    const made = await own.bursar.payments.create(
      paymentBody({ amount: 1_200, channel: 'campus_card' }),
    )
    expect(made.next_action).toEqual({ type: 'enter_pin' })
    const confirm = (pin: string) => own.bursar.payments.confirmWallet(made.id, { pin, wallet: id })
    await expect(confirm('975310')).rejects.toMatchObject({ code: 'wallet_pin_wrong' })
    expect(await confirm(PIN)).toMatchObject({ status: 'succeeded', channel: 'campus_card' })

    const refund = { payment: made.id, out_refund_no: newNumber(), amount: 200 }
    expect((await own.bursar.refunds.create(refund)).status).toBe('succeeded')
    expect((await own.bursar.wallets.get(id)).balance).toBe(4_000)
    const { data } = await own.bursar.wallets.listTransactions(id)
    expect(data.map(({ kind, balance_after }) => [kind, balance_after])).toEqual([
      ['charge_refund', 4_000],
      ['charge', 3_800],
      ['top_up', 5_000],
    ])
    const sources = [topUp.id, made.id, ...data.map(({ source }) => source)]
    const { balances } = await ledgerOf(...sources)
    expect(balances).toMatchObject({ payer_wallet: -4_000, department_payable: -1_200 })
    const types = (await own.bursar.events.list({ limit: 50 })).data.map(({ type }) => type)
    for (const type of ['wallet.opened', 'wallet.topped_up', 'wallet.charged', 'wallet.refunded']) {
      expect(types).toContain(type)
    }
  }, 60_000)

  test('gives a top-up back while the money is there, and not when it is spent', async () => {
    const { own } = stage
    const { id } = await newWallet(own)
    const body = { ...topUpBody(), amount: 1_000, channel: 'wechatpay' as const }
    const topUp = await own.bursar.wallets.topUp(id, body)
    await own.bursar.testHelpers.payments.simulate(topUp.id, { action: 'pay' })
    await paymentIn(own, topUp.id, 'succeeded')
    const give = (amount: number) =>
      own.bursar.refunds.create({ payment: topUp.id, out_refund_no: newNumber(), amount })
    const { id: refund } = await give(600)
    expect((await own.bursar.wallets.get(id)).balance).toBe(400)
    const spent = await own.bursar.payments.create(
      paymentBody({ amount: 400, channel: 'campus_card' }),
    )
    await own.bursar.payments.confirmWallet(spent.id, { pin: PIN, wallet: id })
    await expect(give(1)).rejects.toMatchObject({ code: 'wallet_balance_insufficient' })
    for (let tries = 0; tries < 100; tries++) {
      if ((await own.bursar.refunds.get(refund)).status === 'succeeded') break
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(await own.bursar.wallets.get(id)).toMatchObject({ balance: 0, held: 0 })
    expect((await own.bursar.wallets.close(id)).status).toBe('closed')
  }, 60_000)

  test('pays nothing while it is frozen, and takes no top-up', async () => {
    const { own } = stage
    const { id } = await newWallet(own, 1_000)
    const frozen = await own.bursar.wallets.freeze(id, { reason: '挂失' })
    expect(frozen).toMatchObject({ status: 'frozen', frozen_reason: '挂失' })
    await expect(own.bursar.wallets.topUp(id, topUpBody())).rejects.toMatchObject({
      code: 'wallet_frozen',
    })
    const made = await own.bursar.payments.create(
      paymentBody({ amount: 1, channel: 'campus_card' }),
    )
    const pay = { pin: PIN, wallet: id }
    await expect(own.bursar.payments.confirmWallet(made.id, pay)).rejects.toMatchObject({
      code: 'wallet_frozen',
    })
    expect((await own.bursar.payments.get(made.id)).failure?.code).toBe('wallet_frozen')
    expect((await own.bursar.wallets.unfreeze(id)).status).toBe('active')
    const again = await own.bursar.payments.create(
      paymentBody({ amount: 1, channel: 'campus_card' }),
    )
    expect((await own.bursar.payments.confirmWallet(again.id, pay)).status).toBe('succeeded')
  }, 60_000)

  test('keeps to the limits of the institution where it has none of its own', async () => {
    const { own } = stage
    const { id } = await newWallet(own, 300_000)
    const pay = async (amount: number) => {
      const made = await own.bursar.payments.create(paymentBody({ amount, channel: 'campus_card' }))
      return own.bursar.payments.confirmWallet(made.id, { pin: PIN, wallet: id })
    }
    await expect(pay(100_001)).rejects.toMatchObject({ code: 'wallet_limit_exceeded' })
    expect((await pay(100_000)).status).toBe('succeeded')
    expect((await pay(100_000)).status).toBe('succeeded')
    await expect(pay(1)).rejects.toMatchObject({ code: 'wallet_limit_exceeded' })
    await own.bursar.wallets.update(id, { limit_per_day: 200_001 })
    expect((await pay(1)).status).toBe('succeeded')
  }, 60_000)
})

describe('POST /v1/payments/{id}/confirm_wallet', () => {
  const newCardPayment = async () => {
    const wallet = await newWallet(stage.own, 1_000)
    const body = paymentBody({ amount: 1, channel: 'campus_card' })
    return { wallet: wallet.id, id: (await stage.own.bursar.payments.create(body)).id }
  }

  test('is refused for a payment of another app, and for one of another channel', async () => {
    const { id, wallet } = await newCardPayment()
    const body = { pin: PIN, wallet }
    const foreign = { path: `/v1/payments/${id}/confirm_wallet`, body }
    expectProblem(await stage.neighbour.send(foreign), 404, 'payment_not_found')
    const other = await stage.own.bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
    const path = `/v1/payments/${other.id}/confirm_wallet`
    expectProblem(await stage.own.send({ path, body }), 409, 'payment_not_confirmable')
  })

  test('points at a PIN that cannot be one', async () => {
    const { id } = await newCardPayment()
    const path = `/v1/payments/${id}/confirm_wallet`
    const answer = await stage.own.send({ path, body: { pin: '12a456' } })
    expectProblem(answer, 400, 'field_format_invalid')
  })
})

describe('the cashier page', () => {
  const call = async (url: string, path = '', body?: object) => {
    const address = url.replace('/cashier/', '/cashier/api/') + path
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const answer = await fetch(address, body ? { ...json, body: JSON.stringify(body) } : {})
    return { status: answer.status, json: JSON.parse(await answer.text()) }
  }
  const newCheckout = async (payer: string) => {
    const bill = await newBill(stage.own, { payer, amount: 700 })
    return stage.own.bursar.checkouts.create({ items: [{ bill: bill.id }] })
  }
  const codes = (view: { channels: { code: string }[] }) => view.channels.map(({ code }) => code)

  test('takes the PIN of the payer whose bills are paid', async () => {
    const { payer, id } = await newWallet(stage.own, 1_000)
    const { url } = await newCheckout(payer)
    expect(codes((await call(url)).json)).toContain('campus_card')
    const chosen = await call(url, '/pay', { channel: 'campus_card', method: 'wallet' })
    expect(chosen.json.payment.action).toEqual({ type: 'enter_pin' })
    const wrong = await call(url, '/confirm', { pin: '975310' })
    expect([wrong.status, wrong.json.code]).toEqual([409, 'wallet_pin_wrong'])
    expect((await call(url, '/confirm', { pin: PIN })).json.status).toBe('paid')
    expect((await stage.own.bursar.wallets.get(id)).balance).toBe(300)
  })

  test('does not offer the campus card to somebody without a wallet', async () => {
    const { url } = await newCheckout((await newPayer(stage.own)).id)
    expect(codes((await call(url)).json)).toEqual(expect.not.arrayContaining(['campus_card']))
  })
})

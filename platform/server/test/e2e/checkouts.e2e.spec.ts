import { describe, expect, test } from '@jest/globals'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newBill, newFeeItem, paymentBody } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const freeAmount = () => ({ amount: 500, title: '捐赠' })
const newCheckout = () => stage.own.bursar.checkouts.create(freeAmount())
const id = async () => (await newCheckout()).id
const checkouts = describeResource(stage, {
  collection: '/v1/checkouts',
  id,
  missing: 'checkout_not_found',
})

describe('POST /v1/checkouts', () => {
  describeWrite(stage, {
    path: () => '/v1/checkouts',
    body: freeAmount,
    status: 201,
    invalid: {
      body: { items: [{ bill: 'pay_01jd0000000000000000000000' }] },
      code: 'field_format_invalid',
      pointer: '/items/0/bill',
    },
  })

  test('brings bills together, each with all that is due', async () => {
    const fee_item = (await newFeeItem(stage.own)).id
    const first = await newBill(stage.own, { fee_item, amount: 300 })
    const second = await newBill(stage.own, { fee_item, amount: 400 })
    const items = [{ bill: first.id }, { bill: second.id }]
    expect(await stage.own.bursar.checkouts.create({ items })).toMatchObject({
      object: 'checkout',
      status: 'open',
      amount: 700,
      title: '学费 等 2 项',
      items: [
        { bill: first.id, amount: 300, department: stage.own.department_id },
        { bill: second.id, amount: 400, department: stage.own.department_id },
      ],
      url: expect.stringMatching(/^http/),
    })
  })

  test('needs either bills or an amount', async () => {
    const items = [{ bill: (await newBill(stage.own)).id }]
    for (const body of [{}, { items, ...freeAmount() }]) {
      const answer = await stage.own.send({ path: '/v1/checkouts', body })
      expectProblem(answer, 400, 'checkout_source_ambiguous')
    }
  })

  test('refuses a part of a bill that must be paid at once, and more than is due', async () => {
    const { id: bill } = await newBill(stage.own, { amount: 300 })
    const part = await stage.own.send({
      path: '/v1/checkouts',
      body: { items: [{ bill, amount: 100 }] },
    })
    expectProblem(part, 409, 'bill_partial_not_allowed')
    const more = await stage.own.send({
      path: '/v1/checkouts',
      body: { items: [{ bill, amount: 301 }] },
    })
    expectProblem(more, 409, 'bill_overpaid')
  })

  test('refuses a part below the least that the fee item allows', async () => {
    const rules = { partial_payment: { allowed: true, minimum: 100 } }
    const fee_item = (await newFeeItem(stage.own, rules)).id
    const { id: bill } = await newBill(stage.own, { fee_item, amount: 300 })
    const body = { items: [{ bill, amount: 99 }] }
    expectProblem(await stage.own.send({ path: '/v1/checkouts', body }), 409, 'bill_below_minimum')
  })

  test("refuses a bill twice, and somebody else's bill as unknown", async () => {
    const mine = (await newBill(stage.own)).id
    const theirs = (await newBill(stage.neighbour)).id
    const twice = { items: [{ bill: mine }, { bill: mine }] }
    expectProblem(
      await stage.own.send({ path: '/v1/checkouts', body: twice }),
      400,
      'bill_repeated',
    )
    const foreign = { items: [{ bill: mine }, { bill: theirs }] }
    expectProblem(
      await stage.own.send({ path: '/v1/checkouts', body: foreign }),
      404,
      'bill_not_found',
    )
  })

  test('refuses an expiry that is too near or too far', async () => {
    for (const minutes of [0, 8 * 24 * 60]) {
      const expires_at = new Date(Date.now() + minutes * 60_000).toISOString()
      const answer = await stage.own.send({
        path: '/v1/checkouts',
        body: { ...freeAmount(), expires_at },
      })
      expectProblem(answer, 400, 'checkout_expiry_invalid')
      expect(answer.json.errors[0].pointer).toBe('/expires_at')
    }
  })
})

describe('GET /v1/checkouts/{id}', () => {
  test('gives the checkout as it was created', async () => {
    const checkout = await newCheckout()
    expect(await stage.own.bursar.checkouts.get(checkout.id)).toEqual(checkout)
  })
})

describe('POST /v1/checkouts/{id}/cancel', () => {
  checkouts.describeChange({ action: 'cancel' })

  test('cancels an open checkout, which cannot be paid any more', async () => {
    const checkout = await newCheckout()
    const cancelled = await stage.own.bursar.checkouts.cancel(checkout.id)
    expect(cancelled).toEqual({ ...checkout, status: 'cancelled' })
    expect(await stage.own.bursar.checkouts.cancel(checkout.id)).toEqual(cancelled)
    const { out_trade_no } = paymentBody()
    const body = { out_trade_no, checkout: checkout.id }
    expectProblem(await stage.own.send({ path: '/v1/payments', body }), 409, 'checkout_not_payable')
  })

  test('refuses while a payment is under way, and again once it is closed it does not', async () => {
    const checkout = await newCheckout()
    const { out_trade_no } = paymentBody()
    const payment = await stage.own.bursar.payments.create({ out_trade_no, checkout: checkout.id })
    const refused = await stage.own.send({
      method: 'POST',
      path: checkouts.path(checkout.id, 'cancel'),
    })
    expectProblem(refused, 409, 'checkout_not_cancellable')
    await stage.own.bursar.payments.close(payment.id)
    expect((await stage.own.bursar.checkouts.cancel(checkout.id)).status).toBe('cancelled')
  })
})

describe('GET /v1/checkouts', () => {
  test('lists those of one status, newest first, and none to another app', async () => {
    const cancelled = await newCheckout()
    await stage.own.bursar.checkouts.cancel(cancelled.id)
    const open = await newCheckout()
    const [newest] = (await stage.own.bursar.checkouts.list({ status: 'open', limit: 1 })).data
    expect(newest).toEqual(open)
    const seen = await stage.own.bursar.checkouts.list({ status: 'cancelled', limit: 1 })
    expect(seen.data.map((checkout) => checkout.id)).toEqual([cancelled.id])
    const theirs = await stage.neighbour.bursar.checkouts.list({ limit: 100 })
    expect(theirs.data.map((checkout) => checkout.id)).not.toContain(open.id)
  })
})

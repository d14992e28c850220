import { beforeAll, describe, expect, test } from '@jest/globals'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newNumber, newPaidPayment, newPendingPayment } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()

let payment = ''
beforeAll(async () => {
  payment = (await newPaidPayment(stage.own, { amount: 10_000 })).id
}, 60_000)

const refundBody = () => ({ payment, out_refund_no: newNumber(), amount: 10 })
const newRefund = () => stage.own.bursar.refunds.create(refundBody())
const id = async () => (await newRefund()).id
describeResource(stage, { collection: '/v1/refunds', id, missing: 'refund_not_found' })

describe('POST /v1/refunds', () => {
  describeWrite(stage, {
    path: () => '/v1/refunds',
    body: refundBody,
    status: 201,
    invalid: {
      body: { payment: 'pay_01jd0000000000000000000000', out_refund_no: newNumber(), amount: -1 },
      code: 'field_out_of_range',
      pointer: '/amount',
    },
  })

  test('creates a refund that is on its way', async () => {
    const body = { ...refundBody(), reason: '退学' }
    expect(await stage.own.bursar.refunds.create(body)).toMatchObject({
      ...body,
      object: 'refund',
      status: 'processing',
      currency: 'CNY',
      department: stage.own.department_id,
      items: [{ bill: null, amount: 10, department: stage.own.department_id }],
    })
  })

  test('gives the refund back when the out_refund_no is known with the same parameters', async () => {
    const body = refundBody()
    const first = await stage.own.send({ path: '/v1/refunds', body })
    const second = await stage.own.send({ path: '/v1/refunds', body })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.json.id).toBe(first.json.id)
  })

  test('refuses a known out_refund_no with another amount', async () => {
    const body = refundBody()
    await stage.own.bursar.refunds.create(body)
    const answer = await stage.own.send({ path: '/v1/refunds', body: { ...body, amount: 11 } })
    expectProblem(answer, 409, 'refund_conflict')
    expect(answer.json.outcome).toBe('failed')
  })

  test('refuses more than is left', async () => {
    const body = { ...refundBody(), amount: 10_001 }
    const answer = await stage.own.send({ path: '/v1/refunds', body })
    expectProblem(answer, 409, 'refund_exceeds_payment')
    expect(answer.json.outcome).toBe('failed')
  })

  test('refuses a payment that is not paid', async () => {
    const pending = (await newPendingPayment(stage.own)).id
    const body = { ...refundBody(), payment: pending }
    const answer = await stage.own.send({ path: '/v1/refunds', body })
    expectProblem(answer, 409, 'payment_not_refundable')
  })

  test("refuses somebody else's payment as unknown", async () => {
    for (const other of [stage.neighbour, stage.outsider]) {
      const answer = await other.send({ path: '/v1/refunds', body: refundBody() })
      expectProblem(answer, 404, 'payment_not_found')
    }
  })

  test('refuses items that do not fit', async () => {
    const bill = 'bill_01jd0000000000000000000000'
    const wrong = [
      [[{ bill, amount: 3 }], 'refund_items_mismatch'],
      [
        [
          { bill, amount: 5 },
          { bill, amount: 5 },
        ],
        'refund_item_repeated',
      ],
      [[{ bill, amount: 10 }], 'refund_items_invalid'],
    ] as const
    for (const [items, code] of wrong) {
      const answer = await stage.own.send({ path: '/v1/refunds', body: { ...refundBody(), items } })
      expectProblem(answer, 400, code)
    }
  })
})

describe('GET /v1/refunds/{id}', () => {
  test('gives the refund, wherever it stands', async () => {
    const { status: _, succeeded_at: __, ...refund } = await newRefund()
    expect(await stage.own.bursar.refunds.get(refund.id)).toMatchObject(refund)
  })
})

describe('GET /v1/refunds', () => {
  test('finds refunds by payment and by number', async () => {
    const { id: refund, out_refund_no } = await newRefund()
    const byNumber = await stage.own.bursar.refunds.list({ out_refund_no })
    expect(byNumber.data.map((found) => found.id)).toEqual([refund])
    const byPayment = await stage.own.bursar.refunds.list({ payment, limit: 1 })
    expect(byPayment.data.map((found) => found.id)).toEqual([refund])
    expect((await stage.neighbour.bursar.refunds.list({ out_refund_no })).data).toEqual([])
  })
})

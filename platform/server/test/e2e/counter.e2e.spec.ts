import { afterAll, describe, expect, test } from '@jest/globals'
import { problemsOfBooks } from '../support/books.js'
import {
  describeForeign,
  describeRead,
  describeWrite,
  expectProblem,
} from '../support/endpoint-contract.js'
import { newCounterPayment, newNumber, paymentBody, paymentIn } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
afterAll(async () => {
  expect(await problemsOfBooks()).toEqual([])
})

const atCounter = async () =>
  (await stage.own.bursar.payments.create(paymentBody({ channel: 'cash' }))).id
const receipt = { tender: 'cash', received_amount: 20_000, cashier: '窗口 1' } as const
const newRefund = async () => {
  const { id: payment } = await newCounterPayment(stage.own)
  const body = { payment, out_refund_no: newNumber(), amount: 800 }
  return (await stage.own.bursar.refunds.create(body)).id
}

describe('GET /v1/counter/orders/{id}', () => {
  describeRead(stage, { path: async () => `/v1/counter/orders/${await atCounter()}` })
  describeForeign(stage, {
    ...{ method: 'GET', path: (id) => `/v1/counter/orders/${id}`, id: atCounter },
    ...{ code: 'counter_order_not_found', isSharedWithNeighbours: true },
  })
})

describe('POST /v1/counter/orders/{id}/receive', () => {
  const path = (id: string) => `/v1/counter/orders/${id}/receive`
  describeWrite(stage, {
    path: async () => path(await atCounter()),
    body: () => receipt,
    status: 200,
    invalid: {
      body: { ...receipt, tender: 'gold' },
      code: 'field_value_invalid',
      pointer: '/tender',
    },
  })
  describeForeign(stage, {
    ...{ method: 'POST', path, id: atCounter, body: receipt },
    ...{ code: 'counter_order_not_found', isSharedWithNeighbours: true },
  })

  test('takes cash by the number that the payer tells, and counts the change', async () => {
    const { own, neighbour } = stage
    const made = await own.bursar.payments.create(paymentBody({ channel: 'cash' }))
    const action = made.next_action
    if (action?.type !== 'pay_at_counter') throw new Error('a number is told')
    expect(await neighbour.bursar.counterOrders.get(action.counter_no)).toMatchObject({
      ...{ payment: made.id, amount: 12_800, status: 'waiting', journal_no: null },
    })
    // Another app of the institution may be the one that stands at the counter.
    expect(await neighbour.bursar.counterOrders.receive(action.counter_no, receipt)).toMatchObject({
      ...{ payment: made.id, status: 'paid', change_amount: 7_200, cashier: '窗口 1' },
      journal_no: expect.stringMatching(/^\d{8}-\d{6}$/),
    })
    expect((await paymentIn(own, made.id, 'succeeded')).channel).toBe('cash')
  })

  test('refuses too little, another receipt, and an order that is closed', async () => {
    const { own } = stage
    const id = await atCounter()
    const send = (body: object, one = id) => own.send({ path: path(one), body })
    expectProblem(await send({ ...receipt, received_amount: 12_799 }), 400, 'counter_amount_short')
    expect((await send(receipt)).status).toBe(200)
    expect((await send(receipt)).status).toBe(200)
    expectProblem(await send({ ...receipt, cashier: '窗口 2' }), 409, 'counter_order_paid')
    const closed = await atCounter()
    await own.bursar.payments.close(closed)
    expectProblem(await send(receipt, closed), 409, 'counter_order_over')
  })
})

describe('POST /v1/counter/refunds/{id}/hand_out', () => {
  const path = (id: string) => `/v1/counter/refunds/${id}/hand_out`
  const body = { cashier: '窗口 1' }
  describeWrite(stage, {
    path: async () => path(await newRefund()),
    body: () => body,
    status: 200,
    invalid: { body: { cashier: '' }, code: 'field_out_of_range', pointer: '/cashier' },
  })
  describeForeign(stage, {
    ...{ method: 'POST', path, id: newRefund, body },
    ...{ code: 'counter_refund_not_found', isSharedWithNeighbours: true },
  })

  test('a refund is processing until the money is handed out', async () => {
    const { own } = stage
    const id = await newRefund()
    expect((await own.bursar.refunds.get(id)).status).toBe('processing')
    const handed = await own.bursar.counterRefunds.handOut(id, body)
    expect(handed).toMatchObject({
      id,
      object: 'counter_refund',
      status: 'handed_out',
      amount: 800,
    })
    expect((await own.bursar.refunds.get(id)).status).toBe('succeeded')
    const again = await own.send({ path: path(id), body })
    expect([again.status, again.json]).toEqual([200, handed])
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../../infra/http/caller.js'
import { checkBooks } from '../../../processes/books/books-check.js'
import type { Received } from '../../channels/cash/counter.rules.js'
import { makePaymentFixture, type PaymentFixture } from '../payment.fixture.js'

const cash = (amount: bigint): Received => ({
  ...{ tender: 'cash', received_amount: amount, terminal_reference: null, cashier: '1' },
})

let f: PaymentFixture
let caller: Caller

beforeAll(async () => {
  f = await makePaymentFixture()
  f.accounts.hasInHouse = true
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

const atCounter = (amount = 300) => f.create(caller, { amount, channel: 'cash' })
const orderNoOf = async (id: string) => (await f.attemptOf(id)).channel_order_no
const receive = async (id: string, received: Received) =>
  f.counter.orders.receive(caller, await orderNoOf(id), received)
const codeOf = (running: Promise<unknown>) =>
  running.then(
    () => 'nothing was refused',
    (error: { code?: string }) => error.code,
  )

describe('a payment at the counter', () => {
  test('waits under a number, and that number finds it', async () => {
    const made = await atCounter()
    expect(made.next_action).toEqual({
      type: 'pay_at_counter',
      counter_no: expect.stringMatching(/^\d{6}$/),
    })
    const action = made.next_action
    const counterNo = action?.type === 'pay_at_counter' ? action.counter_no : ''
    const order = await f.counter.orders.require(caller, counterNo)
    expect(order).toMatchObject({ status: 'waiting', amount: 300n })
    const other = (await f.tenant()).caller
    expect(await codeOf(f.counter.orders.require(other, counterNo))).toBe('counter_order_not_found')
  })

  test('is paid when the cashier has the money, and the payment hears of it by a query', async () => {
    const { id } = await atCounter()
    const { order, entry } = await receive(id, cash(500n))
    expect(order).toMatchObject({ status: 'paid', change_amount: 200n, tender: 'cash' })
    expect(entry.number).toBe(1)
    // The process died here: nobody told the payment.
    expect((await f.paymentRow(id)).status).toBe('pending')
    const { institution_id, livemode, id: attempt_id } = await f.attemptOf(id)
    await f.queryJob.run({ institution_id, livemode, attempt_id })
    expect((await f.paymentRow(id)).status).toBe('succeeded')
  })

  test('takes no less, and by card terminal exactly what is to be paid', async () => {
    const { id } = await atCounter()
    expect(await codeOf(receive(id, cash(299n)))).toBe('counter_amount_short')
    const pos = { ...cash(301n), tender: 'pos' as const }
    expect(await codeOf(receive(id, pos))).toBe('counter_amount_differs')
    expect((await receive(id, { ...pos, received_amount: 300n })).order.change_amount).toBe(0n)
  })

  test('is received once: said again it is the same, said otherwise a refusal', async () => {
    const { id } = await atCounter()
    const first = await receive(id, cash(300n))
    expect(await receive(id, cash(300n))).toEqual(first)
    expect(await codeOf(receive(id, cash(400n)))).toBe('counter_order_paid')
  })

  test('takes no money after it was closed or its time was over', async () => {
    const closed = await atCounter()
    await f.payments.close(caller, closed.id)
    expect(await codeOf(receive(closed.id, cash(300n)))).toBe('counter_order_over')
    const late = await atCounter()
    f.clock.advance(31 * 60_000)
    expect(await codeOf(receive(late.id, cash(300n)))).toBe('counter_order_over')
  })
})

describe('the journal', () => {
  test('numbers 30 receipts at once from 1 to 30, also beside some that fail', async () => {
    const made = await Promise.all(Array.from({ length: 30 }, () => atCounter()))
    const receipts = made.map(({ id }) => receive(id, cash(300n)))
    const refused = made.map(({ id }) => codeOf(receive(id, cash(1n))))
    const numbers = (await Promise.all(receipts)).map(({ entry }) => entry.number)
    await Promise.all(refused)
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  }, 60_000)

  test('begins anew on every business day of the institution', async () => {
    const [first, second] = [await atCounter(), await atCounter()]
    expect((await receive(first.id, cash(300n))).entry.number).toBe(1)
    expect((await receive(second.id, cash(300n))).entry.number).toBe(2)
    f.clock.advance(24 * 3_600_000)
    const third = await atCounter()
    expect((await receive(third.id, cash(300n))).entry.number).toBe(1)
  })
})

import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Refund } from '@openbursar/sdk'
import {
  eventTypesOf,
  expectRefusal,
  newBill,
  newNumber,
  newPaidPayment,
  type OpenWorld,
  type ScenarioWorld,
} from './scenario-world.js'

/** What becomes of refunds, the same in every place where it is played. */
export function describeRefunds(open: OpenWorld): void {
  let world: ScenarioWorld
  beforeAll(async () => {
    world = await open()
  }, 60_000)
  const create = (payment: string, amount?: number) =>
    world.bursar.refunds.create({
      payment,
      out_refund_no: newNumber(),
      ...(amount === undefined ? {} : { amount }),
    })
  const succeeded = ({ id }: Refund) =>
    world.until(
      () => world.bursar.refunds.get(id),
      ({ status }) => status === 'succeeded',
    )

  describe('a refund', () => {
    test('is on its way, then succeeds, and its payment and its app hear of it', async () => {
      const { id } = await newPaidPayment(world, { amount: 500 })
      const refund = await create(id)
      expect(refund).toMatchObject({
        ...{ object: 'refund', payment: id, amount: 500, currency: 'CNY', status: 'processing' },
        ...{ approval: null, failure: null, reason: null, succeeded_at: null },
        items: [{ bill: null, amount: 500 }],
      })
      expect(await succeeded(refund)).toMatchObject({ succeeded_at: expect.any(String) })
      expect((await world.bursar.payments.get(id)).amount_refunded).toBe(500)
      const types = ['refund.created', 'refund.succeeded']
      expect(await eventTypesOf(world, refund.id, 2)).toEqual(types)
    })

    test('gives back no more than is left, and those under way count', async () => {
      const { id } = await newPaidPayment(world, { amount: 500 })
      await create(id, 400)
      await expectRefusal(create(id, 101), {
        status: 409,
        code: 'refund_exceeds_payment',
        outcome: 'failed',
      })
      expect(await create(id)).toMatchObject({ amount: 100 })
      await expectRefusal(create(id), { status: 409, code: 'refund_exceeds_payment' })
    })

    test('takes the bills of its payment from the last backwards, or as it is told', async () => {
      const bills = [await newBill(world, { amount: 300 }), await newBill(world, { amount: 500 })]
      const items = bills.map(({ id }) => ({ bill: id }))
      const checkout = await world.bursar.checkouts.create({ items })
      const { id } = await newPaidPayment(world, { checkout: checkout.id })
      const [first, last] = bills.map((bill) => bill.id)
      const backwards = await create(id, 600)
      expect(backwards.items).toMatchObject([
        { bill: last, amount: 500 },
        { bill: first, amount: 100 },
      ])
      await succeeded(backwards)
      const owed = { status: 'paid', amount_refunded: 500, amount_due: 500 }
      expect(await world.bursar.bills.get(last ?? '')).toMatchObject(owed)
      const ask = (asked: { bill: string; amount: number }[]) =>
        world.bursar.refunds.create({ payment: id, out_refund_no: newNumber(), items: asked })
      const tooMuch = ask([{ bill: first ?? '', amount: 201 }])
      await expectRefusal(tooMuch, { status: 409, code: 'refund_exceeds_payment' })
      const spent = ask([{ bill: last ?? '', amount: 1 }])
      await expectRefusal(spent, { status: 400, code: 'refund_items_invalid' })
      const twice = ask([
        { bill: first ?? '', amount: 1 },
        { bill: first ?? '', amount: 1 },
      ])
      const repeated = { status: 400, code: 'refund_item_repeated', pointers: ['/items/1/bill'] }
      await expectRefusal(twice, repeated)
      const named = await ask([{ bill: first ?? '', amount: 200 }])
      expect(named).toMatchObject({ amount: 200, items: [{ bill: first, amount: 200 }] })
    })

    test('that does not add up is refused', async () => {
      const { id: bill } = await newBill(world)
      const checkout = await world.bursar.checkouts.create({ items: [{ bill }] })
      const { id: payment } = await newPaidPayment(world, { checkout: checkout.id })
      const items = [{ bill, amount: 2 }]
      const asked = { payment, out_refund_no: newNumber(), amount: 1, items }
      const call = world.bursar.refunds.create(asked)
      await expectRefusal(call, { status: 400, code: 'refund_items_mismatch', outcome: 'failed' })
    })

    test('of a payment that nobody knows is refused', async () => {
      const call = create('pay_01jd0000000000000000000000')
      await expectRefusal(call, { status: 404, code: 'payment_not_found' })
    })
  })

  describe('a refund above the threshold of the department', () => {
    beforeAll(async () => {
      const change = { refund_approval_threshold: 1_000 }
      await world.bursar.departments.update(world.departmentId, change)
    })

    test('waits for a second person, who lets it go', async () => {
      const { id } = await newPaidPayment(world, { amount: 5_000 })
      const small = await create(id, 1_000)
      expect(small).toMatchObject({ status: 'processing', approval: null })
      // What was given back before counts, so that nobody gets there in small steps.
      const held = await create(id, 1)
      expect(held).toMatchObject({
        status: 'awaiting_approval',
        approval: { status: 'awaiting', requested_by: world.keyId, decided_by: null },
      })
      const own = world.bursar.refunds.approve(held.id)
      await expectRefusal(own, { status: 403, code: 'refund_needs_second_person' })
      const second = await world.secondPerson()
      const approved = await second.refunds.approve(held.id)
      expect(approved).toMatchObject({ status: 'processing', approval: { status: 'approved' } })
      await succeeded(approved)
      const late = second.refunds.reject(held.id, { reason: 'too late' })
      await expectRefusal(late, { status: 409, code: 'refund_not_awaiting_approval' })
    })

    test('is rejected by a second person, and the money may be asked for again', async () => {
      const { id } = await newPaidPayment(world, { amount: 5_000 })
      const held = await create(id)
      const second = await world.secondPerson()
      const rejected = await second.refunds.reject(held.id, { reason: '没有依据' })
      expect(rejected).toMatchObject({
        status: 'rejected',
        approval: { status: 'rejected', reason: '没有依据' },
      })
      const types = ['refund.created', 'refund.rejected']
      expect(await eventTypesOf(world, held.id, 2)).toEqual(types)
      expect(await create(id)).toMatchObject({ amount: 5_000, status: 'awaiting_approval' })
    })
  })
}

import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  eventTypesOf,
  expectRefusal,
  newBill,
  newPayment,
  type OpenWorld,
  type ScenarioWorld,
} from './scenario-world.js'

/** What time does, with a clock that can be set forward; the same in every place. */
export function describeTime(open: OpenWorld): void {
  let world: ScenarioWorld
  let clockId = ''
  beforeAll(async () => {
    world = await open()
    clockId = (await world.bursar.testHelpers.clocks.create({})).id
  }, 60_000)
  const advance = (seconds: number) =>
    world.bursar.testHelpers.clocks.advance(clockId, { by: seconds })
  const ahead = async (seconds: number) => {
    const { now } = await world.bursar.testHelpers.clocks.get(clockId)
    return new Date(Date.parse(now) + seconds * 1000).toISOString()
  }

  describe('a clock that is set forward', () => {
    test('is there once, and goes forward only', async () => {
      const second = world.bursar.testHelpers.clocks.create({})
      await expectRefusal(second, { status: 409, code: 'test_clock_exists' })
      const back = { to: '2020-01-01T00:00:00Z' }
      const call = world.bursar.testHelpers.clocks.advance(clockId, back)
      await expectRefusal(call, { status: 400, code: 'test_clock_backward' })
    })

    test('ends what nobody paid in time, and a bill that is extended can be paid again', async () => {
      const { bursar, until } = world
      const bill = await newBill(world, { expires_at: await ahead(3_600) })
      const checkout = await bursar.checkouts.create({ items: [{ bill: bill.id }] })
      const payment = await newPayment(world, { checkout: checkout.id })
      await advance(3 * 3_600)
      const closed = await until(
        () => bursar.payments.get(payment.id),
        ({ status }) => status === 'closed',
      )
      expect(closed.next_action).toBeNull()
      await until(
        () => bursar.checkouts.get(checkout.id),
        ({ status }) => status === 'expired',
      )
      // Bills are looked through once a minute, and this one was not free before its checkout was over.
      await advance(60)
      const expired = await until(
        () => bursar.bills.get(bill.id),
        ({ status }) => status === 'expired',
      )
      expect(expired.amount_due).toBe(10_000)
      const types = ['bill.created', 'bill.expired']
      expect(await eventTypesOf(world, bill.id, 2)).toEqual(types)
      const again = bursar.checkouts.create({ items: [{ bill: bill.id }] })
      await expectRefusal(again, { status: 409, code: 'bill_not_payable' })
      const extended = await bursar.bills.update(bill.id, { expires_at: await ahead(3_600) })
      expect(extended.status).toBe('open')
      await bursar.checkouts.create({ items: [{ bill: bill.id }] })
    })
  })
}

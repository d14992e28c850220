import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  eventTypesOf,
  expectRefusal,
  newBill,
  newFeeItem,
  newNumber,
  newPaidPayment,
  newPayment,
  type OpenWorld,
  paymentIn,
  type ScenarioWorld,
} from './scenario-world.js'

/** What becomes of payments, the same in every place where it is played. */
export function describePayments(open: OpenWorld): void {
  let world: ScenarioWorld
  beforeAll(async () => {
    world = await open()
  }, 60_000)
  const simulate = (id: string, action: 'pay' | 'refuse' | 'abandon', notify = 'normal' as const) =>
    world.bursar.testHelpers.payments.simulate(id, { action, notify })

  describe('a payment', () => {
    test('waits for its payer, is paid, and tells of it', async () => {
      const payment = await newPayment(world)
      expect(payment).toMatchObject({
        object: 'payment',
        livemode: false,
        status: 'pending',
        amount: 8_000,
        amount_refunded: 0,
        currency: 'CNY',
        channel: 'wechatpay',
        method: 'native',
        next_action: { type: 'show_qr', code_url: expect.any(String) },
        failure: null,
        checkout: null,
        wallet: null,
        succeeded_at: null,
        metadata: {},
      })
      await simulate(payment.id, 'pay')
      const paid = await paymentIn(world, payment.id, 'succeeded')
      expect(paid).toMatchObject({ next_action: null, succeeded_at: expect.any(String) })
      const types = ['payment.created', 'payment.pending', 'payment.succeeded']
      expect(await eventTypesOf(world, payment.id, 3)).toEqual(types)
    })

    test('without a channel has nothing for the payer but the cashier, and can be paid there', async () => {
      const { id } = await world.bursar.payments.create({
        out_trade_no: newNumber(),
        amount: 100,
        subject: '杂费',
      })
      const payment = await world.bursar.payments.get(id)
      expect(payment).toMatchObject({ status: 'created', channel: null, next_action: null })
      expect(payment.cashier_url).toMatch(/\/cashier\//)
      await simulate(id, 'pay')
      expect(await paymentIn(world, id, 'succeeded')).toMatchObject({ channel: 'wechatpay' })
    })

    test('fails when the payer refuses, and can be neither closed nor refunded', async () => {
      const { id } = await newPayment(world)
      await simulate(id, 'refuse')
      const failed = await paymentIn(world, id, 'failed')
      expect(failed).toMatchObject({ failure: { code: 'pay_error' }, next_action: null })
      const closing = world.bursar.payments.close(id)
      await expectRefusal(closing, { status: 409, code: 'payment_not_closable' })
      const refunding = world.bursar.refunds.create({ payment: id, out_refund_no: newNumber() })
      await expectRefusal(refunding, { status: 409, code: 'payment_not_refundable' })
    })

    test('is closed once, however often that is asked for', async () => {
      const { id } = await newPayment(world)
      await simulate(id, 'abandon')
      const closed = await world.bursar.payments.close(id)
      expect(closed).toMatchObject({ status: 'closed', closed_at: expect.any(String) })
      expect(await world.bursar.payments.close(id)).toEqual(closed)
      const types = ['payment.created', 'payment.pending', 'payment.closed']
      expect(await eventTypesOf(world, id, 3)).toEqual(types)
    })

    test('cannot be closed when it is paid', async () => {
      const { id } = await newPaidPayment(world)
      const closing = world.bursar.payments.close(id)
      await expectRefusal(closing, { status: 409, code: 'payment_not_closable', outcome: 'failed' })
    })

    test('that is paid after closing stays closed, and the late money is told of', async () => {
      const { id } = await newPayment(world)
      const closed = await world.bursar.payments.close(id)
      await simulate(id, 'pay')
      expect((await eventTypesOf(world, id, 4)).at(-1)).toBe('payment.late_success')
      expect(await world.bursar.payments.get(id)).toEqual(closed)
    })

    test('is found paid by asking when the notification is lost', async () => {
      const { id } = await newPayment(world)
      const play = { action: 'pay', notify: 'lost' } as const
      expect((await world.bursar.testHelpers.payments.simulate(id, play)).status).toBe('pending')
      await paymentIn(world, id, 'succeeded')
    })

    test('turns out to be paid when it is closed before anybody heard of it', async () => {
      const { id } = await newPayment(world)
      const play = { action: 'pay', notify: 'lost' } as const
      await world.bursar.testHelpers.payments.simulate(id, play)
      const closing = world.bursar.payments.close(id)
      await expectRefusal(closing, { status: 409, code: 'payment_not_closable' })
      expect((await world.bursar.payments.get(id)).status).toBe('succeeded')
    })

    test('fails at once when the channel refuses the order', async () => {
      const refused = await newPayment(world, { amount: 900_012 })
      expect(refused).toMatchObject({ status: 'failed', next_action: null })
      expect(refused.failure?.code).toEqual(expect.any(String))
    })

    test('is in doubt while the channel does not know, and nobody may pretend otherwise', async () => {
      const doubtful = await newPayment(world, { amount: 900_011 })
      expect(doubtful).toMatchObject({ status: 'processing', next_action: null })
      await expectRefusal(world.bursar.payments.close(doubtful.id, { maxRetries: 0 }), {
        status: 409,
        code: 'payment_in_doubt',
        outcome: 'unknown',
        retryable: true,
      })
      await simulate(doubtful.id, 'pay')
      await paymentIn(world, doubtful.id, 'succeeded')
      const types = ['payment.created', 'payment.processing', 'payment.succeeded']
      expect(await eventTypesOf(world, doubtful.id, 3)).toEqual(types)
    })

    test('can turn to another channel while it waits, and not once it is paid', async () => {
      const { id } = await newPayment(world)
      const turned = await world.bursar.payments.changeChannel(id, { channel: 'alipay' })
      expect(turned).toMatchObject({ status: 'pending', channel: 'alipay', method: 'native' })
      const same = await world.bursar.payments.changeChannel(id, { channel: 'alipay' })
      expect(same).toEqual(turned)
      await simulate(id, 'pay')
      await paymentIn(world, id, 'succeeded')
      const again = world.bursar.payments.changeChannel(id, { channel: 'wechatpay' })
      await expectRefusal(again, { status: 409, code: 'payment_already_paid' })
      const types = ['payment.created', 'payment.pending', 'payment.channel_changed']
      expect((await eventTypesOf(world, id, 4)).slice(0, 3)).toEqual(types)
    })

    test('cannot turn to another channel before it has one', async () => {
      const { id } = await world.bursar.payments.create({
        out_trade_no: newNumber(),
        amount: 100,
        subject: '杂费',
      })
      const call = world.bursar.payments.changeChannel(id, { channel: 'alipay' })
      await expectRefusal(call, { status: 409, code: 'payment_not_changeable' })
    })
  })

  describe('a new payment is refused', () => {
    const create = (body: object) =>
      world.bursar.request({ method: 'POST', path: '/v1/payments', body })
    const soon = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString()

    test.each([
      ['without an amount', { subject: 'x' }, 'payment_amount_missing', ['/amount']],
      ['without a subject', { amount: 1 }, 'payment_amount_missing', ['/subject']],
      [
        'with a checkout and an amount',
        { amount: 1, checkout: 'chk_01jd0000000000000000000000' },
        'payment_source_ambiguous',
        ['/amount'],
      ],
      [
        'with a method that its channel does not know',
        { amount: 1, subject: 'x', channel: 'unionpay', method: 'native' },
        'payment_method_unsupported',
        [],
      ],
      [
        'in another currency',
        { amount: 1, subject: 'x', currency: 'USD' },
        'currency_unsupported',
        ['/currency'],
      ],
    ])('%s', async (_, fields, code, pointers) => {
      const call = create({ out_trade_no: newNumber(), ...fields })
      await expectRefusal(call, { status: 400, code, pointers, outcome: 'failed' })
    })

    test.each([30_000, 8 * 24 * 3_600_000])('when it ends in %i ms', async (milliseconds) => {
      const body = { out_trade_no: newNumber(), amount: 1, subject: 'x' }
      const call = create({ ...body, expires_at: soon(milliseconds) })
      const refusal = { status: 400, code: 'payment_expiry_invalid', pointers: ['/expires_at'] }
      await expectRefusal(call, refusal)
    })

    test('of a checkout that nobody knows', async () => {
      const body = { out_trade_no: newNumber(), checkout: 'chk_01jd0000000000000000000000' }
      await expectRefusal(create(body), { status: 404, code: 'checkout_not_found' })
    })
  })

  describe('a checkout of bills', () => {
    test('collects them together, and each is paid', async () => {
      const bills = [await newBill(world, { amount: 300 }), await newBill(world, { amount: 500 })]
      const items = bills.map(({ id }) => ({ bill: id }))
      const checkout = await world.bursar.checkouts.create({ items })
      expect(checkout).toMatchObject({
        object: 'checkout',
        amount: 800,
        status: 'open',
        title: '学费 等 2 项',
        items: bills.map(({ amount, department, id }) => ({ bill: id, department, amount })),
      })
      const payment = await newPaidPayment(world, { checkout: checkout.id })
      expect(payment).toMatchObject({ amount: 800, subject: '学费 等 2 项', checkout: checkout.id })
      expect((await world.bursar.checkouts.get(checkout.id)).status).toBe('completed')
      for (const { amount, id } of bills) {
        const paid = { status: 'paid', amount_paid: amount, amount_due: 0 }
        expect(await world.bursar.bills.get(id)).toMatchObject(paid)
        expect(await eventTypesOf(world, id, 2)).toEqual(['bill.created', 'bill.paid'])
      }
      expect(await eventTypesOf(world, checkout.id, 1)).toEqual(['checkout.completed'])
    })

    test('holds its bills while it is paid, and frees them when that ends', async () => {
      const { id: bill } = await newBill(world)
      const checkout = await world.bursar.checkouts.create({ items: [{ bill }] })
      const payment = await newPayment(world, { checkout: checkout.id })
      await expectRefusal(world.bursar.bills.void(bill, { maxRetries: 0 }), {
        status: 409,
        code: 'bill_being_paid',
        retryable: true,
      })
      const second = newPayment(world, { checkout: checkout.id })
      await expectRefusal(second, { status: 409, code: 'checkout_not_payable' })
      const cancelling = world.bursar.checkouts.cancel(checkout.id)
      await expectRefusal(cancelling, { status: 409, code: 'checkout_not_cancellable' })
      const other = await world.bursar.checkouts.create({ items: [{ bill }] })
      const overpaying = newPayment(world, { checkout: other.id })
      await expectRefusal(overpaying, { status: 409, code: 'bill_overpaid' })
      await world.bursar.payments.close(payment.id)
      expect((await world.bursar.checkouts.cancel(checkout.id)).status).toBe('cancelled')
      const tooLate = newPayment(world, { checkout: checkout.id })
      await expectRefusal(tooLate, { status: 409, code: 'checkout_not_payable' })
      expect((await world.bursar.bills.void(bill)).status).toBe('void')
    })

    test('may collect a part where the fee item allows it, and not less than its minimum', async () => {
      const rules = { partial_payment: { allowed: true, minimum: 2_000 } }
      const { id: bill } = await newBill(world, { feeItem: rules })
      const create = (amount: number) =>
        world.bursar.checkouts.create({ items: [{ bill, amount }] })
      await expectRefusal(create(1_999), { status: 409, code: 'bill_below_minimum' })
      await expectRefusal(create(10_001), { status: 409, code: 'bill_overpaid' })
      await newPaidPayment(world, { checkout: (await create(9_000)).id })
      const parted = { status: 'partially_paid', amount_paid: 9_000, amount_due: 1_000 }
      expect(await world.bursar.bills.get(bill)).toMatchObject(parted)
      // The rest may be less than the minimum.
      await newPaidPayment(world, { checkout: (await create(1_000)).id })
      expect(await eventTypesOf(world, bill, 3)).toEqual([
        'bill.created',
        'bill.partially_paid',
        'bill.paid',
      ])
      await expectRefusal(create(1), { status: 409, code: 'bill_not_payable' })
    })

    test('collects no part where the fee item says nothing of parts', async () => {
      const { id: bill } = await newBill(world)
      const call = world.bursar.checkouts.create({ items: [{ bill, amount: 1 }] })
      await expectRefusal(call, { status: 409, code: 'bill_partial_not_allowed' })
    })

    test('is paid only by channels that every fee item allows', async () => {
      const { id: bill } = await newBill(world, { feeItem: { channels: ['alipay'] } })
      const checkout = await world.bursar.checkouts.create({ items: [{ bill }] })
      const call = newPayment(world, { checkout: checkout.id })
      await expectRefusal(call, { status: 409, code: 'channel_not_allowed' })
      const allowed = await newPayment(world, { checkout: checkout.id, channel: 'alipay' })
      expect(allowed.status).toBe('pending')
    })

    test('names either bills or an amount, and each bill once', async () => {
      const { id: bill } = await newBill(world)
      const create = (body: object) =>
        world.bursar.request({ method: 'POST', path: '/v1/checkouts', body })
      const ambiguous = { status: 400, code: 'checkout_source_ambiguous' }
      await expectRefusal(create({ items: [{ bill }], amount: 1 }), ambiguous)
      await expectRefusal(create({}), ambiguous)
      await expectRefusal(create({ amount: 1 }), { ...ambiguous, pointers: ['/title'] })
      const twice = create({ items: [{ bill }, { bill }] })
      await expectRefusal(twice, { status: 400, code: 'bill_repeated' })
      const unknown = create({ items: [{ bill: 'bill_01jd0000000000000000000000' }] })
      await expectRefusal(unknown, { status: 404, code: 'bill_not_found' })
      const free = await world.bursar.checkouts.create({ amount: 100, title: '捐款' })
      expect(free).toMatchObject({ amount: 100, title: '捐款', items: [] })
    })
  })

  describe('a bill', () => {
    test('has lines that add up, the currency of its fee item, and a time to come', async () => {
      const { id: fee_item } = await newFeeItem(world)
      const { payer } = await newBill(world)
      const create = (fields: object) => {
        const body = { payer, fee_item, out_bill_no: newNumber(), amount: 100, ...fields }
        return world.bursar.request({ method: 'POST', path: '/v1/bills', body })
      }
      await expectRefusal(create({ lines: [{ description: '住宿', amount: 99 }] }), {
        status: 400,
        code: 'bill_lines_mismatch',
        pointers: ['/lines'],
      })
      const past = create({ expires_at: '2020-01-01T00:00:00Z' })
      const refusal = { status: 400, code: 'bill_expiry_invalid', pointers: ['/expires_at'] }
      await expectRefusal(past, refusal)
      await expectRefusal(create({ payer: 'payer_01jd0000000000000000000000' }), {
        status: 404,
        code: 'payer_not_found',
        pointers: ['/payer'],
      })
    })

    test('is not made for a fee item that is stopped or not open yet', async () => {
      const { payer } = await newBill(world)
      const bill = (item: string) =>
        world.bursar.bills.create({
          ...{ payer, fee_item: item, out_bill_no: newNumber(), amount: 100 },
        })
      const stopped = await newFeeItem(world)
      await world.bursar.feeItems.update(stopped.id, { status: 'stopped' })
      await expectRefusal(bill(stopped.id), { status: 409, code: 'fee_item_stopped' })
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
      const later = await newFeeItem(world, { window_starts_at: tomorrow })
      await expectRefusal(bill(later.id), { status: 409, code: 'fee_item_closed' })
    })

    test('is voided once, and an extension of a void bill is refused', async () => {
      const { id } = await newBill(world)
      const voided = await world.bursar.bills.void(id)
      expect(voided.status).toBe('void')
      expect(await world.bursar.bills.void(id)).toEqual(voided)
      expect(await eventTypesOf(world, id, 2)).toEqual(['bill.created', 'bill.voided'])
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
      const call = world.bursar.bills.update(id, { expires_at: tomorrow })
      await expectRefusal(call, { status: 409, code: 'bill_not_extendable' })
    })
  })
}

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { ChannelError } from '../channels/channel.errors.js'
import type { OrderState } from '../channels/channel.port.js'
import { makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'
import type { PaymentAttempt } from './payment.types.js'

const EXPIRY_MS = 30 * 60_000
const GRACE_MS = 60_000
const H5 = { channel: 'wechatpay', method: 'h5' } as const
const PAGE = { channel: 'wechatpay', method: 'page' } as const
const NATIVE = { channel: 'wechatpay', method: 'native' } as const
const PAYER = { ip: '203.0.113.7', channel_user_id: null }

let f: PaymentFixture
let caller: Caller
let place: PaymentFixture['channel']['onPlace']

beforeAll(async () => {
  f = await makePaymentFixture()
  place = f.channel.onPlace
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
  f.channel.onPlace = place
  f.channel.onQuery = () => ({ kind: 'waiting' })
  f.channel.onClose = () => ({ kind: 'closed' })
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

async function pending() {
  const { id } = await f.pending(caller)
  return { id, old: await f.attemptOf(id) }
}

const change = async (
  id: string,
  choice: Parameters<PaymentFixture['changes']['change']>[1] = H5,
) => f.changes.change(await f.paymentRow(id), choice, PAYER)

const tell = async (attempt: PaymentAttempt, state: OrderState) => {
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  return f.attempts.apply(attempt, account, state)
}

/** One run of the job about one order, as the worker runs it. */
const askAbout = ({ institution_id, livemode, id }: PaymentAttempt) =>
  f.queryJob.run({ institution_id, livemode, attempt_id: id })

const statuses = async (id: string) => (await f.attemptsOf(id)).map(({ status }) => status)

describe('a change of channel', () => {
  test('closes the old order first, then places one under another number', async () => {
    const { id, old } = await pending()
    f.channel.onPlace = async (order) => {
      expect(f.channel.closed).toContain(old.channel_order_no)
      expect(await statuses(id)).toEqual(['closed', 'created'])
      return place(order)
    }
    const changed = await change(id)
    const fresh = await f.attemptOf(id)
    expect(changed).toMatchObject({
      status: 'pending',
      method: 'h5',
      current_attempt_id: fresh.id,
      next_action: { type: 'show_qr', code_url: `weixin://${fresh.channel_order_no}` },
    })
    expect(fresh.channel_order_no).not.toBe(old.channel_order_no)
    expect(f.channel.orders.at(-1)).toMatchObject({ method: 'h5', payer: PAYER })
    expect(await f.eventTypes(id)).toEqual([
      'payment.created',
      'payment.pending',
      'payment.channel_changed',
    ])
  })

  test('is paid by the new order, once', async () => {
    const { id } = await pending()
    await change(id)
    const fresh = await f.attemptOf(id)
    await tell(fresh, paid(fresh))
    expect(await f.paymentRow(id)).toMatchObject({ status: 'succeeded', method: 'h5' })
    expect(await f.entriesOf(id)).toHaveLength(2)
    expect(await f.lateOf(id)).toEqual([])
  })

  test('to the way that is under way changes nothing', async () => {
    const { id, old } = await pending()
    const before = f.channel.closed.length
    expect(await change(id, NATIVE)).toMatchObject({ current_attempt_id: old.id })
    expect([f.channel.closed.length, (await f.attemptsOf(id)).length]).toEqual([before, 1])
  })

  test('may come again and again', async () => {
    const { id } = await pending()
    for (const choice of [H5, PAGE, NATIVE, H5]) await change(id, choice)
    expect(await statuses(id)).toEqual(['closed', 'closed', 'closed', 'closed', 'pending'])
  })

  test('that the new channel refuses fails the payment', async () => {
    const { id } = await pending()
    f.channel.onPlace = () => ({ kind: 'refused', code: 'no_h5', message: 'not signed up' })
    expect(await change(id)).toMatchObject({ status: 'failed', failure_code: 'no_h5' })
  })

  test('that the new channel does not answer leaves the payment in doubt, and nothing to change', async () => {
    const { id } = await pending()
    f.channel.onPlace = () => ({ kind: 'unknown', reason: 'timeout' })
    expect(await change(id)).toMatchObject({ status: 'processing' })
    await expect(change(id, PAGE)).rejects.toMatchObject({ code: 'payment_in_doubt' })
    const fresh = await f.attemptOf(id)
    await tell(fresh, paid(fresh))
    expect(await f.paymentRow(id)).toMatchObject({ status: 'succeeded' })
  })

  test('is refused before anything happens when the method is unknown or there is no account', async () => {
    const { id, old } = await pending()
    await expect(change(id, { channel: 'wechatpay', method: 'wallet' })).rejects.toMatchObject({
      code: 'payment_method_unsupported',
    })
    f.accounts.isDisabled = true
    await expect(change(id)).rejects.toBeInstanceOf(ChannelError)
    f.accounts.isDisabled = false
    expect(await f.paymentRow(id)).toMatchObject({ current_attempt_id: old.id, method: 'native' })
  })

  test('is refused when a bill bars the channel', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const { id } = await f.pending(caller, { checkout: checkout.id })
    await f.database.query(
      `update fee_items set channels = '{cash}' where id = (select fee_item_id from bills where id = $1)`,
      [bills[0]?.id],
    )
    await expect(change(id)).rejects.toMatchObject({ code: 'channel_not_allowed' })
  })

  test('leaves the bills held, once', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const { id } = await f.pending(caller, { checkout: checkout.id })
    await change(id)
    const [row] = await f.database.query('select amount_reserved from bills where id = $1', [
      bills[0]?.id,
    ])
    expect(row).toEqual({ amount_reserved: 300n })
  })
})

describe('the old order', () => {
  test('that turns out paid books the payment, and the change is refused', async () => {
    const { id, old } = await pending()
    const orders = f.channel.orders.length
    f.channel.onClose = () => ({ kind: 'already_paid' })
    f.channel.onQuery = () => paid(old)
    await expect(change(id)).rejects.toMatchObject({
      code: 'payment_already_paid',
      options: { outcome: 'failed' },
    })
    expect(await f.paymentRow(id)).toMatchObject({
      status: 'succeeded',
      method: 'native',
      current_attempt_id: old.id,
    })
    expect([f.channel.orders.length, await statuses(id)]).toEqual([orders, ['succeeded']])
    expect(await f.entriesOf(id)).toHaveLength(2)
  })

  test('stays watched when its channel is silent, and is closed when it answers again', async () => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    f.channel.onQuery = () => ({ kind: 'unknown', reason: 'timeout' })
    await change(id)
    expect(await statuses(id)).toEqual(['pending', 'pending'])
    await askAbout(old)
    expect(await f.jobOf(`payment-query:${old.id}`)).not.toBeNull()
    f.channel.onClose = () => ({ kind: 'closed' })
    f.channel.onQuery = () => ({ kind: 'waiting' })
    await askAbout(old)
    expect(await statuses(id)).toEqual(['closed', 'pending'])
    expect(await f.paymentRow(id)).toMatchObject({ status: 'pending', method: 'h5' })
  })

  test('that could still appear is watched until its time and a grace are over', async () => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'not_found' })
    f.channel.onQuery = () => ({ kind: 'not_found' })
    await change(id)
    f.clock.advance(EXPIRY_MS)
    await askAbout(old)
    expect((await statuses(id))[0]).toBe('pending')
    f.clock.advance(GRACE_MS)
    await askAbout(old)
    expect((await statuses(id))[0]).toBe('closed')
  })

  test('that appears later is closed at once', async () => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'not_found' })
    f.channel.onQuery = () => ({ kind: 'not_found' })
    await change(id)
    f.channel.onQuery = () => ({ kind: 'waiting' })
    f.channel.onClose = () => ({ kind: 'closed' })
    await askAbout(old)
    expect(await statuses(id)).toEqual(['closed', 'pending'])
  })

  test('that is paid while the new one waits books the payment, and the new one is closed', async () => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    await change(id)
    const fresh = await f.attemptOf(id)
    await tell(old, paid(old))
    expect(await f.paymentRow(id)).toMatchObject({
      status: 'succeeded',
      method: 'native',
      current_attempt_id: old.id,
      next_action: null,
    })
    const job = await f.jobOf(`payment-query:${fresh.id}`)
    expect(job?.run_at.getTime()).toBeLessThanOrEqual(Date.now())
    f.channel.onClose = () => ({ kind: 'closed' })
    await askAbout(fresh)
    expect(await statuses(id)).toEqual(['succeeded', 'closed'])
  })

  test.each(['closed', 'failed'] as const)(
    'that was %s and is paid all the same books the payment while it waits',
    async (kind) => {
      const { id, old } = await pending()
      await change(id)
      await tell(old, kind === 'closed' ? { kind } : { kind, code: 'x', message: 'x' })
      await tell(old, paid(old))
      expect(await f.paymentRow(id)).toMatchObject({ status: 'succeeded', method: 'native' })
      expect(await f.lateOf(id)).toEqual([])
    },
  )

  test('and the new one, both paid, is one payment and one duplicate that goes back', async () => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    await change(id)
    const fresh = await f.attemptOf(id)
    await Promise.all([tell(fresh, paid(fresh)), tell(old, paid(old))])
    expect(await f.entriesOf(id)).toHaveLength(2)
    const [duplicate, ...more] = await f.lateOf(id)
    expect([duplicate?.kind, duplicate?.amount, more]).toEqual(['duplicate', 12_800n, []])
    expect(await f.entriesOf(duplicate?.id ?? '')).toContain('credit suspense 12800')
    expect(await f.jobOf(`late-success-refund:${duplicate?.id}`)).not.toBeNull()
    expect((await f.eventTypes(id)).slice(-2)).toEqual([
      'payment.succeeded',
      'payment.late_success',
    ])
  })

  const news: [string, OrderState][] = [
    ['closed', { kind: 'closed' }],
    ['failed', { kind: 'failed', code: 'pay_error', message: 'no' }],
    ['not found', { kind: 'not_found' }],
    ['waiting', { kind: 'waiting' }],
    ['unknown', { kind: 'unknown', reason: 'x' }],
  ]
  test.each(news)('that is %s does not move the payment', async (_, state) => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    await change(id)
    const before = await f.paymentRow(id)
    await tell(old, state)
    expect(await f.paymentRow(id)).toEqual(before)
  })
})

describe('a change is refused', () => {
  const ends: [string, string, (id: string, old: PaymentAttempt) => Promise<unknown>][] = [
    ['succeeded', 'payment_already_paid', (_, old) => tell(old, paid(old))],
    [
      'failed',
      'payment_not_changeable',
      (_, old) => tell(old, { kind: 'failed', code: 'x', message: 'x' }),
    ],
    ['closed', 'payment_not_changeable', (_, old) => tell(old, { kind: 'closed' })],
  ]
  test.each(ends)('when the payment is %s', async (status, code, end) => {
    const { id, old } = await pending()
    await end(id, old)
    const orders = f.channel.orders.length
    await expect(change(id)).rejects.toMatchObject({ code })
    expect([f.channel.orders.length, (await f.paymentRow(id)).status]).toEqual([orders, status])
  })

  test('when no order is placed yet', async () => {
    const { id } = await f.create(caller)
    await expect(change(id)).rejects.toMatchObject({ code: 'payment_not_changeable' })
  })

  test('when its time is over', async () => {
    const { id, old } = await pending()
    f.clock.advance(EXPIRY_MS)
    await expect(change(id)).rejects.toMatchObject({ code: 'payment_not_changeable' })
    expect(await f.paymentRow(id)).toMatchObject({ current_attempt_id: old.id })
  })
})

describe('races', () => {
  test('of changes to one way place one order between them', async () => {
    const { id } = await pending()
    const orders = f.channel.orders.length
    const changed = await Promise.allSettled(Array.from({ length: 5 }, () => change(id)))
    expect(f.channel.orders.length - orders).toBe(1)
    expect(changed.map(({ status }) => status)).not.toContain('rejected')
    expect(await statuses(id)).toEqual(['closed', 'pending'])
  })

  test('of changes to different ways leave one order that can be paid', async () => {
    const { id } = await pending()
    const results = await Promise.allSettled([H5, PAGE, H5, PAGE].map((way) => change(id, way)))
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ code: 'payment_change_under_way' })
      }
    }
    const attempts = await f.attemptsOf(id)
    const open = attempts.filter(({ status }) => status === 'pending')
    expect(open.map((attempt) => attempt.id)).toEqual([(await f.paymentRow(id)).current_attempt_id])
  })

  test('with the notification of the old order: paid once, whoever is faster', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, old } = await pending()
      f.channel.onQuery = () => paid(old)
      f.channel.onClose = () => ({ kind: 'already_paid' })
      const results = await Promise.allSettled([change(id), tell(old, paid(old))])
      expect(results[0].status).toBe('rejected')
      expect(await f.paymentRow(id)).toMatchObject({ status: 'succeeded' })
      expect([await f.lateOf(id), (await f.entriesOf(id)).length]).toEqual([[], 2])
    }
  })

  test('with the app that closes: closed or changed, and no order is left open', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await pending()
      await Promise.allSettled([change(id), f.payments.close(caller, id)])
      const { status, current_attempt_id } = await f.paymentRow(id)
      const open = (await f.attemptsOf(id)).filter((one) => one.status === 'pending')
      expect(['pending', 'closed']).toContain(status)
      expect(open.map((one) => one.id)).toEqual(status === 'pending' ? [current_attempt_id] : [])
    }
  })

  test('with the end of the time to pay: the order placed too late is closed again', async () => {
    const { id } = await pending()
    f.channel.onPlace = async (order) => {
      f.clock.advance(EXPIRY_MS)
      return place(order)
    }
    await change(id)
    await askAbout(await f.attemptOf(id))
    expect(await f.paymentRow(id)).toMatchObject({ status: 'closed' })
    expect(await statuses(id)).toEqual(['closed', 'closed'])
  })

  test('with money by the old order while the new one is placed: the new one is closed at once', async () => {
    const { id, old } = await pending()
    f.channel.onPlace = async (order) => {
      await tell(old, paid(old))
      return place(order)
    }
    expect(await change(id)).toMatchObject({ status: 'succeeded' })
    expect(await statuses(id)).toEqual(['succeeded', 'closed'])
    expect(await f.eventTypes(id)).not.toContain('payment.channel_changed')
  })
})

describe('a crash', () => {
  const died = new Error('the process died')

  test('after the old order was given up: the payer chooses again', async () => {
    const { id, old } = await pending()
    const broken = jest.spyOn(f.attempts, 'closeBesidesCurrent').mockRejectedValue(died)
    await expect(change(id)).rejects.toBe(died)
    broken.mockRestore()
    expect(await f.paymentRow(id)).toMatchObject({
      status: 'pending',
      current_attempt_id: null,
      next_action: null,
    })
    await askAbout(old)
    expect(await statuses(id)).toEqual(['closed'])
    expect(await f.paymentRow(id)).toMatchObject({ status: 'pending' })
    expect(await change(id)).toMatchObject({ status: 'pending', method: 'h5' })
  })

  test('after the old order was closed, before that was recorded: the job records it', async () => {
    const { id, old } = await pending()
    const broken = jest.spyOn(f.record, 'closed').mockRejectedValue(died)
    await change(id)
    broken.mockRestore()
    f.channel.onQuery = () => ({ kind: 'closed' })
    await askAbout(old)
    expect(await statuses(id)).toEqual(['closed', 'pending'])
    expect(await f.paymentRow(id)).toMatchObject({ status: 'pending', method: 'h5' })
  })

  test('between the two orders: ends with its time, or when the app closes it', async () => {
    const stuck = async () => {
      const { id } = await pending()
      const broken = jest.spyOn(f.attempts, 'draft').mockImplementation(() => {
        throw died
      })
      await expect(change(id)).rejects.toBe(died)
      broken.mockRestore()
      return id
    }
    const [first, second] = [await stuck(), await stuck()]
    expect(await f.payments.close(caller, first)).toMatchObject({ status: 'closed' })
    f.clock.advance(EXPIRY_MS)
    await f.expireJob.run()
    expect(await f.paymentRow(second)).toMatchObject({ status: 'closed', closed_at: f.clock.now() })
  })

  test('before the new order was sent: it fails after a grace, as a first order does', async () => {
    const { id } = await pending()
    f.channel.onPlace = () => {
      throw died
    }
    expect(await change(id)).toMatchObject({ status: 'pending', next_action: null })
    const fresh = await f.attemptOf(id)
    await expect(change(id, PAGE)).rejects.toMatchObject({ code: 'payment_change_under_way' })
    f.channel.onQuery = () => ({ kind: 'not_found' })
    await askAbout(fresh)
    expect(await f.paymentRow(id)).toMatchObject({ status: 'pending' })
    f.clock.advance(GRACE_MS)
    await askAbout(fresh)
    expect(await f.paymentRow(id)).toMatchObject({
      status: 'failed',
      failure_code: 'order_not_placed',
    })
  })

  test('after the new order was placed, before that was recorded: it is closed, or booked', async () => {
    for (const end of ['waiting', 'paid'] as const) {
      const { id } = await pending()
      const broken = jest.spyOn(f.record, 'placed').mockRejectedValue(died)
      await change(id)
      broken.mockRestore()
      const fresh = await f.attemptOf(id)
      f.channel.onQuery = () => (end === 'paid' ? paid(fresh) : { kind: 'waiting' })
      f.clock.advance(GRACE_MS)
      await askAbout(fresh)
      const expected = end === 'paid' ? 'succeeded' : 'closed'
      expect([(await f.paymentRow(id)).status, fresh.status]).toEqual([expected, 'created'])
    }
  })
})

describe('an app that closes a payment', () => {
  test('whose order may still appear closes it, and the order stays watched', async () => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'not_found' })
    f.channel.onQuery = () => ({ kind: 'not_found' })
    expect(await f.payments.close(caller, id)).toMatchObject({ status: 'closed' })
    expect(await statuses(id)).toEqual(['pending'])
    await tell(old, paid(old))
    expect(await f.lateOf(id)).toMatchObject([{ kind: 'late', amount: 12_800n }])
  })

  test('closes what changes have left open as well', async () => {
    const { id, old } = await pending()
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    await change(id)
    f.channel.onClose = () => ({ kind: 'closed' })
    await f.payments.close(caller, id)
    expect(f.channel.closed).toContain(old.channel_order_no)
    expect(await statuses(id)).toEqual(['closed', 'closed'])
  })
})

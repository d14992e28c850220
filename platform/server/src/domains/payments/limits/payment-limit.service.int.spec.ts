import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { withNewKey } from '../../../../test/support/callers.js'
import type { Caller } from '../../../infra/http/caller.js'
import {
  keyed,
  makePaymentFixture,
  type PaymentFixture,
  paid,
  paymentBody,
} from '../payment.fixture.js'
import { CreatePaymentLimit, UpdatePaymentLimit } from './payment-limit.schema.js'

let f: PaymentFixture
let caller: Caller
beforeAll(async () => {
  f = await makePaymentFixture()
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
})
afterAll(() => f.db.drop())

const limit = async (changes: object, by = caller) =>
  (await f.limits.create(withNewKey(by), CreatePaymentLimit.parse({ name: '限额', ...changes })))
    .body
const usages = () =>
  f.database.query<{ key: string; amount: bigint; count: number }>(
    'select key, amount, count from payment_limit_usages where institution_id = $1 order by key',
    [caller.institution_id],
  )
const used = async () => (await usages()).map(({ key, amount, count }) => [key, amount, count])
const refusalOf = (working: Promise<unknown>) =>
  working.then(
    () => null,
    (error: unknown) => error,
  )
const exceeded = (left: string, id: string) => ({
  code: 'payment_limit_exceeded',
  spec: { status: 422, retryable: false },
  message: expect.stringMatching(new RegExp(`${id}.*${left}`)),
  options: { outcome: 'failed', errors: [{ pointer: '/amount', code: 'payment_limit_exceeded' }] },
})

describe('a limit on direct payments', () => {
  test('lets what fits through and refuses the rest before anything is written', async () => {
    const { id } = await limit({ amount_per_day: 1_000 })
    await f.create(caller, { amount: 600 })
    expect(await refusalOf(f.create(caller, { amount: 401 }))).toMatchObject(exceeded('400', id))
    expect(await f.count('payments', caller)).toBe(1)
    expect(await used()).toEqual([['', 600n, 1]])
    await f.create(caller, { amount: 400 })
    expect(await refusalOf(f.create(caller, { amount: 1 }))).toMatchObject(exceeded(': 0 ', id))
    expect(await used()).toEqual([['', 1_000n, 2]])
  })

  test('bounds one payment', async () => {
    const { id } = await limit({ amount_per_payment: 500 })
    await f.create(caller, { amount: 500 })
    expect(await refusalOf(f.create(caller, { amount: 501 }))).toMatchObject(exceeded('500', id))
    // Nothing is counted where nothing adds up.
    expect(await used()).toEqual([])
  })

  test('bounds how many there are in a day', async () => {
    await limit({ count_per_day: 2 })
    await f.create(caller)
    await f.create(caller)
    expect(await refusalOf(f.create(caller))).toMatchObject({ code: 'payment_limit_exceeded' })
  })

  test('is not passed by fifty creates at once', async () => {
    await limit({ amount_per_day: 1_000, per: ['department'] })
    await limit({ count_per_day: 50 })
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, () => f.create(caller, { amount: 90 })),
    )
    const created = all.filter(({ status }) => status === 'fulfilled')
    expect(created).toHaveLength(11)
    for (const one of all) {
      if (one.status === 'rejected') {
        expect(one.reason).toMatchObject({ code: 'payment_limit_exceeded' })
      }
    }
    expect(await f.count('payments', caller)).toBe(11)
    expect(await used()).toEqual([
      ['', 990n, 11],
      [caller.department_id, 990n, 11],
    ])
  })

  test('counts a number that is sent again once', async () => {
    await limit({ amount_per_day: 1_000 })
    const body = paymentBody({ amount: 600 })
    const first = await f.payments.create(keyed(caller, body), body)
    expect(await f.payments.create(keyed(caller, body), body)).toMatchObject({
      ...{ status: 200, body: first.body },
    })
    expect(await used()).toEqual([['', 600n, 1]])
  })

  test('is of one mode, one institution and, when it says so, one department', async () => {
    const { caller: own, otherAppCaller, liveCaller } = await f.tenant()
    caller = own
    await limit({ count_per_day: 1, department: own.department_id })
    await f.create(own)
    expect(await refusalOf(f.create(own))).toMatchObject({ code: 'payment_limit_exceeded' })
    await f.create(otherAppCaller)
    await f.create(otherAppCaller)
    await f.create(liveCaller)
  })

  test('counts a new business day from nothing, in the institution’s time zone', async () => {
    await limit({ count_per_day: 1 })
    // 2026-12-01T00:00Z is 08:00 in Shanghai, whose day ends at 16:00Z.
    await f.create(caller)
    f.clock.advance(16 * 3_600_000 - 1)
    expect(await refusalOf(f.create(caller))).toMatchObject({ code: 'payment_limit_exceeded' })
    f.clock.advance(1)
    await f.create(caller)
    f.clock.advance(-16 * 3_600_000)
  })

  test('holds no longer once it is disabled, and can be raised', async () => {
    const { id } = await limit({ count_per_day: 1 })
    await f.create(caller)
    const change = (changes: object) =>
      f.limits.update(withNewKey(caller), id, UpdatePaymentLimit.parse(changes))
    await change({ count_per_day: 2 })
    await f.create(caller)
    expect(await refusalOf(f.create(caller))).toMatchObject({ code: 'payment_limit_exceeded' })
    await change({ status: 'disabled' })
    await f.create(caller)
  })
})

describe('a payment that ends', () => {
  test('unpaid gives back what it counted for, once', async () => {
    await limit({ amount_per_day: 1_000 })
    const { id } = await f.create(caller, { amount: 1_000 })
    await f.payments.close(caller, id)
    await f.payments.close(caller, id)
    expect(await used()).toEqual([['', 0n, 0]])
    await f.create(caller, { amount: 1_000 })
  })

  test('because the channel refused the order gives it back too', async () => {
    await limit({ amount_per_day: 1_000, channel: 'wechatpay' })
    f.channel.onPlace = () => ({ kind: 'refused', code: 'X', message: 'no' })
    const failed = await f.create(caller, { amount: 1_000, channel: 'wechatpay' })
    expect(failed.status).toBe('failed')
    expect(await used()).toEqual([['', 0n, 0]])
    f.channel.onPlace = ({ order_no }) => ({
      ...{ kind: 'placed', next_action: { type: 'show_qr', code_url: `weixin://${order_no}` } },
    })
  })

  test('paid goes on counting', async () => {
    await limit({ amount_per_day: 1_000 })
    const { id } = await f.pending(caller, { amount: 1_000 })
    const attempt = await f.attemptOf(id)
    const account = await f.accounts.get('', false, attempt.channel_account_id)
    await f.attempts.apply(attempt, account, paid(attempt))
    expect((await f.paymentRow(id)).status).toBe('succeeded')
    expect(await used()).toEqual([['', 1_000n, 1]])
  })
})

describe('a limit on what bills are paid', () => {
  test('counts each payer for themselves', async () => {
    const { id } = await limit({ per: ['payer'], amount_per_day: 10_000 })
    const { bills, checkout } = await f.billsCheckout(caller, [6_000, 7_000])
    await f.create(caller, { checkout: checkout.id })
    const payers = bills.map(({ payer }) => payer)
    expect(new Map((await usages()).map(({ key, amount }) => [key, amount]))).toEqual(
      new Map([
        [payers[0], 6_000n],
        [payers[1], 7_000n],
      ]),
    )
    const fee_item = bills[0]?.fee_item
    const again = await f.bill(caller, { amount: 4_001, payer: payers[0], fee_item })
    const second = await f.checkout(caller, { items: [{ bill: again.id }] })
    const refused = await refusalOf(f.create(caller, { checkout: second.id }))
    expect(refused).toMatchObject(exceeded('4000', id))
    expect((await f.row(again.id)).amount_reserved).toBe(0n)
  })

  test('leaves other fee items and direct payments alone', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [5_000])
    await limit({ fee_item: bills[0]?.fee_item, amount_per_payment: 4_999 })
    await f.create(caller, { amount: 50_000 })
    expect(await refusalOf(f.create(caller, { checkout: checkout.id }))).toMatchObject({
      code: 'payment_limit_exceeded',
    })
    const { checkout: other } = await f.billsCheckout(caller, [5_000])
    await f.create(caller, { checkout: other.id })
  })
})

describe('a limit on a channel', () => {
  test('counts where the channel becomes known: at the cashier', async () => {
    const { id } = await limit({ channel: 'wechatpay', amount_per_day: 1_000 })
    const choice = { channel: 'wechatpay', method: 'native' } as const
    const first = await f.create(caller, { amount: 700 })
    const second = await f.create(caller, { amount: 301 })
    expect(await used()).toEqual([])
    await f.starter.startAtCashier(await f.paymentRow(first.id), choice)
    expect(await used()).toEqual([['', 700n, 1]])
    const refused = await refusalOf(f.starter.startAtCashier(await f.paymentRow(second.id), choice))
    expect(refused).toMatchObject(exceeded('300', id))
    expect(await f.paymentRow(second.id)).toMatchObject({ status: 'created', channel: null })
    expect(await f.count('payment_attempts', caller)).toBe(1)
  })

  test('follows the payer who turns to another channel', async () => {
    await limit({ per: ['channel'], amount_per_day: 1_000 })
    const payment = await f.pending(caller, { amount: 700 })
    expect(await used()).toEqual([['wechatpay', 700n, 1]])
    const row = await f.paymentRow(payment.id)
    const payer = { ip: null, channel_user_id: null }
    f.accounts.elsewhere.add('alipay')
    await f.changes.change(row, { channel: 'alipay', method: 'native' }, payer)
    expect(await used()).toEqual([
      ['alipay', 700n, 1],
      ['wechatpay', 0n, 0],
    ])
    await f.payments.close(caller, payment.id)
    expect(await used()).toEqual([
      ['alipay', 0n, 0],
      ['wechatpay', 0n, 0],
    ])
  })

  test('counts the parts of the bills', async () => {
    await limit({ per: ['payer', 'channel'], count_per_day: 1 })
    const { bills, checkout } = await f.billsCheckout(caller, [100, 200])
    const payment = await f.create(caller, { checkout: checkout.id })
    const choice = { channel: 'wechatpay', method: 'native' } as const
    await f.starter.startAtCashier(await f.paymentRow(payment.id), choice)
    expect(new Set((await usages()).map(({ key }) => key))).toEqual(
      new Set(bills.map(({ payer }) => `${payer} wechatpay`)),
    )
  })
})

describe('keeping limits', () => {
  test('needs a number, and one’s own department', async () => {
    expect(await refusalOf(limit({}))).toMatchObject({ code: 'payment_limit_empty' })
    const { otherAppCaller } = await f.tenant()
    const department = otherAppCaller.department_id
    expect(await refusalOf(limit({ count_per_day: 1, department }))).toMatchObject({
      code: 'department_not_found',
    })
    const { id } = await limit({ count_per_day: 1 })
    const emptied = UpdatePaymentLimit.parse({ count_per_day: null })
    expect(await refusalOf(f.limits.update(withNewKey(caller), id, emptied))).toMatchObject({
      code: 'payment_limit_empty',
    })
  })

  test('takes effect within five seconds in a process that looked a moment ago', async () => {
    await f.create(caller)
    const [row] = await f.database.query<{ id: string }>(
      `insert into payment_limits (institution_id, livemode, id, name, per, currency, count_per_day,
         status, created_at, updated_at)
       values ($1, false, 'lim_of_another_process', 'x', '{}', 'CNY', 1, 'active', now(), now())
       returning id`,
      [caller.institution_id],
    )
    expect(row?.id).toBe('lim_of_another_process')
    await new Promise((resolve) => setTimeout(resolve, 3_100))
    await f.create(caller)
    expect(await refusalOf(f.create(caller))).toMatchObject({ code: 'payment_limit_exceeded' })
  }, 10_000)
})

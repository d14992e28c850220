import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { ChannelError } from '../channels/channel.errors.js'
import {
  keyed,
  makePaymentFixture,
  type PaymentFixture,
  paid,
  paymentBody,
} from './payment.fixture.js'

let f: PaymentFixture
let caller: Caller
let tenant: Awaited<ReturnType<PaymentFixture['tenant']>>
const defaults = { place: null as PaymentFixture['channel']['onPlace'] | null }

beforeAll(async () => {
  f = await makePaymentFixture()
  defaults.place = f.channel.onPlace
})
beforeEach(async () => {
  tenant = await f.tenant()
  caller = tenant.caller
  f.accounts.isDisabled = false
  if (defaults.place) f.channel.onPlace = defaults.place
  f.channel.onClose = () => ({ kind: 'closed' })
  f.channel.onQuery = () => ({ kind: 'waiting' })
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

describe('payment.create without a channel', () => {
  test('writes payment, key, nonce and event at once', async () => {
    const body = paymentBody({ metadata: { class: '3' } })
    const call = keyed(caller, body)
    const answer = await f.payments.create(call, body)
    const wire = JSON.parse(answer.body)
    expect([answer.status, answer.is_replay]).toEqual([201, false])
    expect(wire).toMatchObject({ status: 'created', amount: 12_800, metadata: { class: '3' } })
    expect(await f.payments.get(caller, wire.id)).toEqual(wire)
    expect(await f.eventTypes(wire.id)).toEqual(['payment.created'])
  })

  test('answers a repeated key byte for byte, also when the wish has become impossible since', async () => {
    const soon = new Date(f.clock.now().getTime() + 61_000).toISOString()
    const body = paymentBody({ expires_at: soon })
    const call = keyed(caller, body)
    const first = await f.payments.create(call, body)
    f.clock.advance(30_000)
    const again = await f.payments.create(keyed(caller, body, call.idempotency?.key), body)
    expect(again).toEqual({ status: 201, body: first.body, is_replay: true })
    const sameNumber = await f.payments.create(keyed(caller, body), body)
    expect(sameNumber).toEqual({ status: 200, body: first.body, is_replay: false })
  })

  test('refuses a repeated key with another body', async () => {
    const body = paymentBody()
    const call = keyed(caller, body)
    await f.payments.create(call, body)
    const other = paymentBody()
    await expect(
      f.payments.create(keyed(caller, other, call.idempotency?.key), other),
    ).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })

  test('refuses a nonce that was used before, whatever the key', async () => {
    const body = paymentBody()
    const call = keyed(caller, body)
    await f.payments.create(call, body)
    const other = paymentBody()
    const replayed = keyed(caller, other)
    for (const key of [call.idempotency?.key, replayed.idempotency?.key]) {
      const stolen = keyed(caller, other, key)
      const { idempotency } = stolen
      if (!idempotency || !call.idempotency) throw new Error('no key')
      const forged = { ...idempotency, nonce: call.idempotency.nonce }
      await expect(
        f.payments.create({ ...stolen, idempotency: forged }, other),
      ).rejects.toMatchObject({ code: 'nonce_replayed' })
    }
    const answer = await f.payments.create(replayed, other)
    expect(answer.status).toBe(201)
  })

  test('uses up the nonce of a refused call too', async () => {
    const body = paymentBody({ expires_at: '2027-12-01T00:00:00Z' })
    const call = keyed(caller, body)
    await expect(f.payments.create(call, body)).rejects.toMatchObject({
      code: 'payment_expiry_invalid',
    })
    await expect(f.payments.create(call, body)).rejects.toMatchObject({ code: 'nonce_replayed' })
  })

  test('refuses a known number in another currency', async () => {
    const body = paymentBody()
    await f.payments.create(keyed(caller, body), body)
    const other = { ...body, currency: 'USD' }
    await expect(f.payments.create(keyed(caller, other), other)).rejects.toMatchObject({
      code: 'payment_conflict',
    })
  })

  test.each([
    ['amount', { amount: 1 }],
    ['subject', { subject: 'other' }],
    ['metadata', { metadata: { a: 'c' } }],
    ['return_url', { return_url: 'https://b.example' }],
    ['channel', { channel: 'wechatpay' }],
    ['expires_at', { expires_at: '2026-12-01T02:00:00Z' }],
  ])('refuses a known number with another %s', async (_, changes) => {
    const { clock } = f
    const base = { metadata: { a: 'b' }, return_url: 'https://a.example' }
    const body = paymentBody({
      ...base,
      expires_at: new Date(clock.now().getTime() + 600_000).toISOString(),
    })
    await f.payments.create(keyed(caller, body), body)
    const other = { ...body, ...changes }
    await expect(f.payments.create(keyed(caller, other), paymentBody(other))).rejects.toMatchObject(
      { code: 'payment_conflict', options: { outcome: 'failed' } },
    )
  })

  test('makes one payment of 50 concurrent creates under one number', async () => {
    const body = paymentBody()
    const calls = Array.from({ length: 50 }, () => f.payments.create(keyed(caller, body), body))
    const answers = await Promise.all(calls)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(new Set(answers.map((answer) => JSON.parse(answer.body).id)).size).toBe(1)
    expect(await f.count('payments', caller)).toBe(1)
  })

  test('answers 50 concurrent retries of one key alike, or asks to wait', async () => {
    const body = paymentBody()
    const key = newId('req')
    const calls = Array.from({ length: 50 }, () =>
      f.payments.create(keyed(caller, body, key), body),
    )
    const settled = await Promise.allSettled(calls)
    const bodies = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.body] : []))
    const codes = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    expect(new Set(bodies).size).toBe(1)
    expect(codes.filter((code) => code !== 'idempotency_in_progress')).toEqual([])
    expect(await f.count('payments', caller)).toBe(1)
  })

  test('lets no neighbour of a bad row fail', async () => {
    const body = paymentBody()
    const used = keyed(caller, body)
    await f.payments.create(used, body)
    const bodies = Array.from({ length: 20 }, () => paymentBody())
    const settled = await Promise.allSettled(
      bodies.map((one, index) => {
        const call = keyed(caller, one)
        if (index !== 7 || !call.idempotency || !used.idempotency) {
          return f.payments.create(call, one)
        }
        const idempotency = { ...call.idempotency, nonce: used.idempotency.nonce }
        return f.payments.create({ ...call, idempotency }, one)
      }),
    )
    const refused = settled.map(({ status }, index) => (status === 'rejected' ? index : -1))
    expect(refused.filter((index) => index >= 0)).toEqual([7])
    expect(await f.count('payments', caller)).toBe(20)
  })
})

describe('payment.create with a channel', () => {
  test('places the order and shows its code', async () => {
    const payment = await f.pending(caller)
    expect(payment).toMatchObject({
      status: 'pending',
      channel: 'wechatpay',
      method: 'native',
      next_action: { type: 'show_qr', code_url: expect.stringContaining('weixin://') },
    })
    const attempt = await f.attemptOf(payment.id)
    expect(f.channel.orders.at(-1)).toMatchObject({
      order_no: attempt.channel_order_no,
      amount: { minor: 12_800n, currency: 'CNY' },
      notify_url: expect.stringContaining(`/notify/wechatpay/${attempt.channel_account_id}/`),
    })
    expect(await f.eventTypes(payment.id)).toEqual(['payment.created', 'payment.pending'])
    expect(await f.jobOf(`payment-query:${attempt.id}`)).not.toBeNull()
  })

  test('fails the payment when the channel surely refuses', async () => {
    f.channel.onPlace = () => ({ kind: 'refused', code: 'noauth', message: 'not allowed' })
    const payment = await f.pending(caller)
    expect(payment).toMatchObject({
      status: 'failed',
      failure: { code: 'noauth', message: 'not allowed' },
      next_action: null,
    })
  })

  test.each(['unknown', 'already_paid'] as const)('is in doubt after %s', async (kind) => {
    f.channel.onPlace = () => (kind === 'unknown' ? { kind, reason: 'timeout' } : { kind })
    const payment = await f.pending(caller)
    expect(payment).toMatchObject({ status: 'processing', channel: 'wechatpay' })
    await expect(f.payments.close(caller, payment.id)).rejects.toMatchObject({
      code: 'payment_in_doubt',
      options: { outcome: 'unknown' },
    })
  })

  test('answers with the payment as it stands when the call breaks after the intent', async () => {
    f.channel.onPlace = () => {
      throw new Error('a bug in the adapter')
    }
    const body = paymentBody({ channel: 'wechatpay' })
    const answer = await f.payments.create(keyed(caller, body), body)
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      201,
      { status: 'created', channel: 'wechatpay' },
    ])
    const again = await f.payments.create(keyed(caller, body), body)
    expect([again.status, JSON.parse(again.body).id]).toEqual([200, JSON.parse(answer.body).id])
  })

  test('answers with the payment as it stands when the answer cannot be recorded', async () => {
    const broken = jest.spyOn(f.record, 'placed').mockRejectedValue(new Error('no database'))
    const payment = await f.pending(caller)
    broken.mockRestore()
    expect(payment).toMatchObject({ status: 'created', channel: 'wechatpay', next_action: null })
    expect(await f.paymentRow(payment.id)).toMatchObject({ status: 'created' })
    expect(await f.jobOf(`payment-query:${(await f.attemptOf(payment.id)).id}`)).not.toBeNull()
  })

  test('fails the payment at once when the account cannot be used', async () => {
    f.channel.onPlace = () => {
      throw new ChannelError('channel_account_invalid', 'secret details')
    }
    const payment = await f.pending(caller)
    expect(payment).toMatchObject({
      status: 'failed',
      failure: { code: 'channel_account_invalid' },
    })
    expect(payment.failure?.message).not.toContain('secret')
  })

  test('refuses before anything is durable when there is no account', async () => {
    f.accounts.isDisabled = true
    await expect(f.pending(caller)).rejects.toMatchObject({ code: 'channel_account_missing' })
    expect(await f.count('payments', caller)).toBe(0)
  })

  test('books a notification that comes before the answer to the order', async () => {
    f.channel.onPlace = async ({ order_no }) => {
      const [attempt] = await f.database.query<{ payment_id: string }>(
        'select payment_id from payment_attempts where channel_order_no = $1',
        [order_no],
      )
      const row = await f.attemptOf(attempt?.payment_id ?? '')
      const account = await f.accounts.get('', false, row.channel_account_id)
      await f.attempts.apply(row, account, paid(row))
      return { kind: 'placed', next_action: { type: 'show_qr', code_url: 'weixin://late' } }
    }
    const payment = await f.pending(caller)
    expect(payment).toMatchObject({ status: 'succeeded', next_action: null })
    expect(await f.eventTypes(payment.id)).toEqual([
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ])
  })

  test('places one order for 50 concurrent creates under one number', async () => {
    const before = f.channel.orders.length
    const body = paymentBody({ channel: 'wechatpay' })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => f.payments.create(keyed(caller, body), body)),
    )
    expect(new Set(answers.map((answer) => JSON.parse(answer.body).id)).size).toBe(1)
    expect(f.channel.orders.length - before).toBe(1)
  })

  test('a retry after a crash finds what the first call left, and places no second order', async () => {
    const body = paymentBody({ channel: 'wechatpay' })
    const call = keyed(caller, body)
    const first = JSON.parse((await f.payments.create(call, body)).body)
    await f.database.query(
      `update idempotency_keys set response_status = null, response_body = null, locked_until = now()
        where key = $1`,
      [call.idempotency?.key],
    )
    const before = f.channel.orders.length
    const retry = await f.payments.create(keyed(caller, body, call.idempotency?.key), body)
    expect([retry.status, JSON.parse(retry.body).id]).toEqual([201, first.id])
    expect(f.channel.orders.length).toBe(before)
  })
})

describe('payment.close', () => {
  test('closes what nobody began to pay, and again without harm', async () => {
    const { id } = await f.create(caller)
    const closed = await f.payments.close(caller, id)
    expect(closed).toMatchObject({ status: 'closed', closed_at: expect.any(String) })
    expect(await f.payments.close(caller, id)).toEqual(closed)
  })

  test('closes the order at the channel', async () => {
    const { id } = await f.pending(caller)
    expect(await f.payments.close(caller, id)).toMatchObject({ status: 'closed' })
    const { channel_order_no, status } = await f.attemptOf(id)
    expect([f.channel.closed.at(-1), status]).toEqual([channel_order_no, 'closed'])
  })

  test('books the money that was faster, and says that it is paid', async () => {
    const { id } = await f.pending(caller)
    const attempt = await f.attemptOf(id)
    f.channel.onClose = () => ({ kind: 'already_paid' })
    f.channel.onQuery = () => paid(attempt)
    await expect(f.payments.close(caller, id)).rejects.toMatchObject({
      code: 'payment_not_closable',
      options: { outcome: 'failed' },
    })
    expect(await f.payments.get(caller, id)).toMatchObject({ status: 'succeeded' })
  })

  test('says that nothing is known when the channel is silent', async () => {
    const { id } = await f.pending(caller)
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    f.channel.onQuery = () => ({ kind: 'unknown', reason: 'timeout' })
    await expect(f.payments.close(caller, id)).rejects.toMatchObject({
      code: 'payment_channel_silent',
      options: { outcome: 'unknown' },
    })
  })

  test('says closed when the channel closed it without telling', async () => {
    const { id } = await f.pending(caller)
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    f.channel.onQuery = () => ({ kind: 'closed' })
    expect(await f.payments.close(caller, id)).toMatchObject({ status: 'closed' })
  })

  test.each(['otherAppCaller', 'otherInstitutionCaller', 'liveCaller'] as const)(
    'answers %s as if it did not exist',
    async (name) => {
      const { id } = await f.create(caller)
      const refusal = { code: 'payment_not_found' }
      await expect(f.payments.get(tenant[name], id)).rejects.toMatchObject(refusal)
      await expect(f.payments.close(tenant[name], id)).rejects.toMatchObject(refusal)
    },
  )

  test('takes what cannot be an id for a payment that does not exist', async () => {
    await expect(f.payments.get(caller, 'pay_\u0000')).rejects.toMatchObject({
      code: 'payment_not_found',
    })
  })
})

describe('payment.get by many at once', () => {
  test('gives each caller what is theirs, however they share a statement', async () => {
    const own = await Promise.all([f.create(caller), f.create(caller)])
    const other = await f.create(tenant.otherAppCaller)
    const ids = [...own.map(({ id }) => id), other.id, newId('pay')]
    const callers = [
      caller,
      tenant.otherAppCaller,
      tenant.otherInstitutionCaller,
      tenant.liveCaller,
    ]
    const asked = callers.flatMap((who) => [...ids, ...ids].map((id) => f.payments.get(who, id)))
    const answers = await Promise.allSettled(asked)
    const found = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.id : null))
    const [first, second] = ids
    const ofCaller = [first, second, null, null]
    const ofOther = [null, null, other.id, null]
    const none = Array.from({ length: 16 }, () => null)
    expect(found).toEqual([...ofCaller, ...ofCaller, ...ofOther, ...ofOther, ...none])
  })
})

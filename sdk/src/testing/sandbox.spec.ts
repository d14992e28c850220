import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { Bursar } from '../client.js'
import { BursarConnectionError, BursarNotFoundError } from '../core/errors.js'
import { webhooks } from '../core/webhooks.js'
import type { ChannelFault } from './sandbox.faults.js'
import { createSandbox, type SandboxOptions } from './sandbox.js'

function open(options: SandboxOptions = {}) {
  const sandbox = createSandbox(options)
  return { sandbox, bursar: new Bursar(sandbox.clientOptions) }
}

const PAYMENT = { out_trade_no: 'T-1', amount: 100, subject: '杂费', channel: 'wechatpay' } as const
const HOUR_MS = 3_600_000

describe('the clock', () => {
  test('stands still, goes as far as it is told, and everything due happens in order', async () => {
    const start = new Date('2027-01-01T00:00:00Z')
    const { bursar, sandbox } = open({ now: start })
    const { id, expires_at } = await bursar.payments.create(PAYMENT)
    expect(sandbox.clock.now()).toEqual(start)
    await sandbox.clock.advance({ minutes: 29, seconds: 59 })
    expect((await bursar.payments.get(id)).status).toBe('pending')
    await sandbox.clock.advance({ hours: 2 })
    const closed = await bursar.payments.get(id)
    expect(closed).toMatchObject({ status: 'closed', closed_at: expires_at })
    expect(sandbox.clock.now().getTime() - start.getTime()).toBe(2 * HOUR_MS + 1_799_000)
  })

  test('does not go back', async () => {
    const { sandbox } = open()
    await expect(sandbox.clock.advance({ seconds: -1 })).rejects.toThrow(RangeError)
    await expect(sandbox.clock.advanceTo(new Date(0))).rejects.toThrow(RangeError)
  })
})

describe('a fault of the channel', () => {
  const expectEnd = async (fault: ChannelFault, first: string, last: string) => {
    const { bursar, sandbox } = open()
    sandbox.faults.next({ channel: fault })
    const { id, status } = await bursar.payments.create(PAYMENT)
    expect(status).toBe(first)
    await sandbox.settle()
    expect((await bursar.payments.get(id)).status).toBe(last)
    // Once: the next payment meets nothing.
    const next = await bursar.payments.create({ ...PAYMENT, out_trade_no: 'T-2' })
    expect(next.status).toBe('pending')
  }

  test.each<[ChannelFault, string, string]>([
    ['unknown_then_paid', 'processing', 'succeeded'],
    ['unknown_then_failed', 'processing', 'failed'],
    ['timeout_before_acceptance', 'processing', 'failed'],
    ['timeout_after_acceptance', 'processing', 'failed'],
    ['result_unknown', 'processing', 'failed'],
    ['order_refused', 'failed', 'failed'],
  ])('%s: first %s, in the end %s', expectEnd)

  test('meets only the channel it is set for', async () => {
    const { bursar, sandbox } = open()
    sandbox.faults.next({ channel: 'order_refused', at: 'alipay' })
    expect((await bursar.payments.create(PAYMENT)).status).toBe('pending')
    const other = { ...PAYMENT, out_trade_no: 'T-2', channel: 'alipay' } as const
    expect((await bursar.payments.create(other)).status).toBe('failed')
  })

  test('pays at the moment of closing: the payment stays closed, the money is told of', async () => {
    const { bursar, sandbox } = open()
    const { id } = await bursar.payments.create(PAYMENT)
    sandbox.faults.next({ channel: 'success_after_close' })
    expect((await bursar.payments.close(id)).status).toBe('closed')
    await sandbox.settle()
    expect(sandbox.events.at(-1)?.type).toBe('payment.late_success')
    expect((await bursar.payments.get(id)).status).toBe('closed')
  })

  test('leaves a refund on its way for ever', async () => {
    const { bursar, sandbox } = open()
    const { id } = await bursar.payments.create(PAYMENT)
    await sandbox.pay(id)
    sandbox.faults.next({ channel: 'refund_abnormal' })
    const refund = await bursar.refunds.create({ payment: id, out_refund_no: 'R-1' })
    await sandbox.clock.advance({ days: 30 })
    expect((await bursar.refunds.get(refund.id)).status).toBe('processing')
  })
})

describe('a fault of the network', () => {
  const create = { ...PAYMENT, channel: 'wechatpay' as const }

  test('before anything arrives: the SDK tries again, and there is one payment', async () => {
    const { bursar, sandbox } = open()
    sandbox.faults.next({ network: 'lost', method: 'POST' })
    const payment = await bursar.payments.create(create)
    expect((await bursar.payments.list()).data).toEqual([payment])
  })

  test('after it was carried out: the retry gets the answer of the first', async () => {
    const { bursar, sandbox } = open()
    sandbox.faults.next({ network: 'answer_lost', path: '/v1/payments' })
    const payment = await bursar.payments.create(create)
    expect((await bursar.payments.list()).data).toEqual([payment])
    const calls = sandbox.calls.filter(({ path }) => path === '/v1/payments')
    expect(calls.map(({ method, status }) => [method, status])).toEqual([
      ['POST', null],
      ['POST', 201],
      ['GET', 200],
    ])
  })

  test('that stays: the outcome is unknown, unless surely nothing was sent', async () => {
    const { bursar, sandbox } = open()
    const failure = async (network: 'answer_lost' | 'refused') => {
      await bursar.payments.list() // The platform's keys are read before.
      sandbox.faults.clear()
      sandbox.faults.next({ network, method: 'POST', times: 3 })
      const call = bursar.payments.create(create, { maxRetries: 0 })
      return call.catch((error: unknown) => error)
    }
    const unknown = await failure('answer_lost')
    expect(unknown).toBeInstanceOf(BursarConnectionError)
    expect(unknown).toMatchObject({ outcome: 'unknown' })
    expect(await failure('refused')).toMatchObject({ outcome: 'failed' })
    expect((await bursar.payments.list()).data).toHaveLength(1)
  })

  test('a platform that is busy or in trouble', async () => {
    const { bursar, sandbox } = open()
    const noRetry = { maxRetries: 0 }
    sandbox.faults.next({ status: 429, retryAfterSeconds: 7 })
    const busy = await bursar.payments.list({}, noRetry).then(String, (error: unknown) => error)
    expect(busy).toMatchObject({ name: 'BursarRateLimitError', code: 'rate_limited' })
    sandbox.faults.next({ status: 503, method: 'POST' })
    const call = bursar.payments.create(create, noRetry)
    await expect(call).rejects.toMatchObject({ code: 'service_unavailable', outcome: 'unknown' })
    expect((await bursar.payments.list()).data).toEqual([])
  })

  test('a slow answer runs into the time limit', async () => {
    const { bursar, sandbox } = open()
    sandbox.faults.next({ delayMs: 10_000 })
    const call = bursar.payments.get('pay_x', { timeoutMs: 20, maxRetries: 0 })
    await expect(call).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('webhooks', () => {
  test('are handed to the receiver as a Request, truly signed', async () => {
    let secret = ''
    const types: string[] = []
    const { bursar, sandbox } = open({
      deliver: async (request) => {
        const event = await webhooks.verifyRequest(request, { secret })
        types.push(event.type)
        return new Response(null, { status: 204 })
      },
    })
    const endpoint = await bursar.webhookEndpoints.create({ url: 'https://shop.example/hooks' })
    secret = endpoint.secret ?? ''
    const { id } = await bursar.payments.create(PAYMENT)
    await sandbox.pay(id)
    expect(types).toEqual(['payment.created', 'payment.pending', 'payment.succeeded'])
  })

  test('come again by the platform’s schedule until they are taken', async () => {
    let answers = [500, 0, 302]
    const { bursar, sandbox } = open({
      deliver: () => {
        const [status = 204, ...rest] = answers
        answers = rest
        if (status === 0) throw new Error('connection refused')
        return new Response(null, { status })
      },
    })
    const url = 'https://shop.example/hooks'
    const { id } = await bursar.webhookEndpoints.create({ url, event_types: ['payment.created'] })
    await bursar.payments.create({ out_trade_no: 'T-1', amount: 1, subject: 'x' })
    await sandbox.settle()
    const statuses = () => sandbox.webhooks.map(({ attempt, status }) => [attempt, status])
    expect(statuses()).toEqual([[1, 500]])
    await sandbox.clock.advance({ seconds: 5 })
    expect(statuses()).toEqual([
      [1, 500],
      [2, null],
    ])
    await sandbox.clock.advance({ hours: 1 })
    expect(statuses().slice(2)).toEqual([
      [3, 302],
      [4, 204],
    ])
    expect(new Set(sandbox.webhooks.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const [delivery] = (await bursar.webhookEndpoints.listDeliveries(id)).data
    expect(delivery).toMatchObject({ status: 'delivered', attempt_count: 4 })
  })

  test('end with 410, and when nobody takes them for days', async () => {
    const { bursar, sandbox } = open()
    const create = (n: number) =>
      bursar.payments.create({ out_trade_no: `T-${n}`, amount: 1, subject: 'x' })
    const endpoint = await bursar.webhookEndpoints.create({ url: 'https://shop.example/hooks' })
    sandbox.deliverTo(() => new Response(null, { status: 500 }))
    await create(1)
    await sandbox.clock.advance({ days: 3 })
    expect(sandbox.webhooks.filter(({ event }) => event.type === 'payment.created')).toHaveLength(
      11,
    )
    sandbox.deliverTo(() => new Response(null, { status: 410 }))
    await create(2)
    await sandbox.settle()
    const after = await bursar.webhookEndpoints.get(endpoint.id)
    expect(after).toMatchObject({ status: 'disabled', disabled_reason: 'gone' })
  })
})

describe('keys', () => {
  test.each(['ed25519', 'ec', 'rsa'] as const)('of the program itself, %s', async (kind) => {
    const { privateKey, publicKey } =
      kind === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : kind === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { sandbox } = open()
    const keyId = 'key_of_mine'
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    sandbox.addKey({ keyId, publicKey: pem })
    const { baseUrl, fetch } = sandbox
    const own = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const bursar = new Bursar({ keyId, privateKey: own, baseUrl, fetch })
    expect((await bursar.payments.create(PAYMENT)).status).toBe('pending')
  })
})

describe('what is not played', () => {
  test('is said so', async () => {
    const { bursar } = open()
    const wallets = Promise.resolve(bursar.wallets.list())
    await expect(wallets).rejects.toBeInstanceOf(BursarNotFoundError)
    await expect(wallets).rejects.toThrow(/does not play GET \/v1\/wallets/)
    const byCard = bursar.payments.create({ ...PAYMENT, channel: 'campus_card' })
    await expect(byCard).rejects.toMatchObject({ code: 'channel_account_missing' })
  })

  test('is another version of the API', async () => {
    const { sandbox } = open()
    const old = new Bursar({ ...sandbox.clientOptions, apiVersion: '2026-12-01' })
    const call = Promise.resolve(old.payments.list())
    await expect(call).rejects.toMatchObject({ code: 'version_unknown' })
  })

  test('sandboxes know nothing of each other', async () => {
    const one = open()
    const other = open()
    const { id } = await one.bursar.payments.create(PAYMENT)
    await expect(other.bursar.payments.get(id)).rejects.toMatchObject({ code: 'payment_not_found' })
    const stranger = new Bursar({ ...one.sandbox.clientOptions, fetch: other.sandbox.fetch })
    await expect(stranger.payments.get(id)).rejects.toMatchObject({ code: 'key_unknown' })
  })
})

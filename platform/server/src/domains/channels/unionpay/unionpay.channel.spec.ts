import type { RequestListener } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { ManualClock } from '../../../kernel/clock.js'
import { money } from '../../../kernel/money.js'
import { listen, originOf, stop } from '../conformance/local-server.conformance.js'
import { UnionpayChannel } from './unionpay.channel.js'
import {
  makeUnionpayFixture,
  NOW,
  PAID,
  REFUNDED,
  seal,
  toAnswer,
  type UnionpayFixture,
} from './unionpay-fixture.conformance.js'

const channel = new UnionpayChannel({ clock: new ManualClock(NOW), deadlineMs: 1_500 })
const ORDER = {
  order_no: PAID.orderId,
  method: 'page' as const,
  amount: money(12_345n, 'CNY'),
  placed_at: new Date('2026-12-01T02:30:00Z'),
}
const REFUND = {
  refund_no: REFUNDED.orderId,
  order: { ...ORDER, transaction_no: PAID.queryId },
  amount: money(345n, 'CNY'),
  requested_at: new Date('2026-12-01T02:30:00Z'),
  reason: '重复缴费',
  notify_url: 'https://pay.example.edu/rn',
}
const unknown = { kind: 'unknown', reason: expect.stringMatching(/./) }
const stops: (() => Promise<void>)[] = []
let fixture: UnionpayFixture

beforeAll(async () => {
  fixture = await makeUnionpayFixture()
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((end) => end()))
})

/** The account at a UnionPay that does what the test wants. */
async function accountAt(listener: RequestListener) {
  const server = await listen(listener)
  stops.push(() => stop(server))
  const base_url = originOf(server)
  const settings = { ...fixture.settings, base_url, file_url: `${base_url}/file` }
  return { ...fixture.account, settings }
}

const answering = (fields: Record<string, string>) =>
  accountAt((_request, response) => response.end(toAnswer(seal(fields, fixture.signer))))

describe('an answer', () => {
  test('is believed when UnionPay signed it', async () => {
    const account = await answering({ ...PAID, origRespCode: '00' })
    expect(await channel.queryOrder(account, ORDER)).toMatchObject({ kind: 'paid' })
  })

  test.each([
    ['another order', { orderId: 'OTHER' }],
    ['the same number at another time', { txnTime: '20261201103001' }],
    ['another merchant', { merId: '777290058110098' }],
    ['another version', { version: '5.0.0' }],
  ])('about %s is not believed', async (_name, changes) => {
    const account = await answering({ ...PAID, origRespCode: '00', ...changes })
    expect(await channel.queryOrder(account, ORDER)).toEqual(unknown)
  })

  test.each<[string, RequestListener]>([
    [
      'redirect',
      (_, response) => response.writeHead(302, { location: 'http://localhost:1' }).end(),
    ],
    ['server error', (_, response) => response.writeHead(500).end('a=1')],
    ['flood', (_, response) => response.end(Buffer.alloc(2 * 1024 * 1024, 'a'))],
    ['silence', () => undefined],
    ['other charset', (_, response) => response.end(Buffer.from([0x61, 0x3d, 0xff]))],
  ])('that is a %s is unknown', async (_name, listener) => {
    const account = await accountAt(listener)
    expect(await channel.queryOrder(account, ORDER)).toEqual(unknown)
    expect(await channel.refund(account, REFUND)).toEqual(unknown)
    expect(await channel.checkAccount(account)).toEqual(unknown)
  })
})

describe('a refused refund', () => {
  /** A refusal to the refund, and `found` to the query after it. */
  const refusing = async (respCode: string, found: Record<string, string>) => {
    const asked: string[] = []
    const account = await accountAt(async (request, response) => {
      const form = new URLSearchParams((await buffer(request)).toString())
      asked.push(form.get('txnType') ?? '')
      const isQuery = form.get('txnType') === '00'
      const fields = isQuery ? { ...REFUNDED, ...found } : { ...REFUNDED, respCode }
      response.end(toAnswer(seal(fields, fixture.signer)))
    })
    return { state: await channel.refund(account, REFUND), asked }
  }

  test('has failed when UnionPay knows nothing of it', async () => {
    const { state, asked } = await refusing('33', { respCode: '34' })
    expect(state).toMatchObject({ kind: 'failed', code: 'amount_over_limit' })
    expect(asked).toEqual(['04', '00'])
  })

  test('has not failed when one sent before it arrived', async () => {
    expect((await refusing('11', { origRespCode: '00' })).state).toMatchObject({
      kind: 'succeeded',
    })
    expect((await refusing('12', { origRespCode: '05' })).state).toEqual({ kind: 'processing' })
  })

  test('is unknown when the query fails too', async () => {
    expect((await refusing('11', { respCode: '11' })).state).toEqual(unknown)
    expect((await refusing('12', { respCode: '34' })).state).toEqual(unknown)
  })
})

describe('a notification', () => {
  const body = (fields: Record<string, string>) =>
    Buffer.from(new URLSearchParams(seal(fields, fixture.signer)).toString())
  const read = (fields: Record<string, string>) =>
    channel.readNotification(fixture.account, { headers: {}, body: body(fields) })

  test('of a payment and of a refund says what happened', () => {
    expect(read(PAID)).toMatchObject({
      kind: 'order',
      order_no: PAID.orderId,
      state: { kind: 'paid' },
    })
    expect(read(REFUNDED)).toMatchObject({
      kind: 'refund',
      refund_no: REFUNDED.orderId,
      state: { kind: 'succeeded', order_no: PAID.orderId },
    })
  })

  test('of another amount is read as it is', () => {
    expect(read({ ...PAID, txnAmt: '1' })).toMatchObject({ state: { amount: money(1n, 'CNY') } })
  })

  test.each([
    ['another merchant', { merId: '777290058110098' }, 'notification_invalid'],
    ['another signature method', { signMethod: '11' }, 'notification_invalid'],
    ['another kind', { txnType: '31' }, 'notification_unsupported'],
  ])('of %s is refused', (_name, changes, code) => {
    expect(() => read({ ...PAID, ...changes })).toThrow(expect.objectContaining({ code }))
  })

  test('is answered with ok', () => {
    expect(channel.acceptNotification()).toMatchObject({ status: 200, body: 'ok' })
  })
})

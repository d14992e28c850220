import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ManualClock } from '../../../kernel/clock.js'
import { ChannelError } from '../channel.errors.js'
import type { RawNotification } from '../channel.port.js'
import { WechatpayChannel } from './wechatpay.channel.js'
import {
  DONE_REFUND,
  makeWechatpayFixture,
  PAID_TRANSACTION,
  sealNotification,
  signAsPlatform,
} from './wechatpay-fixture.conformance.js'

const NOW = new Date('2026-12-01T04:00:00Z')
const fixture = makeWechatpayFixture()
const channel = new WechatpayChannel({ clock: new ManualClock(NOW) })

const seal = (eventType: string, content: unknown, by = fixture) =>
  sealNotification(by, eventType, content, NOW)
const read = (raw: RawNotification) => channel.readNotification(fixture.account, raw)

const { status: refund_status, ...refund } = DONE_REFUND
const { currency: _, ...amount } = DONE_REFUND.amount
const REFUNDED = { ...refund, amount, refund_status, mchid: '1900007291' }

const refusalOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error instanceof ChannelError ? error.code : error
  }
  return 'accepted'
}

describe('readNotification', () => {
  test('reads a payment', () => {
    expect(read(seal('TRANSACTION.SUCCESS', PAID_TRANSACTION))).toEqual({
      kind: 'order',
      order_no: 'ORDER0000000001',
      state: {
        kind: 'paid',
        order_no: 'ORDER0000000001',
        merchant_id: '1900007291',
        transaction_no: '4200001825202612010000000001',
        amount: { minor: 12345n, currency: 'CNY' },
        paid_at: new Date('2026-12-01T02:34:56Z'),
      },
    })
  })

  test('carries an unrecognised state as unknown, with the order it is about', () => {
    const content = { ...PAID_TRANSACTION, trade_state: 'TOMORROW' }
    expect(read(seal('TRANSACTION.TOMORROW', content))).toMatchObject({
      kind: 'order',
      order_no: 'ORDER0000000001',
      state: { kind: 'unknown' },
    })
  })

  test.each([
    ['SUCCESS', 'succeeded'],
    ['CLOSED', 'failed'],
    ['ABNORMAL', 'unknown'],
    ['TOMORROW', 'unknown'],
  ])('reads a refund that is %s as %s', (word, kind) => {
    const raw = seal(`REFUND.${word}`, { ...REFUNDED, refund_status: word })
    expect(read(raw)).toMatchObject({
      kind: 'refund',
      refund_no: 'REFUND000000001',
      state: { kind },
    })
  })

  test('refuses a refund of another merchant', () => {
    const raw = seal('REFUND.SUCCESS', { ...REFUNDED, mchid: '1900000000' })
    expect(refusalOf(() => read(raw))).toBe('notification_invalid')
  })

  test('refuses what another key signed', () => {
    const raw = seal('TRANSACTION.SUCCESS', PAID_TRANSACTION, makeWechatpayFixture())
    expect(refusalOf(() => read(raw))).toBe('notification_invalid')
  })

  test('refuses a probe', () => {
    const raw = seal('TRANSACTION.SUCCESS', PAID_TRANSACTION)
    const signature = `WECHATPAY/SIGNTEST/${raw.headers['wechatpay-signature']}`
    const headers = { ...raw.headers, 'wechatpay-signature': signature }
    expect(refusalOf(() => read({ ...raw, headers }))).toBe('notification_invalid')
  })

  test.each([-301, 301])('refuses one signed %i seconds away from now', (seconds) => {
    const at = new Date(NOW.getTime() + seconds * 1000)
    const raw = sealNotification(fixture, 'TRANSACTION.SUCCESS', PAID_TRANSACTION, at)
    expect(refusalOf(() => read(raw))).toBe('notification_invalid')
  })

  test('refuses a resource that another APIv3 key sealed', () => {
    const settings = { ...fixture.settings, api_v3_key: 'f'.repeat(32) }
    const raw = seal('TRANSACTION.SUCCESS', PAID_TRANSACTION)
    const readByOther = () => channel.readNotification({ ...fixture.account, settings }, raw)
    expect(refusalOf(readByOther)).toBe('notification_invalid')
  })

  test.each(['{}', '[]', 'null', '', '{"event_type":', '"text"'])(
    'refuses the signed body %j',
    (body) => {
      const headers = signAsPlatform(fixture.platformPrivateKey, body, NOW)
      const raw = { headers, body: Buffer.from(body) }
      expect(refusalOf(() => read(raw))).toBe('notification_invalid')
    },
  )

  test.each(['TRANSACTION.SUCCESS', 'REFUND.SUCCESS'])('refuses %s about nothing', (eventType) => {
    expect(refusalOf(() => read(seal(eventType, {})))).toBe('notification_invalid')
  })

  test('does not follow other events', () => {
    const raw = seal('PAYSCORE.USER_PAID', PAID_TRANSACTION)
    expect(refusalOf(() => read(raw))).toBe('notification_unsupported')
  })

  test('refuses any flipped bit of body and signature headers', () => {
    const raw = seal('TRANSACTION.SUCCESS', PAID_TRANSACTION)
    const parts = ['body', ...Object.keys(raw.headers)]
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.nat(), fc.nat(7), (part, index, bit) => {
        expect(refusalOf(() => read(flip(raw, part, index, bit)))).toBe('notification_invalid')
      }),
      { numRuns: 500 },
    )
  })
})

describe('answers', () => {
  test('accept with an empty 204', () => {
    expect(channel.acceptNotification()).toMatchObject({ status: 204, body: '' })
  })

  test('refuse with a 4xx and FAIL', () => {
    const answer = channel.refuseNotification('no')
    expect(answer).toMatchObject({ status: 400, content_type: 'application/json' })
    expect(JSON.parse(answer.body)).toEqual({ code: 'FAIL', message: 'no' })
  })
})

describe('a currency that WeChat Pay does not take', () => {
  const euros = { minor: 1n, currency: 'EUR' }

  test('is refused without asking', async () => {
    const order = {
      order_no: 'ORDER0000000001',
      amount: euros,
      description: 'fee',
      method: 'native',
      placed_at: NOW,
      return_url: 'https://pay.example.edu/pay',
      payer: { ip: null, channel_user_id: null },
      expires_at: NOW,
      notify_url: 'https://pay.example.edu/notify',
    } as const
    expect(await channel.placeOrder(fixture.account, order)).toMatchObject({
      kind: 'refused',
      code: 'currency_unsupported',
    })
  })

  test('is not refunded either', async () => {
    const refund = {
      order: {
        order_no: 'ORDER0000000001',
        transaction_no: '42',
        method: 'native',
        amount: euros,
        placed_at: NOW,
      },
      refund_no: 'REFUND000000001',
      amount: euros,
      requested_at: NOW,
      reason: '',
      notify_url: 'https://pay.example.edu/notify',
    } as const
    expect(await channel.refund(fixture.account, refund)).toMatchObject({
      kind: 'failed',
      code: 'currency_unsupported',
    })
  })
})

function flip(raw: RawNotification, part: string, index: number, bit: number): RawNotification {
  const flipped = (bytes: Buffer) => {
    const copy = Buffer.from(bytes)
    const at = index % copy.length
    copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at)
    return copy
  }
  if (part === 'body') return { ...raw, body: flipped(raw.body) }
  const value = flipped(Buffer.from(raw.headers[part] ?? '', 'latin1')).toString('latin1')
  return { ...raw, headers: { ...raw.headers, [part]: value } }
}

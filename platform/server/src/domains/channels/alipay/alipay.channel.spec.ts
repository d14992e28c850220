import { describe, expect, test } from '@jest/globals'
import { ChannelError } from '../channel.errors.js'
import { AlipayChannel } from './alipay.channel.js'
import { makeAlipayFixture, PAID_NOTICE, signedNotification } from './alipay-fixture.conformance.js'

const fixture = makeAlipayFixture()
const channel = new AlipayChannel()
const notice = (changes: Record<string, string> = {}) =>
  signedNotification(fixture.alipayPrivateKey, { ...PAID_NOTICE, ...changes })
const read = (changes: Record<string, string> = {}) =>
  channel.readNotification(fixture.account, notice(changes))
const refusal = (changes: Record<string, string>) => {
  try {
    return read(changes)
  } catch (error) {
    return error instanceof ChannelError ? error.code : error
  }
}

describe('readNotification', () => {
  test('says who was paid, what and when', () => {
    expect(read()).toEqual({
      kind: 'order',
      order_no: 'ORDER0000000001',
      state: {
        kind: 'paid',
        order_no: 'ORDER0000000001',
        merchant_id: '2088102146225135',
        transaction_no: '2026120122001400000000000001',
        amount: { minor: 12_345n, currency: 'CNY' },
        paid_at: new Date('2026-12-01T02:34:56Z'),
      },
    })
  })

  test('hands on the amount as it is, for the books to compare', () => {
    expect(read({ total_amount: '0.01' })).toMatchObject({ state: { amount: { minor: 1n } } })
  })

  test('does not take a closed, waiting or new state for a payment', () => {
    const { gmt_payment: _, ...unpaid } = PAID_NOTICE
    const state = (trade_status: string) => {
      const raw = signedNotification(fixture.alipayPrivateKey, { ...unpaid, trade_status })
      const read = channel.readNotification(fixture.account, raw)
      return read.state.kind
    }
    expect(state('TRADE_CLOSED')).toBe('closed')
    expect(state('WAIT_BUYER_PAY')).toBe('waiting')
    expect(state('TRADE_PENDING')).toBe('unknown')
    expect(state('TRADE_SUCCESS')).toBe('unknown')
  })

  test.each([
    ['another app', { app_id: '9021000122671081' }],
    ['another merchant', { seller_id: '2088000000000000' }],
    ['another charset', { charset: 'GBK' }],
    ['no order', { out_trade_no: '' }],
  ])('refuses one that is signed and about %s', (_, changes) => {
    expect(refusal(changes)).toBe('notification_invalid')
  })

  test('does not follow other types', () => {
    expect(refusal({ notify_type: 'dut_user_sign' })).toBe('notification_unsupported')
  })

  test('refuses what is not a form', () => {
    const raw = { ...notice(), headers: { 'content-type': 'application/json' } }
    expect(() => channel.readNotification(fixture.account, raw)).toThrow(ChannelError)
  })
})

describe('answers', () => {
  test('are the seven letters that Alipay waits for, or not', () => {
    expect(channel.acceptNotification()).toMatchObject({ status: 200, body: 'success' })
    expect(channel.refuseNotification()).toMatchObject({ status: 400, body: 'fail' })
  })
})

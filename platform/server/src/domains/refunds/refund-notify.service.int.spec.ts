import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import type { ChannelNotification } from '../channels/channel.port.js'
import { fen, makeRefundFixture, type RefundFixture, succeeded } from './refund.fixture.js'
import { CreateRefund } from './refund.schema.js'

let at: RefundFixture
let caller: Caller
beforeAll(async () => {
  at = await makeRefundFixture()
})
afterAll(() => at.db.drop())
beforeEach(async () => {
  caller = (await at.tenant()).caller
  at.ledger.failures = 0
})

/** A refund of 30 of 100 that is under way at the channel, and the notification that ends it. */
async function underWay() {
  const payment = await at.payment(caller, { amount: 100n })
  at.channel.refundScripts.push(() => ({ kind: 'processing' }))
  const body = CreateRefund.parse({ payment: payment.id, out_refund_no: newId('req'), amount: 30 })
  const { body: refund } = await at.refunds.create(caller, body)
  const refund_no = refund.id.slice('ref_'.length).toUpperCase()
  const state = succeeded({ refund_no, order_no: payment.order_no, amount: fen(30n) })
  const notification: ChannelNotification = { kind: 'refund', refund_no, state }
  return { payment, refund, notification }
}

const receive = (accountId: string, notification: ChannelNotification) =>
  at.notify.receive('wechatpay', accountId, at.channel.toNotification(notification))
const accepted = { status: 204, content_type: 'application/json', body: '' }

describe('a notification', () => {
  test('ends a refund, and may come twice', async () => {
    const { payment, refund, notification } = await underWay()
    expect(await receive(payment.account_id, notification)).toEqual(accepted)
    expect(await receive(payment.account_id, notification)).toEqual(accepted)
    expect((await at.refundRow(refund.id)).status).toBe('succeeded')
    expect(await at.entriesOf(refund.id)).toHaveLength(2)
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 30n, amount_refunding: 0n })
  })

  test('about another amount is heard, and changes nothing', async () => {
    const { payment, refund, notification } = await underWay()
    if (notification.kind !== 'refund' || notification.state.kind !== 'succeeded') throw new Error()
    const state = { ...notification.state, amount: fen(100n) }
    expect(await receive(payment.account_id, { ...notification, state })).toEqual(accepted)
    expect((await at.refundRow(refund.id)).status).toBe('processing')
  })

  test('that could not be recorded is refused, so that it comes again', async () => {
    const { payment, refund, notification } = await underWay()
    at.ledger.failures = 1
    expect(await receive(payment.account_id, notification)).toMatchObject({ status: 400 })
    expect((await at.refundRow(refund.id)).status).toBe('processing')
    expect(await receive(payment.account_id, notification)).toEqual(accepted)
    expect((await at.refundRow(refund.id)).status).toBe('succeeded')
  })
})

describe('a notification is refused, and changes nothing,', () => {
  const untouched = async (id: string) => expect((await at.refundRow(id)).status).toBe('processing')

  test('when it is forged', async () => {
    const { payment, refund } = await underWay()
    const raw = { headers: {}, body: Buffer.from('{"refund":"succeeded"}') }
    const answer = await at.notify.receive('wechatpay', payment.account_id, raw)
    expect(answer).toMatchObject({ status: 400 })
    expect(answer.body).toContain('notification_invalid')
    await untouched(refund.id)
  })

  test.each([newId('cha'), 'cha_nonsense', '\u0000', ''])(
    'when it comes for an account that does not exist: %j',
    async (accountId) => {
      const { refund, notification } = await underWay()
      expect(await receive(accountId, notification)).toMatchObject({ status: 400 })
      await untouched(refund.id)
    },
  )

  test("when another merchant's account brings it", async () => {
    const { refund, notification } = await underWay()
    const other = await at.payment(caller, { amount: 1n })
    expect(await receive(other.account_id, notification)).toMatchObject({ status: 400 })
    await untouched(refund.id)
  })

  test('when it is about a refund that was not made here, or about an order', async () => {
    const { payment, refund, notification } = await underWay()
    const stranger = { ...notification, refund_no: 'STRANGER' }
    expect(await receive(payment.account_id, stranger)).toMatchObject({ status: 400 })
    const order = { kind: 'order', order_no: 'O1', state: { kind: 'closed' } } as const
    expect(await receive(payment.account_id, order)).toMatchObject({ status: 400 })
    await untouched(refund.id)
  })

  test('by name of a channel that does not exist', async () => {
    const { payment, notification } = await underWay()
    const raw = at.channel.toNotification(notification)
    await expect(at.notify.receive('paypal', payment.account_id, raw)).rejects.toMatchObject({
      code: 'channel_unknown',
      spec: { status: 400 },
    })
  })
})

import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals'
import { Logger } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { NOTIFICATION_BYTES_MAX } from '../channels/notification.service.js'
import { makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'

let f: PaymentFixture
let caller: Caller
let logged: unknown[]
const spies = (['warn', 'error'] as const).map((level) => jest.spyOn(Logger.prototype, level))

beforeAll(async () => {
  f = await makePaymentFixture()
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
  logged = []
  for (const spy of spies) spy.mockImplementation((line: unknown) => logged.push(line))
})
afterEach(() => {
  for (const spy of spies) spy.mockReset()
})
afterAll(() => f.db.drop())

async function waiting() {
  const { id } = await f.pending(caller)
  return { id, attempt: await f.attemptOf(id) }
}

const send = (accountId: string, body: Buffer) =>
  f.notify.receive('wechatpay', accountId, { headers: {}, body })

const ofReason = (reason: string, account: string) => ({
  security_event: 'notification_refused',
  channel: 'wechatpay',
  account,
  reason,
})

describe('a notification that is refused', () => {
  test('because nobody signed it is answered in the words of the provider and logged, without its content', async () => {
    const { id, attempt } = await waiting()
    const account = attempt.channel_account_id
    const forged = Buffer.from(`{"out_trade_no":"${attempt.channel_order_no}","paid":true}`)
    expect(await send(account, forged)).toEqual({
      status: 400,
      content_type: 'application/json',
      body: '{"code":"FAIL","message":"notification_invalid"}',
    })
    expect(logged).toEqual([ofReason('notification_invalid', account)])
    expect((await f.paymentRow(id)).status).toBe('pending')
  })

  test('because its account is nobody’s shows no account that was made up', async () => {
    const { attempt } = await waiting()
    const body = f.channel.sign(attempt.channel_order_no, paid(attempt))
    const unknown = newId('cha')
    for (const [accountId, shown] of [
      [unknown, unknown],
      ['cha_\n{"level":30}', '[not shown]'],
      ['', '[not shown]'],
    ] as const) {
      logged = []
      expect((await send(accountId, body)).status).toBe(400)
      expect(logged).toEqual([ofReason('no_such_account', shown)])
    }
  })

  test('because it is too large is not even read', async () => {
    const { attempt } = await waiting()
    const read = jest.spyOn(f.channel, 'readNotification')
    const account = attempt.channel_account_id
    expect((await send(account, Buffer.alloc(NOTIFICATION_BYTES_MAX + 1))).status).toBe(400)
    expect(logged).toEqual([ofReason('too_large', account)])
    expect(read).not.toHaveBeenCalled()
    read.mockRestore()
  })

  test('because it names no order of ours says so', async () => {
    const { attempt } = await waiting()
    const account = attempt.channel_account_id
    expect((await send(account, f.channel.sign('NOBODY', paid(attempt)))).status).toBe(400)
    expect(logged).toEqual([ofReason('no_such_order', account)])
  })

  test('because it tells of another amount is logged as a disagreement as well', async () => {
    const { id, attempt } = await waiting()
    const account = attempt.channel_account_id
    const lie = paid(attempt, { amount: { minor: 1n, currency: 'CNY' } })
    expect((await send(account, f.channel.sign(attempt.channel_order_no, lie))).status).toBe(400)
    expect(logged).toEqual([
      {
        security_event: 'channel_disagrees',
        channel: 'wechatpay',
        attempt: attempt.id,
        reason: 'amount',
      },
      ofReason('not_believed', account),
    ])
    expect((await f.paymentRow(id)).status).toBe('pending')
  })

  test('because a second transaction paid the same order is an error of its own', async () => {
    const { attempt } = await waiting()
    const account = attempt.channel_account_id
    const tell = (state: ReturnType<typeof paid>) =>
      send(account, f.channel.sign(attempt.channel_order_no, state))
    await tell(paid(attempt))
    expect((await tell(paid(attempt, { transaction_no: '99' }))).status).toBe(400)
    expect(logged[0]).toMatchObject({ security_event: 'channel_second_transaction' })
  })

  test('because it could not be recorded is asked for again', async () => {
    const { id, attempt } = await waiting()
    const broken = jest.spyOn(f.record, 'paid').mockRejectedValueOnce(new Error('no database'))
    const body = f.channel.sign(attempt.channel_order_no, paid(attempt))
    expect(await send(attempt.channel_account_id, body)).toMatchObject({
      status: 400,
      body: expect.stringContaining('try again'),
    })
    broken.mockRestore()
    expect((await send(attempt.channel_account_id, body)).status).toBe(204)
    expect((await f.paymentRow(id)).status).toBe('succeeded')
  })

  test('by name of a channel that does not exist', async () => {
    const { attempt } = await waiting()
    const raw = { headers: {}, body: Buffer.from('x') }
    await expect(f.notify.receive('paypal', attempt.channel_account_id, raw)).rejects.toMatchObject(
      {
        code: 'channel_unknown',
      },
    )
  })
})

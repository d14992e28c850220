import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { checkBooks } from '../../processes/books/books-check.js'
import type { OrderState } from '../channels/channel.port.js'
import { LedgerService } from '../ledger/ledger.service.js'
import { makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'
import { PAYMENT_STATUSES, type PaymentStatus } from './payment.state.js'
import type { PaymentAttempt } from './payment.types.js'
import {
  ATTEMPT_TRIGGERS,
  type AttemptTrigger,
  nextAttemptStatus,
} from './payment-attempt.state.js'

const EXPIRY_MS = 30 * 60_000
const H5 = { channel: 'wechatpay', method: 'h5' } as const
const PAYER = { ip: null, channel_user_id: null }
const SILENCE = { kind: 'unknown', reason: 'timeout' } as const
const REFUSAL = { kind: 'failed', code: 'pay_error', message: 'no' } as const

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

const tell = async (attempt: PaymentAttempt, state: OrderState) => {
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  return f.attempts.apply(attempt, account, state)
}

const askAbout = ({ institution_id, livemode, id }: PaymentAttempt) =>
  f.queryJob.run({ institution_id, livemode, attempt_id: id })

/** What the channel answers to the order, so that the payment comes to rest in this status. */
function answerFor(status: PaymentStatus): PaymentFixture['channel']['onPlace'] {
  if (status === 'processing') return () => SILENCE
  if (status !== 'created') return place
  return () => {
    throw new Error('the process died')
  }
}

async function bringTo(status: PaymentStatus, attempt: PaymentAttempt): Promise<void> {
  if (status === 'succeeded') await tell(attempt, paid(attempt))
  if (status === 'failed') await tell(attempt, REFUSAL)
  if (status === 'closed') await tell(attempt, { kind: 'closed' })
}

/** A payment in this status, by its only order. */
async function inStatus(status: PaymentStatus) {
  f.channel.onPlace = answerFor(status)
  const { id } = await f.pending(caller)
  await bringTo(status, await f.attemptOf(id))
  return { id, attempt: await f.attemptOf(id) }
}

/** A payment in this status by its second order, while the first could still be paid. */
async function withOldOrder(status: PaymentStatus) {
  const { id, attempt } = await inStatus('pending')
  f.channel.onClose = () => SILENCE
  f.channel.onPlace = answerFor(status)
  await f.changes.change(await f.paymentRow(id), H5, PAYER)
  await bringTo(status, await f.attemptOf(id))
  f.channel.onClose = () => ({ kind: 'closed' })
  return { id, attempt }
}

const NEWS: Record<string, (attempt: PaymentAttempt) => OrderState> = {
  waiting: () => ({ kind: 'waiting' }),
  unknown: () => SILENCE,
  not_found: () => ({ kind: 'not_found' }),
  failed: () => REFUSAL,
  closed: () => ({ kind: 'closed' }),
  paid: (attempt) => paid(attempt),
}

/** Where each piece of news leads; what is not named changes nothing. `late`: to suspense and back. */
type Expected = Record<PaymentStatus, Record<string, PaymentStatus | 'late'>>

const OF_CURRENT: Expected = {
  created: { failed: 'failed', closed: 'closed', paid: 'succeeded' },
  pending: { failed: 'failed', closed: 'closed', paid: 'succeeded' },
  processing: { failed: 'failed', closed: 'failed', paid: 'succeeded' },
  succeeded: {},
  failed: { paid: 'late' },
  closed: { paid: 'late' },
}

/** An order that was given up moves the payment by money alone. */
const OF_OTHER: Expected = {
  created: { paid: 'succeeded' },
  pending: { paid: 'succeeded' },
  processing: { paid: 'succeeded' },
  succeeded: { paid: 'late' },
  failed: { paid: 'late' },
  closed: { paid: 'late' },
}

describe.each([
  ['its current order', inStatus, OF_CURRENT],
  ['an order that was given up', withOldOrder, OF_OTHER],
] as const)('news about %s', (_, make, expected) => {
  for (const status of PAYMENT_STATUSES) {
    for (const [name, news] of Object.entries(NEWS)) {
      const end = expected[status][name]
      test(`${name} when ${status}: ${end ?? 'nothing moves'}, however often`, async () => {
        const { id, attempt } = await make(status)
        const before = await f.paymentRow(id)
        await tell(attempt, news(attempt))
        await tell(attempt, news(attempt))
        const isLate = end === 'late'
        const after = await f.paymentRow(id)
        expect(after.status).toBe(isLate || end === undefined ? before.status : end)
        expect((await f.lateOf(id)).length).toBe(isLate ? 1 : 0)
        expect((await f.entriesOf(id)).length).toBe(after.status === 'succeeded' ? 2 : 0)
        // Each move told once.
        const types = await f.eventTypes(id)
        expect(new Set(types).size).toBe(types.length)
      })
    }
  }
})

describe('an attempt', () => {
  const account = (attempt: PaymentAttempt) => f.accounts.get('', false, attempt.channel_account_id)
  const TELL: Record<AttemptTrigger, (attempt: PaymentAttempt) => Promise<unknown>> = {
    placed: (attempt) => f.record.placed(attempt, { type: 'show_qr', code_url: 'x' }),
    in_doubt: (attempt) => f.record.inDoubt(attempt),
    refused: (attempt) => f.record.refused(attempt, 'x', 'x'),
    closed: (attempt) => f.record.closed(attempt),
    confirmed: async (attempt) => f.record.paid(attempt, await account(attempt), paid(attempt)),
  }

  for (const status of PAYMENT_STATUSES) {
    for (const trigger of ATTEMPT_TRIGGERS) {
      const end = nextAttemptStatus(status, trigger)
      test(`that is ${status} ${end ? `becomes ${end}` : 'stays'} when ${trigger}`, async () => {
        const { id, attempt } = await inStatus(status)
        expect(attempt.status).toBe(status)
        // Told by somebody who read the row long ago: only the locked row counts.
        await TELL[trigger]({ ...attempt, status: 'created' })
        expect((await f.attemptOf(id)).status).toBe(end ?? status)
      })
    }
  }
})

describe('the app that closes a payment', () => {
  const ends: Record<PaymentStatus, string> = {
    created: 'closed',
    pending: 'closed',
    processing: 'payment_in_doubt',
    succeeded: 'payment_not_closable',
    failed: 'payment_not_closable',
    closed: 'closed',
  }
  test.each(PAYMENT_STATUSES)('that is %s', async (status) => {
    const { id } = await inStatus(status)
    const end = await f.payments.close(caller, id).then(
      (payment) => payment.status,
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    )
    expect(end).toBe(ends[status])
    if (end !== 'closed') expect((await f.paymentRow(id)).status).toBe(status)
  })

  test('races with its money: one of them wins, and no fen is lost', async () => {
    for (let round = 0; round < 8; round++) {
      const { id, attempt } = await inStatus('pending')
      await Promise.allSettled([f.payments.close(caller, id), tell(attempt, paid(attempt))])
      await expectBookedOnce(id)
    }
  })
})

describe('the end of the time to pay', () => {
  const ends: Record<PaymentStatus, PaymentStatus> = {
    created: 'closed',
    pending: 'closed',
    processing: 'failed',
    succeeded: 'succeeded',
    failed: 'failed',
    closed: 'closed',
  }
  test.each(PAYMENT_STATUSES)('of a payment that is %s', async (status) => {
    const { id, attempt } = await inStatus(status)
    f.clock.advance(EXPIRY_MS)
    await f.expireJob.run()
    await askAbout(attempt)
    expect((await f.paymentRow(id)).status).toBe(ends[status])
  })

  test('races with its money: one of them wins, and no fen is lost', async () => {
    for (let round = 0; round < 8; round++) {
      const { id, attempt } = await inStatus('pending')
      f.clock.advance(EXPIRY_MS)
      await Promise.all([askAbout(attempt), f.expireJob.run(), tell(attempt, paid(attempt))])
      await expectBookedOnce(id)
    }
  })
})

describe('a crash while money is booked', () => {
  const whats: [string, (id: string, attempt: PaymentAttempt) => Promise<unknown>, string[]][] = [
    ['of a payment', async () => {}, ['succeeded', 'paid']],
    ['that came late', (_, attempt) => tell(attempt, { kind: 'closed' }), ['closed', 'late']],
  ]
  test.each(whats)(
    '%s leaves nothing half done, and the next word of it books',
    async (_, prepare, [status, kind]) => {
      const { id, attempt } = await inStatus('pending')
      await prepare(id, attempt)
      const before = await f.paymentRow(id)
      const broken = jest.spyOn(LedgerService.prototype, 'postAll')
      broken.mockRejectedValue(new Error('the process died'))
      await expect(tell(attempt, paid(attempt))).rejects.toThrow('died')
      broken.mockRestore()
      expect(await f.paymentRow(id)).toEqual(before)
      expect((await f.attemptOf(id)).status).not.toBe('succeeded')
      expect(await f.lateOf(id)).toEqual([])
      f.channel.onQuery = () => paid(attempt)
      await f.attempts.ask(attempt)
      expect((await f.paymentRow(id)).status).toBe(status)
      expect((await f.lateOf(id)).length).toBe(kind === 'late' ? 1 : 0)
      await expectBookedOnce(id)
    },
  )
})

/** The money of one order is there once: as the payment's, or in suspense and on its way back. */
async function expectBookedOnce(id: string): Promise<void> {
  const { status } = await f.paymentRow(id)
  const late = await f.lateOf(id)
  expect([status, late.length]).toEqual(status === 'succeeded' ? [status, 0] : [status, 1])
  expect(await f.entriesOf(status === 'succeeded' ? id : (late[0]?.id ?? ''))).toHaveLength(2)
}

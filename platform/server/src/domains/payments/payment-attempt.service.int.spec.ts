import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'

const GRACE_MS = 60_000
const EXPIRY_MS = 30 * 60_000

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

/** One run of the job, as the worker runs it. */
async function askAbout(paymentId: string) {
  const { institution_id, livemode, id } = await f.attemptOf(paymentId)
  await f.queryJob.run({ institution_id, livemode, attempt_id: id })
  return (await f.paymentRow(paymentId)).status
}

/** A payment whose order was sent, and whose answer we never recorded. */
async function died(): Promise<string> {
  f.channel.onPlace = () => {
    throw new Error('the process died')
  }
  return (await f.pending(caller)).id
}

async function inDoubt(): Promise<string> {
  f.channel.onPlace = () => ({ kind: 'unknown', reason: 'timeout' })
  return (await f.pending(caller)).id
}

describe('lost orders', () => {
  test('are booked when the notification was lost', async () => {
    const { id } = await f.pending(caller)
    const attempt = await f.attemptOf(id)
    f.channel.onQuery = () => paid(attempt)
    expect(await askAbout(id)).toBe('succeeded')
  })

  test('are booked when we died before the answer', async () => {
    const id = await died()
    const attempt = await f.attemptOf(id)
    f.channel.onQuery = () => paid(attempt)
    expect(await askAbout(id)).toBe('succeeded')
  })

  test('are asked about again and again, the next round being queued before this one', async () => {
    const { id } = await f.pending(caller)
    const attempt = await f.attemptOf(id)
    f.channel.onQuery = async () => {
      expect(await f.attemptOf(id)).toMatchObject({ query_count: 1 })
      throw new Error('broken')
    }
    expect(await askAbout(id)).toBe('pending')
    expect(await f.jobOf(`payment-query:${attempt.id}`)).not.toBeNull()
  })

  test('are left alone once they have ended', async () => {
    const { id } = await f.pending(caller)
    await f.payments.close(caller, id)
    const before = f.channel.queried.length
    expect(await askAbout(id)).toBe('closed')
    expect(f.channel.queried.length).toBe(before)
  })

  test.each([
    ['created', died],
    ['processing', inDoubt],
  ])(
    'that the channel does not know fail after a grace when %s, not before',
    async (status, make) => {
      const id = await make()
      f.channel.onQuery = () => ({ kind: 'not_found' })
      expect(await askAbout(id)).toBe(status)
      f.clock.advance(GRACE_MS)
      expect(await askAbout(id)).toBe('failed')
      expect(await f.paymentRow(id)).toMatchObject({ failure_code: 'order_not_placed' })
    },
  )

  test('that the channel has are not closed while our own call may be under way', async () => {
    const id = await died()
    expect(await askAbout(id)).toBe('created')
    expect(f.channel.closed).not.toContain((await f.attemptOf(id)).channel_order_no)
    f.clock.advance(GRACE_MS)
    expect(await askAbout(id)).toBe('closed')
  })

  test('whose code never reached the payer are closed, and fail', async () => {
    const id = await inDoubt()
    expect(await askAbout(id)).toBe('failed')
    expect(await f.paymentRow(id)).toMatchObject({ failure_code: 'order_closed' })
  })

  test('stay in doubt for as long as the channel says nothing clear', async () => {
    const id = await inDoubt()
    f.channel.onQuery = () => ({ kind: 'unknown', reason: 'a new word' })
    f.clock.advance(10 * GRACE_MS)
    expect(await askAbout(id)).toBe('processing')
  })
})

describe('a placed order', () => {
  test('stays open until its time is over, and is closed then', async () => {
    const { id } = await f.pending(caller)
    f.clock.advance(EXPIRY_MS - 1)
    expect(await askAbout(id)).toBe('pending')
    f.clock.advance(1)
    expect(await askAbout(id)).toBe('closed')
  })

  test('that is paid while it is closed is booked', async () => {
    const { id } = await f.pending(caller)
    const attempt = await f.attemptOf(id)
    f.clock.advance(EXPIRY_MS)
    f.channel.onClose = () => {
      f.channel.onQuery = () => paid(attempt)
      return { kind: 'already_paid' }
    }
    expect(await askAbout(id)).toBe('succeeded')
  })

  test('is not given up when the channel cannot close it', async () => {
    const { id } = await f.pending(caller)
    f.clock.advance(EXPIRY_MS)
    f.channel.onClose = () => ({ kind: 'unknown', reason: 'timeout' })
    expect(await askAbout(id)).toBe('pending')
  })

  test('that the channel has forgotten ends after its time, not before', async () => {
    const { id } = await f.pending(caller)
    f.channel.onQuery = () => ({ kind: 'not_found' })
    f.clock.advance(EXPIRY_MS)
    expect(await askAbout(id)).toBe('pending')
    f.clock.advance(GRACE_MS)
    expect(await askAbout(id)).toBe('closed')
  })
})

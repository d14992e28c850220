import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'

let f: PaymentFixture
let caller: Caller
beforeAll(async () => {
  f = await makePaymentFixture()
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

const pendings = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) => f.pending(caller, { amount: 1_000 + index })),
  )

/** The channel's word, as a notification or a query brings it. */
async function tell(paymentId: string, changes: Parameters<typeof paid>[1] = {}) {
  const attempt = await f.attemptOf(paymentId)
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  return f.record.paid(attempt, account, paid(attempt, changes))
}

describe('successes that come together', () => {
  test('are each recorded once: status, ledger and event', async () => {
    const payments = await pendings(40)
    const results = await Promise.all(payments.map(({ id }) => tell(id)))
    expect(new Set(results)).toEqual(new Set(['recorded']))
    for (const { id, amount } of payments) {
      expect(await f.paymentRow(id)).toMatchObject({ status: 'succeeded', next_action: null })
      expect(await f.entriesOf(id)).toEqual([
        expect.stringMatching(`^debit channel_clearing:cha_\\w+ ${amount}$`),
        `credit department_payable:${caller.department_id} ${amount}`,
      ])
      expect((await f.eventTypes(id)).filter((type) => type === 'payment.succeeded')).toHaveLength(
        1,
      )
    }
  })

  test('and twice are booked once; the others learn that it is known', async () => {
    const payments = await pendings(10)
    const results = await Promise.all(payments.flatMap(({ id }) => [tell(id), tell(id), tell(id)]))
    expect(results.filter((result) => result === 'recorded')).toHaveLength(10)
    expect(results.filter((result) => result === 'known')).toHaveLength(20)
    for (const { id } of payments) expect(await f.entriesOf(id)).toHaveLength(2)
  })

  test('that disagree are not believed, and cost their neighbours nothing', async () => {
    const [first, liar, last] = await pendings(3)
    if (!first || !liar || !last) throw new Error('there are three')
    const results = await Promise.all([
      tell(first.id),
      tell(liar.id, { amount: { minor: 1n, currency: 'CNY' } }),
      tell(last.id),
    ])
    expect(results).toEqual(['recorded', 'disagrees', 'recorded'])
    expect(await f.entriesOf(liar.id)).toEqual([])
  })

  test('go on one by one when they cannot be written together', async () => {
    const payments = await pendings(5)
    const [blocked] = payments
    // Somebody booked this one already, with another amount: its posting conflicts, and only its own.
    await f.database.transaction((tx) =>
      f.ledger.post(tx, {
        institution_id: caller.institution_id,
        livemode: caller.livemode,
        kind: 'payment',
        source_id: blocked?.id ?? '',
        description: '',
        currency: 'CNY',
        posted_at: new Date(),
        entries: [
          { account: { code: 'suspense', type: 'liability' }, direction: 'debit', amount: 1n },
          {
            account: { code: `department_payable:${caller.department_id}`, type: 'liability' },
            direction: 'credit',
            amount: 1n,
          },
        ],
      }),
    )
    const results = await Promise.allSettled(payments.map(({ id }) => tell(id)))
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      ...Array.from({ length: 4 }, () => 'fulfilled'),
    ])
    // So that the books of this file are in order again.
    await f.database.query('alter table ledger_entries disable trigger user')
    await f.database.query('alter table ledger_transactions disable trigger user')
    const source = [blocked?.id]
    await f.database.query(
      `delete from ledger_entries where transaction_id =
         (select id from ledger_transactions where source_id = $1)`,
      source,
    )
    await f.database.query(
      `delete from ledger_unsealed where transaction_id =
         (select id from ledger_transactions where source_id = $1)`,
      source,
    )
    await f.database.query('delete from ledger_transactions where source_id = $1', source)
    await f.database.query('alter table ledger_entries enable trigger user')
    await f.database.query('alter table ledger_transactions enable trigger user')
    expect(await tell(blocked?.id ?? '')).toBe('recorded')
  })

  test('and bills of checkouts are settled the general way, beside the plain ones', async () => {
    const { bills, checkout } = await f.billsCheckout(caller, [300])
    const collected = await f.create(caller, { checkout: checkout.id, channel: 'wechatpay' })
    const plain = await pendings(5)
    const all = [...plain.map(({ id }) => id), collected.id]
    expect(new Set(await Promise.all(all.map((id) => tell(id))))).toEqual(new Set(['recorded']))
    const [bill] = bills
    expect(await f.row(bill?.id ?? '')).toMatchObject({ status: 'paid', amount_paid: 300n })
  })

  test('race with closing: each payment ends in one way, and its money is somewhere', async () => {
    const payments = await pendings(15)
    const closing = payments.map(async ({ id }) => {
      const attempt = await f.attemptOf(id)
      await f.record.closed(attempt)
    })
    const results = await Promise.all(payments.map(({ id }) => tell(id)))
    await Promise.all(closing)
    for (const [index, { id }] of payments.entries()) {
      const { status } = await f.paymentRow(id)
      expect([status, results[index]]).toEqual(
        status === 'succeeded' ? ['succeeded', 'recorded'] : ['closed', 'late'],
      )
      expect(await f.lateOf(id)).toHaveLength(status === 'succeeded' ? 0 : 1)
    }
  })
})

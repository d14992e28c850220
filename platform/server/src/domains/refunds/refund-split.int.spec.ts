import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { withNewKey } from '../../../test/support/callers.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { splitsOf } from '../payments/payment-split.rules.js'
import { makeRefundFixture, type RefundFixture } from './refund.fixture.js'
import { CreateRefund } from './refund.schema.js'

const LIBRARY = newId('dept')
const LAB = newId('dept')

let at: RefundFixture
let caller: Caller
beforeAll(async () => {
  at = await makeRefundFixture()
})
afterAll(() => at.db.drop())
beforeEach(async () => {
  caller = (await at.tenant()).caller
})

/** A succeeded payment of one bill that was split by these shares. */
async function splitPayment(amount: bigint, shares: readonly number[]): Promise<string> {
  const { id } = await at.payment(caller, { bills: [amount] })
  const departments = [caller.department_id, LIBRARY, LAB]
  const split = shares.map((share, index) => ({ department: departments[index] ?? '', share }))
  for (const row of splitsOf(amount, split)) {
    await at.database.prisma.payment_split.create({
      data: {
        institution_id: caller.institution_id,
        livemode: caller.livemode,
        payment_id: id,
        item_position: 0,
        ...row,
      },
    })
  }
  return id
}

async function refund(payment: string, amount: bigint) {
  const body = CreateRefund.parse({ payment, out_refund_no: newId('req'), amount: Number(amount) })
  return (await at.refunds.create(withNewKey(caller), body)).body
}

const splitsOfPayment = (payment: string) =>
  at.database.query<{ amount: bigint; amount_refunded: bigint }>(
    'select amount, amount_refunded from payment_splits where payment_id = $1 order by position',
    [payment],
  )

/** What the ledger took from departments in all refunds of this payment. */
const takenOf = (payment: string) =>
  at.database.query<{ account_code: string; amount: bigint }>(
    `select entry.account_code, sum(entry.amount)::bigint as amount
       from refunds as refund
       join ledger_transactions as txn on txn.source_id = refund.id
       join ledger_entries as entry on entry.transaction_id = txn.id
      where refund.payment_id = $1 and entry.direction = 'debit'
      group by entry.account_code order by entry.account_code`,
    [payment],
  )

describe('refunds of a payment that was split', () => {
  test('take back from every department, and in the end exactly what each got', async () => {
    const payment = await splitPayment(10n, [6, 6, 2])
    await refund(payment, 3n)
    await refund(payment, 7n)
    const rows = await splitsOfPayment(payment)
    expect(rows.map(({ amount, amount_refunded }) => [amount, amount_refunded])).toEqual([
      [4n, 4n],
      [4n, 4n],
      [2n, 2n],
    ])
    const taken = new Map((await takenOf(payment)).map((row) => [row.account_code, row.amount]))
    expect(taken.get(`department_payable:${caller.department_id}`)).toBe(4n)
    expect(taken.get(`department_payable:${LIBRARY}`)).toBe(4n)
    expect(taken.get(`department_payable:${LAB}`)).toBe(2n)
  })

  test('shows the refund as before: parts of bills, not of departments', async () => {
    const payment = await splitPayment(100n, [1, 1])
    const { items } = await refund(payment, 50n)
    expect(items).toEqual([
      { bill: expect.any(String), department: caller.department_id, amount: 50 },
    ])
  })

  test('give free what they held when the channel refuses', async () => {
    const payment = await splitPayment(9n, [1, 2])
    at.channel.refundScripts.push(() => ({ kind: 'failed', code: 'NO', message: 'no' }))
    expect(await refund(payment, 9n)).toMatchObject({ status: 'failed' })
    expect((await splitsOfPayment(payment)).map((row) => row.amount_refunded)).toEqual([0n, 0n])
    expect(await refund(payment, 9n)).toMatchObject({ status: 'succeeded' })
    expect((await splitsOfPayment(payment)).map((row) => row.amount_refunded)).toEqual([3n, 6n])
  })

  test('of any sizes at once never take more from a department than it got', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 2, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 }),
        async (amount, shares, wanted) => {
          const payment = await splitPayment(BigInt(amount), shares)
          await Promise.allSettled(wanted.map((part) => refund(payment, BigInt(part))))
          const { amount_refunded } = await at.amountsOf(payment)
          const rest = BigInt(amount) - amount_refunded
          if (rest > 0n) await refund(payment, rest)
          for (const row of await splitsOfPayment(payment)) {
            expect(row.amount_refunded).toBe(row.amount)
          }
        },
      ),
      { numRuns: 12 },
    )
  }, 60_000)
})

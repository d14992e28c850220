import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { LedgerRepository } from '../../domains/ledger/ledger.repository.js'
import { LedgerService } from '../../domains/ledger/ledger.service.js'
import { LedgerSealRepository } from '../../domains/ledger/ledger-seal.repository.js'
import { IDS, writeBooks } from './books.fixture.js'
import { checkBooks, checkInvariants, INVARIANTS } from './books-check.js'
import { DEFECTS } from './books-defects.fixture.js'
import type { BooksReport } from './invariant.types.js'

describe('check of the books', () => {
  let testDatabase: TestDatabase
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    const { database } = testDatabase
    const ledger = new LedgerService(new LedgerRepository(database))
    await database.transaction((tx) => writeBooks(tx, ledger, new LedgerSealRepository(database)))
  })
  afterAll(() => testDatabase.drop())

  /** Breaks the books in a transaction that never commits, and says what the check found in it. */
  const checkAfter = async (statements: readonly string[]): Promise<BooksReport> => {
    let report: BooksReport | undefined
    const undone = new Error('undone')
    const running = testDatabase.database.transaction(async (tx) => {
      for (const statement of statements) await tx.query(statement)
      report = await checkInvariants(tx)
      throw undone
    })
    await expect(running).rejects.toBe(undone)
    if (!report) throw new Error('the check did not run')
    return report
  }

  test('finds nothing in books that are in order, having looked at all of them', async () => {
    const seen: string[] = []
    const report = await checkBooks(testDatabase.database, (result) => seen.push(result.id))
    expect(report.invariants.flatMap((result) => result.problems)).toEqual([])
    expect(report.ok).toBe(true)
    expect(report.invariants.map((result) => [result.id, result.checked])).toEqual([
      ['I1', 12],
      ['I2', 6],
      ['I3', 4],
      ['I4', 12],
      ['I5', 10],
      ['I6', 23],
    ])
    expect(seen).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6'])
  })

  test('finds nothing in an empty database', async () => {
    const empty = await createTestDatabase()
    try {
      expect((await checkBooks(empty.database)).ok).toBe(true)
    } finally {
      await empty.drop()
    }
  })

  test.each(DEFECTS.map((defect) => [defect.title, defect] as const))(
    'finds %s',
    async (_, { plant, found }) => {
      const report = await checkAfter(plant)
      expect(report.ok).toBe(false)
      expect(rulesOf(report)).toEqual(found)
    },
  )

  test('has a planted defect for every rule there is', () => {
    const planted = new Set(DEFECTS.flatMap((defect) => defect.found))
    const all = INVARIANTS.flatMap(({ id, rules }) => rules.map((rule) => `${id} ${rule.name}`))
    expect(all.filter((rule) => !planted.has(rule))).toEqual([])
  })

  test('names the offending row with its ids and amounts', async () => {
    const report = await checkAfter([
      `update bills set amount_reserved = 7 where id = '${IDS.bills[1]}'`,
    ])
    const [problem] = report.invariants.flatMap((result) => result.problems)
    expect(problem).toEqual({
      rule: 'bill_sums_differ',
      institution_id: IDS.institution,
      livemode: true,
      bill_id: IDS.bills[1],
      amount: 500n,
      amount_paid: 300n,
      payments_succeeded: 300n,
      amount_refunded: 0n,
      refunds_succeeded: 0n,
      amount_reserved: 7n,
      payments_under_way: 0n,
    })
  })

  test('names the first transaction of a chain that was altered', async () => {
    const report = await checkAfter([
      'alter table ledger_transactions disable trigger user',
      `update ledger_transactions set business_date = '2026-01-01'`,
      'alter table ledger_transactions enable trigger user',
    ])
    const broken = report.invariants.flatMap(({ problems }) => problems)
    const [first] = await testDatabase.database.query<{ transaction_id: string }>(
      'select transaction_id from ledger_chain where position = 1',
    )
    expect(broken).toEqual([
      expect.objectContaining({ rule: 'chain_broken', position: 1n, ...first }),
    ])
  })

  test('shows the first hundred of many problems and counts them all', async () => {
    const report = await checkAfter([
      `insert into ledger_transactions
         select '${IDS.institution}', true, 'txn_' || n, 'payment', 'pay_' || n, '', now(), now()
           from generate_series(1, 250) as n`,
    ])
    const [first] = report.invariants
    expect(first?.problem_count).toBe(250)
    expect(first?.problems).toHaveLength(100)
  })
})

function rulesOf(report: BooksReport): string[] {
  const rules = report.invariants.flatMap(({ id, problems }) =>
    problems.map((problem) => `${id} ${problem.rule}`),
  )
  return [...new Set(rules)]
}

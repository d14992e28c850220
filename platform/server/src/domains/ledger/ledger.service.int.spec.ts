import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { newId } from '../../kernel/id.js'
import { channelClearing, departmentPayable, suspense } from './ledger.accounts.js'
import { LedgerRepository } from './ledger.repository.js'
import { LedgerService } from './ledger.service.js'
import type { LedgerPosting, LedgerPostingEntry } from './ledger.types.js'

describe('ledger service', () => {
  let testDatabase: TestDatabase
  let ledger: LedgerService
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    ledger = new LedgerService(new LedgerRepository(testDatabase.database))
  })
  afterAll(() => testDatabase.drop())

  const post = (posting: LedgerPosting) =>
    testDatabase.database.transaction((tx) => ledger.post(tx, posting))
  const count = async (table: string, institutionId: string) => {
    const [row] = await testDatabase.database.query<{ count: bigint }>(
      `select count(*) as count from ${table} where institution_id = $1`,
      [institutionId],
    )
    return Number(row?.count)
  }

  test('books a balanced posting with its accounts, on the business day of the institution', async () => {
    const posting = paymentOf(300n, { posted_at: new Date('2026-11-22T16:30:00Z') })
    expect(await post(posting)).toBe('posted')
    const transactions = await testDatabase.database.query(
      `select kind, source_id, description, business_date::text from ledger_transactions
        where institution_id = $1`,
      [posting.institution_id],
    )
    expect(transactions).toEqual([
      {
        kind: 'payment',
        source_id: posting.source_id,
        description: 'Tuition',
        // Half past midnight in Shanghai.
        business_date: '2026-11-23',
      },
    ])
    expect(await ledger.balances(posting)).toEqual([
      expect.objectContaining({ type: 'asset', currency: 'CNY', debits: 300n, credits: 0n }),
      expect.objectContaining({ type: 'liability', debits: 0n, credits: 300n }),
    ])
  })

  test('uses the time zone it is given', async () => {
    const posted_at = new Date('2026-11-22T23:30:00Z')
    const posting = paymentOf(1n, { posted_at, time_zone: 'Europe/London' })
    await post(posting)
    const [row] = await testDatabase.database.query(
      'select business_date::text from ledger_transactions where institution_id = $1',
      [posting.institution_id],
    )
    expect(row).toEqual({ business_date: '2026-11-22' })
  })

  test('does nothing when the same change is posted again', async () => {
    const posting = paymentOf(500n)
    expect(await post(posting)).toBe('posted')
    expect(await post({ ...posting, description: 'again' })).toBe('already_posted')
    expect(await count('ledger_transactions', posting.institution_id)).toBe(1)
    expect(await count('ledger_entries', posting.institution_id)).toBe(2)
  })

  test('books several at once, each once, and notices what was booked before', async () => {
    const [first, second] = [paymentOf(10n), paymentOf(20n)]
    const tenant = { institution_id: first.institution_id, livemode: first.livemode }
    const third = { ...paymentOf(30n), ...tenant }
    const all = [first, { ...second, ...tenant }, third]
    await post(third)
    const postAll = (postings: readonly LedgerPosting[]) =>
      testDatabase.database.transaction((tx) => ledger.postAll(tx, tenant, postings))
    expect(await postAll(all)).toEqual(['posted', 'posted', 'already_posted'])
    expect(await postAll(all)).toEqual(Array.from({ length: 3 }, () => 'already_posted'))
    expect(await postAll([])).toEqual([])
    expect(await count('ledger_entries', first.institution_id)).toBe(6)
    await expect(
      postAll([{ ...first, ...paymentOf(11n), ...tenant, source_id: first.source_id }]),
    ).rejects.toMatchObject({ code: 'ledger_posting_conflict' })
    await expect(postAll([paymentOf(1n)])).rejects.toThrow('one institution')
  })

  test('batches of the same postings in opposite orders do not wait for each other for ever', async () => {
    const first = paymentOf(1n)
    const tenant = { institution_id: first.institution_id, livemode: first.livemode }
    for (let round = 0; round < 10; round++) {
      const all = Array.from({ length: 8 }, (_, n) => ({ ...paymentOf(BigInt(n + 1)), ...tenant }))
      const postAll = (postings: readonly LedgerPosting[]) =>
        testDatabase.database.transaction((tx) => ledger.postAll(tx, tenant, postings))
      const results = await Promise.all([postAll(all), postAll(all.toReversed())])
      const posted = results.flat().filter((result) => result === 'posted')
      expect(posted).toHaveLength(8)
    }
  })

  test('books 50 posts of the same source at once exactly once', async () => {
    const posting = paymentOf(700n)
    const results = await Promise.all(Array.from({ length: 50 }, () => post(posting)))
    expect(results.filter((result) => result === 'posted')).toHaveLength(1)
    expect(results.filter((result) => result === 'already_posted')).toHaveLength(49)
    expect(await count('ledger_entries', posting.institution_id)).toBe(2)
  })

  test('books 60 posts that make the same new accounts at once, in any order of entries', async () => {
    const first = paymentOf(10n)
    const departments = Array.from({ length: 6 }, () => departmentPayable(newId('dept')))
    const clearing = channelClearing(newId('cha'))
    const postings = Array.from({ length: 60 }, (_, index) => {
      const turned = [...departments.slice(index % 6), ...departments.slice(0, index % 6)]
      const entries: LedgerPostingEntry[] = [
        { account: clearing, direction: 'debit', amount: 6n },
        ...turned.map((account) => ({ account, direction: 'credit' as const, amount: 1n })),
      ]
      return { ...first, source_id: newId('pay'), entries: index % 2 ? entries : entries.reverse() }
    })
    expect(new Set(await Promise.all(postings.map(post)))).toEqual(new Set(['posted']))
    const balances = await ledger.balances(first)
    expect(balances.find((row) => row.account_code === clearing.code)?.debits).toBe(360n)
    for (const { code } of departments) {
      expect(balances.find((row) => row.account_code === code)?.credits).toBe(60n)
    }
  })

  test('refuses other entries under a source that is booked', async () => {
    const posting = paymentOf(900n)
    await post(posting)
    const other = { ...posting, entries: paymentOf(901n).entries }
    await expect(post(other)).rejects.toMatchObject({ code: 'ledger_posting_conflict' })
  })

  test('keeps nothing when the step it belongs to fails', async () => {
    const posting = paymentOf(100n)
    const failing = testDatabase.database.transaction(async (tx) => {
      await ledger.post(tx, posting)
      throw new Error('crash')
    })
    await expect(failing).rejects.toThrow('crash')
    expect(await count('ledger_transactions', posting.institution_id)).toBe(0)
    expect(await count('ledger_accounts', posting.institution_id)).toBe(0)
    expect(await post(posting)).toBe('posted')
  })

  test('keeps modes and institutions apart, also for one source', async () => {
    const posting = paymentOf(40n)
    expect(await post(posting)).toBe('posted')
    expect(await post({ ...posting, livemode: true })).toBe('posted')
    expect(await post({ ...posting, institution_id: newId('inst') })).toBe('posted')
    expect((await ledger.balances(posting)).map((row) => row.debits + row.credits)).toEqual([
      40n,
      40n,
    ])
  })

  test('books the same source once per kind', async () => {
    const late = newId('late')
    const clearing = channelClearing(newId('cha'))
    const arrived = paymentOf(5n, {
      kind: 'late_success',
      source_id: late,
      entries: [
        { account: clearing, direction: 'debit', amount: 5n },
        { account: suspense(), direction: 'credit', amount: 5n },
      ],
    })
    const returned: LedgerPosting = {
      ...arrived,
      kind: 'late_success_refund',
      entries: [
        { account: suspense(), direction: 'debit', amount: 5n },
        { account: clearing, direction: 'credit', amount: 5n },
      ],
    }
    expect([await post(arrived), await post(returned)]).toEqual(['posted', 'posted'])
    for (const row of await ledger.balances(arrived)) expect(row.debits).toBe(row.credits)
  })

  test('refuses an unbalanced posting before it reaches the database', async () => {
    const posting = paymentOf(10n)
    const [debit, credit] = posting.entries
    if (!debit || !credit) throw new Error('a payment has two entries')
    const broken = { ...posting, entries: [debit, { ...credit, amount: 9n }] }
    await expect(post(broken)).rejects.toThrow('does not balance')
  })

  describe('the database itself', () => {
    test('refuses entries that do not balance, whoever adds them', async () => {
      const posting = paymentOf(10n)
      await post(posting)
      const adding = testDatabase.database.query(
        `insert into ledger_entries
         select institution_id, livemode, transaction_id, 9, account_code, currency, 'debit', 1
           from ledger_entries where institution_id = $1 limit 1`,
        [posting.institution_id],
      )
      await expect(adding).rejects.toThrow('does not balance')
    })

    test.each([
      `update ledger_entries set amount = amount + 1`,
      `update ledger_transactions set description = 'other'`,
      `delete from ledger_entries`,
      `delete from ledger_transactions`,
      `truncate ledger_entries`,
      `truncate ledger_transactions cascade`,
    ])('refuses: %s', async (sql) => {
      await expect(testDatabase.database.query(sql)).rejects.toThrow('append-only')
    })
  })
})

function paymentOf(amount: bigint, changes: Partial<LedgerPosting> = {}): LedgerPosting {
  return {
    institution_id: newId('inst'),
    livemode: false,
    kind: 'payment',
    source_id: newId('pay'),
    description: 'Tuition',
    currency: 'CNY',
    posted_at: new Date(),
    entries: [
      { account: channelClearing(newId('cha')), direction: 'debit', amount },
      { account: departmentPayable(newId('dept')), direction: 'credit', amount },
    ],
    ...changes,
  }
}

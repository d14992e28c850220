import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { newId } from '../../kernel/id.js'
import { toMajorText } from '../../kernel/money.js'
import { channelClearing, departmentPayable } from './ledger.accounts.js'
import { LedgerRepository } from './ledger.repository.js'
import { LedgerService } from './ledger.service.js'
import { accountName } from './ledger-journal.format.js'
import { LedgerJournalService } from './ledger-journal.service.js'

const hasHledger = spawnSync('hledger', ['--version']).status === 0

const INSTITUTIONS = [newId('inst'), newId('inst')]
const DEPARTMENTS = [newId('dept'), newId('dept')]
const CLEARING = channelClearing(newId('cha'))
const POSTINGS = 2_345

describe('ledger journal', () => {
  let testDatabase: TestDatabase
  let ledger: LedgerService
  let journals: LedgerJournalService
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    const { database } = testDatabase
    ledger = new LedgerService(new LedgerRepository(database))
    journals = LedgerJournalService.on(database)
  })
  afterAll(() => testDatabase.drop())

  const exportText = async () => {
    const pieces: string[] = []
    const summary = await journals.export(async (text) => {
      pieces.push(text)
    })
    return { text: pieces.join(''), summary, pieces: pieces.length }
  }

  test('an empty ledger is an empty journal', async () => {
    const { text, summary } = await exportText()
    expect(summary).toEqual({ accounts: 0, transactions: 0 })
    expect(text).toMatch(/^; .*\n$/)
  })

  describe('of a ledger of several pages, institutions and modes', () => {
    beforeAll(() => postMany(testDatabase, () => ledger))

    test('holds every transaction once', async () => {
      const { text, summary, pieces } = await exportText()
      expect(summary).toEqual({ accounts: 12, transactions: POSTINGS })
      expect(pieces).toBeGreaterThan(4)
      const ids = text.match(/^ {4}; txn: txn_\w+/gm) ?? []
      expect(new Set(ids).size).toBe(POSTINGS)
      expect(ids).toHaveLength(POSTINGS)
    })

    test('stops with an error of its own when it cannot be written, and does not start over', async () => {
      let calls = 0
      const failing = journals.export(async () => {
        calls++
        throw Object.assign(new Error('disk full'), { code: '40001' })
      })
      await expect(failing).rejects.toMatchObject({ code: 'ledger_export_interrupted' })
      expect(calls).toBe(1)
    })

    const testWithHledger = hasHledger ? test : test.skip
    testWithHledger('satisfies `hledger check` (skipped where hledger is missing)', async () => {
      const { text } = await exportText()
      expect(hledger(text, ['check', '--strict'])).toBe('')
    })

    testWithHledger('has the balances we have (skipped where hledger is missing)', async () => {
      const { text } = await exportText()
      const csv = hledger(text, ['balance', '--flat', '--empty', '--no-total', '-O', 'csv'])
      const theirs = csv.trim().replaceAll('"', '').split('\n').slice(1).sort()
      expect(theirs).toEqual((await ourBalances(ledger)).sort())
      expect(theirs).toHaveLength(12)
    })

    testWithHledger('fails `hledger check` when an amount was altered on the way', async () => {
      const { text } = await exportText()
      const altered = text
        .replace(/(assets:\S+ {2})\d+\.\d\d CNY/, '$1999999.99 CNY')
        .replace(/(liabilities:\S+ {2})-\d+\.\d\d CNY/, '$1-999999.99 CNY')
      expect(() => hledger(altered, ['check'])).toThrow('balance assertion')
    })
  })
})

async function postMany(testDatabase: TestDatabase, ledger: () => LedgerService): Promise<void> {
  const tenants = INSTITUTIONS.flatMap((institution_id) =>
    [true, false].map((livemode) => ({ institution_id, livemode })),
  )
  await testDatabase.database.transaction(async (tx) => {
    for (let index = 0; index < POSTINGS; index++) {
      const tenant = tenants[index % tenants.length]
      const department = DEPARTMENTS[(index >> 3) % DEPARTMENTS.length]
      if (!tenant || !department) throw new Error('there are tenants and departments')
      const amount = BigInt(1 + ((index * 7919) % 100_000))
      const isRefund = index % 5 === 4
      await ledger().post(tx, {
        ...tenant,
        kind: isRefund ? 'refund' : 'payment',
        source_id: newId(isRefund ? 'ref' : 'pay'),
        description: `学费 ${index}; (first) | "half"`,
        currency: 'CNY',
        posted_at: new Date(Date.UTC(2026, 10, 1) + index * 600_000),
        entries: [
          { account: CLEARING, direction: isRefund ? 'credit' : 'debit', amount },
          {
            account: departmentPayable(department),
            direction: isRefund ? 'debit' : 'credit',
            amount,
          },
        ],
      })
    }
  })
}

async function ourBalances(ledger: LedgerService): Promise<string[]> {
  const rows: string[] = []
  for (const institution_id of INSTITUTIONS) {
    for (const livemode of [true, false]) {
      for (const row of await ledger.balances({ institution_id, livemode })) {
        const name = accountName({ institution_id, livemode, code: row.account_code, ...row })
        const balance = row.debits - row.credits
        const text = balance < 0n ? `-${toMajorText(-balance)}` : toMajorText(balance)
        rows.push(`${name},${text} ${row.currency}`)
      }
    }
  }
  return rows
}

function hledger(journal: string, args: readonly string[]): string {
  const result = spawnSync('hledger', ['-f', '-', ...args], {
    input: journal,
    encoding: 'utf8',
    // hledger reads UTF-8 only in a UTF-8 locale.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  if (result.status !== 0) throw new Error(`hledger ${args.join(' ')}: ${result.stderr}`)
  return result.stdout
}

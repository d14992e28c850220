import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { withNewKey } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { newId } from '../../kernel/id.js'
import { toMajorText } from '../../kernel/money.js'
import { channelClearing, departmentPayable } from './ledger.accounts.js'
import { LedgerFixture, paymentPosting } from './ledger.fixture.js'
import { LedgerRepository } from './ledger.repository.js'
import { LedgerService } from './ledger.service.js'
import { CreateLedgerCorrection } from './ledger-correction.schema.js'
import { accountName } from './ledger-journal.format.js'
import { LedgerJournalService, PAGE_SIZE } from './ledger-journal.service.js'

const hasHledger = spawnSync('hledger', ['--version']).status === 0

const testWithHledger = hasHledger ? test : test.skip

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

    test('is handed on in pieces of bounded size, each waited for: a ledger of any size fits', async () => {
      let isWriting = false
      let longest = 0
      await journals.export(async (text) => {
        expect(isWriting).toBe(false)
        isWriting = true
        longest = Math.max(longest, text.length)
        await new Promise((resolve) => setImmediate(resolve))
        isWriting = false
      })
      // A page of transactions: about 600 characters each.
      expect(longest).toBeLessThan(PAGE_SIZE * 1_000)
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

  describe('of corrected and sealed books', () => {
    testWithHledger('has their tags and balances (skipped where hledger is missing)', async () => {
      const fixture = new LedgerFixture(testDatabase)
      const { caller, otherAppCaller } = await fixture.callers()
      const posting = paymentPosting(caller, 12_345n)
      await fixture.post(posting)
      const [booked] = await testDatabase.database.query<{ id: string }>(
        'select id from ledger_transactions where source_id = $1',
        [posting.source_id],
      )
      const from = posting.entries[1]?.account.code ?? ''
      const asked = await fixture.corrections.create(
        withNewKey(caller),
        CreateLedgerCorrection.parse({
          transaction: booked?.id,
          kind: 'move',
          moves: [{ from, to: 'suspense', amount: 45 }],
          reason: '待查; unknown',
        }),
      )
      await fixture.corrections.approve(otherAppCaller, asked.body.id)
      await fixture.seals.seal(caller)
      const { text } = await exportText()
      expect(text).toContain(`corrects: ${booked?.id}, position: 2, hash: `)
      expect(hledger(text, ['check', '--strict'])).toBe('')
      const suspense = `institution:${caller.institution_id}:test:liabilities:suspense`
      const csv = hledger(text, ['balance', suspense, '--no-total', '-O', 'csv'])
      expect(csv).toContain('-0.45 CNY')
      const corrected = hledger(text, ['print', `tag:corrects=${booked?.id}`])
      expect(corrected).toContain(asked.body.id)
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

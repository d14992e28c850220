import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type TestTenant, withNewKey } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { departmentPayable } from './ledger.accounts.js'
import { LedgerFixture, paymentPosting } from './ledger.fixture.js'
import { CreateLedgerCorrection } from './ledger-correction.schema.js'

let testDatabase: TestDatabase
let fixture: LedgerFixture
let tenant: TestTenant
/** Asks, and another key of another app of the institution, who decides. */
let caller: Caller
let approver: Caller
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  fixture = new LedgerFixture(testDatabase)
})
beforeEach(async () => {
  tenant = await fixture.callers()
  caller = tenant.caller
  approver = tenant.otherAppCaller
})
afterAll(() => testDatabase.drop())

const own = () => departmentPayable(caller.department_id)
const other = () => departmentPayable(approver.department_id)

/** A booked transaction of a hundred, owed to the caller's department. */
async function booked(): Promise<string> {
  const [debit] = paymentPosting(caller, 100n).entries
  if (!debit) throw new Error('a payment has a debit')
  const posting = paymentPosting(caller, 100n, {
    entries: [debit, { account: own(), direction: 'credit', amount: 100n }],
  })
  await fixture.post(posting)
  const [row] = await testDatabase.database.query<{ id: string }>(
    'select id from ledger_transactions where source_id = $1',
    [posting.source_id],
  )
  if (!row) throw new Error('it was posted')
  return row.id
}

const ask = async (transaction: string, changes: object = { kind: 'reversal' }) =>
  (
    await fixture.corrections.create(
      withNewKey(caller),
      CreateLedgerCorrection.parse({ transaction, reason: '记错部门', ...changes }),
    )
  ).body
const askMove = (transaction: string, amount: number, to = other().code) =>
  ask(transaction, { kind: 'move', moves: [{ from: own().code, to, amount }] })
const balanceOf = async (code: string) => {
  const rows = await fixture.ledger.balances(caller)
  const row = rows.find(({ account_code }) => account_code === code)
  return row ? row.credits - row.debits : 0n
}

describe('a correction', () => {
  test('is booked once another key approves, as a transaction that refers to the wrong one', async () => {
    const transaction = await booked()
    const asked = await askMove(transaction, 30)
    expect(asked).toMatchObject({
      object: 'ledger_correction',
      status: 'awaiting_approval',
      corrects: transaction,
      reason: '记错部门',
      requested_by: caller.actor_id,
      transaction: null,
    })
    expect(await balanceOf(own().code)).toBe(100n)
    const posted = await fixture.corrections.approve(approver, asked.id)
    expect(posted).toMatchObject({ status: 'posted', decided_by: approver.actor_id })
    expect([await balanceOf(own().code), await balanceOf(other().code)]).toEqual([70n, 30n])
    const [row] = await testDatabase.database.query(
      'select kind, source_id, corrects_id, description from ledger_transactions where id = $1',
      [posted.transaction],
    )
    expect(row).toEqual({
      kind: 'move',
      source_id: asked.id,
      corrects_id: transaction,
      description: '记错部门',
    })
  })

  test('tells of every step', async () => {
    const { id } = await ask(await booked())
    await fixture.corrections.approve(approver, id)
    const refused = await ask(await booked())
    await fixture.corrections.reject(approver, refused.id)
    const typesOf = async (one: string) => {
      const text = `select type from events where object->>'id' = $1 order by id`
      return (await testDatabase.database.query<{ type: string }>(text, [one])).map(
        ({ type }) => type,
      )
    }
    expect(await typesOf(id)).toEqual(['ledger_correction.created', 'ledger_correction.posted'])
    expect(await typesOf(refused.id)).toEqual([
      'ledger_correction.created',
      'ledger_correction.rejected',
    ])
  })

  test('is not approved by the key that asked', async () => {
    const { id } = await ask(await booked())
    await expect(fixture.corrections.approve(caller, id)).rejects.toMatchObject({
      code: 'ledger_correction_own',
    })
    // Nor by anybody who writes to the database by hand.
    await expect(
      testDatabase.database.query(
        `update ledger_corrections set status = 'posted', decided_by = requested_by, decided_at = now(),
           transaction_id = 'txn_1' where id = $1`,
        [id],
      ),
    ).rejects.toThrow('ledger_corrections_shape')
  })

  test('may be withdrawn by the key that asked, after which nobody books it', async () => {
    const { id } = await ask(await booked())
    expect(await fixture.corrections.reject(caller, id)).toMatchObject({ status: 'rejected' })
    await expect(fixture.corrections.approve(approver, id)).rejects.toMatchObject({
      code: 'ledger_correction_decided',
    })
  })

  test('is booked once by 20 approvals at once', async () => {
    const { id } = await ask(await booked())
    const approvals = Array.from({ length: 20 }, () => fixture.corrections.approve(approver, id))
    const transactions = (await Promise.all(approvals)).map(({ transaction }) => transaction)
    expect(new Set(transactions).size).toBe(1)
    expect(await balanceOf(own().code)).toBe(0n)
  })

  test('reverses a transaction once; after a refusal somebody may ask again', async () => {
    const transaction = await booked()
    const first = await ask(transaction)
    await expect(ask(transaction)).rejects.toMatchObject({ code: 'ledger_already_reversed' })
    await fixture.corrections.reject(approver, first.id)
    const second = await ask(transaction)
    await fixture.corrections.approve(approver, second.id)
    await expect(ask(transaction)).rejects.toMatchObject({ code: 'ledger_correction_refused' })
  })

  test('of two that each fit alone, the second no longer fits', async () => {
    const transaction = await booked()
    const asked = [await askMove(transaction, 60), await askMove(transaction, 60)]
    const results = await Promise.allSettled(
      asked.map(({ id }) => fixture.corrections.approve(approver, id)),
    )
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const failed = results.find((result) => result.status === 'rejected')
    expect(failed?.reason).toMatchObject({ code: 'ledger_correction_outdated' })
    expect(await balanceOf(own().code)).toBe(40n)
  })

  test('gives the same one back when its call is repeated', async () => {
    const keyed = withNewKey(caller)
    const body = CreateLedgerCorrection.parse({
      transaction: await booked(),
      kind: 'reversal',
      reason: '重复',
    })
    const first = await fixture.corrections.create(keyed, body)
    const second = await fixture.corrections.create(keyed, body)
    expect(second.body).toEqual(first.body)
  })

  test('moves money to departments of the institution only', async () => {
    const transaction = await booked()
    for (const department of [newId('dept'), tenant.otherInstitutionCaller.department_id]) {
      const { code } = departmentPayable(department)
      await expect(askMove(transaction, 1, code)).rejects.toMatchObject({
        code: 'ledger_correction_refused',
      })
    }
  })

  test('cannot be changed once it was asked for', async () => {
    const { id } = await ask(await booked())
    const change = (assignment: string) =>
      testDatabase.database.query(`update ledger_corrections set ${assignment} where id = $1`, [id])
    await expect(change(`reason = 'x'`)).rejects.toThrow('only the decision')
    await expect(change(`entries = '[]'`)).rejects.toThrow('only the decision')
  })

  test('is nobody else’s business: another institution and the other mode find nothing', async () => {
    const transaction = await booked()
    const { id } = await ask(transaction)
    for (const stranger of [tenant.otherInstitutionCaller, tenant.liveCaller]) {
      const missing = { code: 'ledger_correction_not_found' }
      await expect(fixture.corrections.get(stranger, id)).rejects.toMatchObject(missing)
      await expect(fixture.corrections.approve(stranger, id)).rejects.toMatchObject(missing)
      const body = CreateLedgerCorrection.parse({ transaction, kind: 'reversal', reason: 'x' })
      await expect(fixture.corrections.create(withNewKey(stranger), body)).rejects.toMatchObject({
        code: 'ledger_transaction_not_found',
      })
    }
  })
})

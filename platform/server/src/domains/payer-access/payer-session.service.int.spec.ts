import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault, type TestTenant } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { ManualClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { PayerSessionRepository } from './payer-session.repository.js'
import { PayerSessionService } from './payer-session.service.js'

const MINUTE_MS = 60_000
let db: TestDatabase
let sessions: PayerSessionService
let tenant: TestTenant
let clock: ManualClock
const payer = newId('payer')

beforeAll(async () => {
  db = await createTestDatabase()
  tenant = await createTenant(db.database, createTestVault(db.database))
})
beforeEach(() => {
  clock = new ManualClock(new Date('2026-12-01T00:00:00Z'))
  const repository = new PayerSessionRepository(db.database)
  sessions = new PayerSessionService(repository, createTestVault(db.database), clock)
})
afterAll(() => db.drop())

const open = (old: string | null = null) => sessions.open(tenant.caller, payer, old)
const count = () => db.database.prisma.payer_session.count()

describe('a session', () => {
  test('is found by its token, of which only the hash is stored', async () => {
    const token = await open()
    const { institution_id, livemode } = tenant.caller
    const found = await sessions.find(token)
    expect(found).toMatchObject({ institution_id, livemode, payer_id: payer })
    const [row] = await db.database.query<{ text: string }>(
      'select row_to_json(payer_sessions)::text as text from payer_sessions',
    )
    expect(row?.text).not.toContain(token)
  })

  test.each([[null], [''], ['x'.repeat(43)], ["' or true --"]])('%j finds none', async (token) => {
    await open()
    expect(await sessions.find(token)).toBeNull()
  })

  test('ends after half an hour without a click, which every click puts off', async () => {
    const token = await open()
    clock.advance(29 * MINUTE_MS)
    expect(await sessions.find(token)).not.toBeNull()
    clock.advance(29 * MINUTE_MS)
    expect(await sessions.find(token)).not.toBeNull()
    clock.advance(30 * MINUTE_MS)
    expect(await sessions.find(token)).toBeNull()
  })

  test('ends after twelve hours, however busy', async () => {
    const token = await open()
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      clock.advance(20 * MINUTE_MS)
      expect(await sessions.find(token)).not.toBeNull()
    }
    clock.advance(20 * MINUTE_MS)
    expect(await sessions.find(token)).toBeNull()
  })

  test('ends when the browser signs in anew, and when the payer signs out', async () => {
    const first = await open()
    const second = await open(first)
    expect(second).not.toBe(first)
    expect(await sessions.find(first)).toBeNull()
    await sessions.end(second)
    expect(await sessions.find(second)).toBeNull()
  })

  test('is cleaned away once it is over', async () => {
    await db.database.prisma.payer_session.deleteMany()
    await open()
    await sessions.removeEnded()
    expect(await count()).toBe(1)
    clock.advance(30 * MINUTE_MS)
    await sessions.removeEnded()
    expect(await count()).toBe(0)
  })

  test('has forms of its own', async () => {
    const [one, other] = [await sessions.find(await open()), await sessions.find(await open())]
    if (!one || !other) throw new Error('both were just opened')
    expect(sessions.isFormToken(one, sessions.formToken(one))).toBe(true)
    expect(sessions.isFormToken(one, sessions.formToken(other))).toBe(false)
    expect(sessions.isFormToken(one, '')).toBe(false)
  })
})

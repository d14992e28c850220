import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault } from '../../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import { ManualClock } from '../../../kernel/clock.js'
import { newId } from '../../../kernel/id.js'
import { OperatorSessionRepository } from './operator-session.repository.js'
import { OperatorSessionService } from './operator-session.service.js'
import { SignInFailureRepository } from './sign-in-failure.repository.js'
import { SignInThrottle } from './sign-in-throttle.service.js'

const MINUTE_MS = 60_000

let db: TestDatabase
let clock: ManualClock
let sessions: OperatorSessionService
let throttle: SignInThrottle
let owner: { institution_id: string; operator_id: string }
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  const vault = createTestVault(db.database)
  clock = new ManualClock(new Date('2026-11-23T08:00:00Z'))
  sessions = new OperatorSessionService(new OperatorSessionRepository(db.database), vault, clock)
  throttle = new SignInThrottle(new SignInFailureRepository(db.database), vault, clock)
  const { institution_id } = (await createTenant(db.database, vault)).caller
  owner = { institution_id, operator_id: newId('opr') }
  await db.database.query(
    `insert into operators (institution_id, id, login, name, roles) values ($1, $2, $2, '甲', $3)`,
    [institution_id, owner.operator_id, ['finance_officer']],
  )
})

const open = (oldToken: string | null = null, has_second_factor = true) =>
  sessions.open(
    { ...owner, method: 'local', has_second_factor, caller_address: '::1', user_agent: null },
    oldToken,
  )

describe('a session', () => {
  test('lives as long as it is used, and twelve hours at most', async () => {
    const token = await open()
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      expect(await sessions.find(token)).not.toBeNull()
      clock.advance(20 * MINUTE_MS)
    }
    expect(await sessions.find(token)).toBeNull()
  })

  test('ends after half an hour without a call', async () => {
    const token = await open()
    clock.advance(30 * MINUTE_MS)
    expect(await sessions.find(token)).toBeNull()
  })

  test('ends when another one begins in the same browser, and only that one', async () => {
    const [first, second] = [await open(), await open()]
    const third = await open(first)
    expect(await sessions.find(first)).toBeNull()
    expect(await sessions.find(second)).not.toBeNull()
    expect(await sessions.find(third)).not.toBeNull()
  })

  test('goes on under a new token, with a fresh proof, and not twice', async () => {
    const token = await open(null, false)
    const session = await sessions.find(token)
    expect(session?.authority.roles.size).toBe(0)
    clock.advance(MINUTE_MS)
    const renewed = session && (await sessions.renew(session, true))
    expect(await sessions.find(token)).toBeNull()
    const after = await sessions.find(renewed)
    expect(after).toMatchObject({ id: session?.id, authenticated_at: clock.now() })
    expect(after?.authority.roles).toEqual(new Set(['finance_officer']))
    await sessions.endOne(owner, session?.id ?? '', 'revoked')
    expect(session && (await sessions.renew(session, true))).toBeNull()
  })

  test('is found by its token alone, and by nothing that looks like one', async () => {
    const token = await open()
    for (const wrong of [null, '', 'x', `${token}x`, token.slice(1), "' or true --"]) {
      expect(await sessions.find(wrong)).toBeNull()
    }
    expect(sessions.isCsrfToken(token, sessions.csrfToken(token))).toBe(true)
    expect(sessions.isCsrfToken(token, sessions.csrfToken(await open()))).toBe(false)
  })

  test('is over for whoever was disabled, and forgotten after a month', async () => {
    const token = await open()
    await db.database.query('update operators set disabled_at = now() where id = $1', [
      owner.operator_id,
    ])
    expect(await sessions.find(token)).toBeNull()
    clock.advance(31 * 24 * 60 * MINUTE_MS)
    await sessions.removeOld()
    const rows = await db.database.query('select 1 from operator_sessions where operator_id = $1', [
      owner.operator_id,
    ])
    expect(rows).toEqual([])
  })
})

describe('guessing', () => {
  /** From an address of its own each time, unless the address is what the test is about. */
  const guess = (account: string, address: string = newId('req')) =>
    throttle.admit({ account, address })
  const kinds = async (count: number, account: string) => {
    const seen: string[] = []
    for (let index = 0; index < count; index++) seen.push((await guess(account)).kind)
    return seen
  }

  test('is free five times, then slower, then locked for a quarter of an hour', async () => {
    const account = newId('opr')
    expect(await kinds(6, account)).toEqual([...Array(5).fill('admitted'), 'locked'])
    let admitted = 5
    for (let seconds = 0; seconds < 300 && admitted < 10; seconds++) {
      clock.advance(1000)
      if ((await guess(account)).kind === 'admitted') admitted++
    }
    expect(admitted).toBe(10)
    expect(await guess(account)).toMatchObject({ kind: 'locked', waitSeconds: 15 * 60 })
    clock.advance(14 * MINUTE_MS)
    expect((await guess(account)).kind).toBe('locked')
    clock.advance(2 * MINUTE_MS)
    expect((await guess(account)).kind).toBe('admitted')
  })

  test('a hundred times at once is a hundred times', async () => {
    const account = newId('opr')
    const seen = await Promise.all(Array.from({ length: 30 }, () => guess(account, '192.0.2.2')))
    expect(seen.filter(({ kind }) => kind === 'admitted').length).toBeLessThanOrEqual(5)
  })

  test('is forgiven when it was right', async () => {
    const account = newId('opr')
    await kinds(4, account)
    await throttle.succeeded({ account, address: '192.0.2.1' })
    expect(await kinds(5, account)).toEqual(Array(5).fill('admitted'))
  })

  test('at many accounts from one address ends as well, and not for other addresses', async () => {
    const seen: string[] = []
    for (let index = 0; index < 70; index++) {
      seen.push((await guess(newId('opr'), '192.0.2.3')).kind)
    }
    expect(seen.at(-1)).toBe('locked')
    expect((await guess(newId('opr'), '192.0.2.4')).kind).toBe('admitted')
  })
})

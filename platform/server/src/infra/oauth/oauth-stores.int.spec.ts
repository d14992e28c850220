import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { Vault } from '../crypto/vault.js'
import { OauthCleanJob } from './oauth-clean.job.js'
import { OauthRecords } from './oauth-records.js'
import { ReplayMarks } from './replay-marks.js'
import { RevokedTokens } from './revoked-tokens.js'

let db: TestDatabase
let records: OauthRecords
beforeAll(async () => {
  db = await createTestDatabase()
  const none = { find: () => Promise.reject(new Error('these belong to no institution')) }
  records = new OauthRecords(db.database, new Vault(randomBytes(32), none))
})
afterAll(() => db.drop())

const inAMinute = () => new Date(Date.now() + 60_000)
const count = async (table: string) => {
  const [row] = await db.database.query<{ count: bigint }>(`select count(*) from ${table}`)
  return Number(row?.count)
}

describe('a replay mark', () => {
  test('is taken by one of 50 who try at once, in different processes', async () => {
    const jti = randomUUID()
    const uses = await Promise.all(
      Array.from({ length: 50 }, () =>
        new ReplayMarks(db.database).use('assertion', 'app_1', jti, inAMinute()),
      ),
    )
    expect(uses.filter(Boolean)).toHaveLength(1)
  })

  test('is the jti of one owner and of one kind', async () => {
    const marks = new ReplayMarks(db.database)
    const jti = randomUUID()
    expect(await marks.use('assertion', 'app_1', jti, inAMinute())).toBe(true)
    expect(await marks.use('assertion', 'app_2', jti, inAMinute())).toBe(true)
    expect(await marks.use('proof', 'app_1', jti, inAMinute())).toBe(true)
    // "a" + "bc" and "ab" + "c" are not the same.
    expect(await marks.use('proof', 'a', `bc${jti}`, inAMinute())).toBe(true)
    expect(await marks.use('proof', 'ab', `c${jti}`, inAMinute())).toBe(true)
    expect(await marks.use('proof', 'a', `bc${jti}`, inAMinute())).toBe(false)
  })
})

describe('a revoked token', () => {
  test('is known at once to the process that revoked it, and to others within 5 s', async () => {
    const [here, elsewhere] = [new RevokedTokens(db.database), new RevokedTokens(db.database)]
    const id = randomUUID()
    expect(await elsewhere.hasAny([id])).toBe(false)
    await here.revoke(id)
    expect(await here.hasAny(['other', id])).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 2_700))
    expect(await elsewhere.hasAny([id])).toBe(true)
    expect(await elsewhere.hasAny(['other'])).toBe(false)
  })

  test('is known to a process that starts later', async () => {
    const id = randomUUID()
    await new RevokedTokens(db.database).revoke(id)
    expect(await new RevokedTokens(db.database).hasAny([id])).toBe(true)
  })

  test('costs one query for any number of tokens within a moment', async () => {
    const queries: string[] = []
    const counting = Object.create(db.database, {
      query: {
        value(text: string, values: readonly unknown[], name?: string) {
          queries.push(text)
          return db.database.query(text, values, name)
        },
      },
    })
    const revoked = new RevokedTokens(counting)
    await Promise.all(Array.from({ length: 100 }, () => revoked.hasAny([randomUUID()])))
    expect(queries).toHaveLength(1)
  })

  test('nobody is believed when the list cannot be read', async () => {
    const broken = Object.create(db.database, {
      query: { value: () => Promise.reject(new Error('the database is away')) },
    })
    await expect(new RevokedTokens(broken).hasAny(['x'])).rejects.toThrow('the database is away')
  })
})

describe('a record', () => {
  test('is found by its id, by its uid, and only under its kind', async () => {
    await records.upsert('Session', 'secret-1', { uid: 'uid-1', accountId: 'payer_1' }, 60)
    const found = { payload: { uid: 'uid-1', accountId: 'payer_1' }, consumed_at: null }
    expect(await records.find('Session', 'secret-1')).toEqual(found)
    expect(await records.findByUid('Session', 'uid-1')).toEqual(found)
    expect(await records.find('Grant', 'secret-1')).toBeNull()
  })

  test('is written so that a copy of the table opens nothing', async () => {
    await records.upsert('AuthorizationCode', 'secret-2', { accountId: 'payer_secret' }, 60)
    const rows = await db.database.query<{ row: string }>(
      'select oauth_records::text as row from oauth_records',
    )
    const text = rows.map(({ row }) => row).join()
    expect(text).not.toContain(Buffer.from('secret-2').toString('hex'))
    expect(text).not.toContain(Buffer.from('payer_secret').toString('hex'))
    expect(text).not.toContain('secret-2')
  })

  test('can be consumed once, whoever tries at the same time', async () => {
    await records.upsert('AuthorizationCode', 'code', { grantId: 'g1' }, 60)
    const uses = await Promise.all(
      Array.from({ length: 20 }, () => records.consume('AuthorizationCode', 'code')),
    )
    expect(uses.filter(Boolean)).toHaveLength(1)
    expect((await records.find('AuthorizationCode', 'code'))?.consumed_at).toBeInstanceOf(Date)
  })

  test('goes with its grant', async () => {
    await records.upsert('AuthorizationCode', 'a', { grantId: 'g2' }, 60)
    await records.upsert('AuthorizationCode', 'b', { grantId: 'g3' }, 60)
    await records.removeOfGrant('AuthorizationCode', 'g2')
    expect(await records.find('AuthorizationCode', 'a')).toBeNull()
    expect(await records.find('AuthorizationCode', 'b')).not.toBeNull()
  })
})

test('what has expired is not found, and is cleaned away', async () => {
  await db.database.query('truncate oauth_records, oauth_replay_marks, oauth_revocations')
  const marks = new ReplayMarks(db.database)
  const revoked = new RevokedTokens(db.database)
  await records.upsert('Session', 'old', {}, -1)
  await records.upsert('Session', 'new', {}, 60)
  await marks.use('proof', 'k', 'old', new Date(Date.now() - 1000))
  await marks.use('proof', 'k', 'new', inAMinute())
  await revoked.revoke('old')
  await db.database.query("update oauth_revocations set expires_at = now() - interval '1 s'")
  await revoked.revoke('new')
  expect(await records.find('Session', 'old')).toBeNull()
  await new OauthCleanJob(records, marks, revoked).run()
  for (const table of ['oauth_records', 'oauth_replay_marks', 'oauth_revocations']) {
    expect([table, await count(table)]).toEqual([table, 1])
  }
  expect(await records.find('Session', 'new')).not.toBeNull()
})

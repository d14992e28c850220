import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  createTenant,
  createTestVault,
  type TestTenant,
  withNewKey,
} from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { SCOPES } from '../../infra/http/scopes.js'
import { newPublicKey } from './api-key.fixture.js'
import { ApiKeyRepository } from './api-key.repository.js'
import { CreateKey, KeyListQuery, RotateKey } from './api-key.schema.js'
import { ApiKeyService } from './api-key.service.js'
import { ApiKeyExpiringJob } from './api-key-expiring.job.js'
import { IdentityRepository } from './identity.repository.js'
import { IdentityService } from './identity.service.js'
import { KeyOperatorService } from './key-operator.service.js'
import { KeyRegistryService } from './key-registry.service.js'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

let testDatabase: TestDatabase
let tenant: TestTenant
let keys: ApiKeyService
let operator: KeyOperatorService
let job: ApiKeyExpiringJob
let repository: ApiKeyRepository
let nowMs: number
const clock = { now: () => new Date(nowMs) }
const inDays = (days: number) => new Date(nowMs + days * DAY_MS).toISOString()

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const { database } = testDatabase
  repository = new ApiKeyRepository(database)
  const identity = new IdentityService(new IdentityRepository(database), createTestVault(database))
  const registry = new KeyRegistryService(repository, identity, database, clock)
  keys = new ApiKeyService(repository, registry, clock)
  operator = new KeyOperatorService(repository, registry, clock)
  job = new ApiKeyExpiringJob(repository, database, clock)
})
afterAll(() => testDatabase.drop())
beforeEach(async () => {
  nowMs = Date.now()
  const { database } = testDatabase
  tenant = await createTenant(database, createTestVault(database))
  await database.query("update apps set scopes = $1, live_scopes = $1, live_status = 'approved'", [
    SCOPES,
  ])
})

/** A caller that signs with a key of its own. */
async function callerWith(given: Partial<CreateKey> = {}, caller: Caller = tenant.caller) {
  const key = await operator.create(caller, { public_key: newPublicKey(), ...given })
  return withNewKey({ ...caller, actor_id: key.id, key_id: key.id, scopes: new Set(key.scopes) })
}

async function create(caller: Caller, given: Partial<CreateKey> = {}) {
  const body = CreateKey.parse({ public_key: newPublicKey(), ...given })
  return (await keys.create(withNewKey(caller), body)).body
}

async function rotate(caller: Caller, id: string, given: Partial<RotateKey> = {}) {
  const body = RotateKey.parse({ public_key: newPublicKey(), ...given })
  return (await keys.rotate(withNewKey(caller), id, body)).body
}

const refusal = (code: string) => expect.objectContaining({ code })

describe('a new key', () => {
  test('has the powers of the key that made it, unless it is given less', async () => {
    const caller = await callerWith({
      scopes: ['keys:write', 'bills:read'],
      allowed_ips: ['10.0.0.0/8'],
    })
    expect(await create(caller)).toMatchObject({
      scopes: ['keys:write', 'bills:read'],
      allowed_ips: ['10.0.0.0/8'],
      status: 'active',
      not_after: null,
      last_used_at: null,
      livemode: false,
    })
    expect(
      await create(caller, { scopes: ['bills:read'], allowed_ips: ['10.9.0.0/16'] }),
    ).toMatchObject({ scopes: ['bills:read'], allowed_ips: ['10.9.0.0/16'] })
  })

  test('never has more', async () => {
    const caller = await callerWith({ scopes: ['keys:write'], allowed_ips: ['10.0.0.0/8'] })
    const tooMuch: Partial<CreateKey>[] = [
      { scopes: ['keys:write', 'keys:read'] },
      { allowed_ips: [] },
      { allowed_ips: ['10.0.0.0/8', '::1'] },
    ]
    for (const given of tooMuch) {
      await expect(create(caller, given)).rejects.toEqual(refusal('api_key_too_powerful'))
    }
    expect((await list(caller)).length).toBe(1)
  })

  test('keeps its scopes when its app gets more, and loses those that the app loses', async () => {
    const { id } = await create(await callerWith(), { scopes: ['bills:read', 'bills:write'] })
    await testDatabase.database.query(
      'update apps set scopes = $1, live_scopes = $1 where id = $2',
      [['bills:read', 'payers:read'], tenant.caller.app_id],
    )
    expect((await keys.get(tenant.caller, id)).scopes).toEqual(['bills:read'])
  })

  test('is refused with a public key that the app has already, in whatever mode or state', async () => {
    const caller = await callerWith()
    const public_key = newPublicKey()
    const first = await create(caller, { public_key })
    await keys.revoke(caller, first.id)
    const live = await callerWith({}, tenant.liveCaller)
    for (const again of [caller, live]) {
      await expect(create(again, { public_key })).rejects.toEqual(refusal('api_key_conflict'))
    }
    const other = await callerWith({}, tenant.otherAppCaller)
    expect(await create(other, { public_key })).toMatchObject({ public_key })
  })

  test('is refused when it would never be valid', async () => {
    const caller = await callerWith()
    for (const period of [
      { not_after: inDays(-1) },
      { not_before: inDays(2), not_after: inDays(1) },
    ]) {
      await expect(create(caller, period)).rejects.toEqual(refusal('api_key_period_invalid'))
    }
    expect(await create(caller, { not_before: inDays(1) })).toMatchObject({ status: 'pending' })
  })

  test('is the same when the call is repeated, and another public key is a conflict', async () => {
    const caller = withNewKey(await callerWith())
    const body = CreateKey.parse({ public_key: newPublicKey() })
    const first = await keys.create(caller, body)
    const again = await keys.create(caller, body)
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.body).toEqual(first.body)
    await expect(
      keys.create(caller, CreateKey.parse({ public_key: newPublicKey() })),
    ).rejects.toEqual(refusal('api_key_conflict'))
  })

  test('is refused beyond the limit of usable keys, and possible again after a revocation', async () => {
    const caller = await callerWith()
    const made = []
    for (let count = 2; count <= 50; count += 1) made.push(await create(caller))
    await expect(create(caller)).rejects.toEqual(refusal('api_key_limit_reached'))
    await keys.revoke(caller, made[0]?.id ?? '')
    expect(await create(caller)).toMatchObject({ status: 'active' })
  })
})

describe('whoever does not own a key', () => {
  test('neither sees nor changes it, nor does its own app in the other mode', async () => {
    const caller = await callerWith()
    const { id } = await create(caller)
    const strangers = [
      await callerWith({}, tenant.otherAppCaller),
      await callerWith({}, tenant.otherInstitutionCaller),
      await callerWith({}, tenant.liveCaller),
    ]
    for (const stranger of strangers) {
      const tries = [
        keys.get(stranger, id),
        keys.update(stranger, id, { name: 'mine' }),
        rotate(stranger, id),
        keys.revoke(stranger, id),
      ]
      for (const outcome of await Promise.allSettled(tries)) {
        expect(outcome).toMatchObject({ reason: { code: 'api_key_not_found' } })
      }
      expect((await list(stranger)).map((key) => key.id)).toEqual([stranger.actor_id])
    }
    expect(await keys.get(caller, id)).toMatchObject({ status: 'active', name: null })
  })
})

describe('an update', () => {
  test('narrows, and what was taken does not come back', async () => {
    const caller = await callerWith()
    const { id } = await create(caller, { scopes: ['bills:read', 'bills:write'] })
    expect(await keys.update(caller, id, { scopes: ['bills:read'], name: 'reader' })).toMatchObject(
      { scopes: ['bills:read'], name: 'reader' },
    )
    await expect(
      keys.update(caller, id, { scopes: ['bills:read', 'bills:write'] }),
    ).rejects.toEqual(refusal('api_key_too_powerful'))
    expect(await keys.update(caller, id, { name: null })).toMatchObject({
      scopes: ['bills:read'],
      name: null,
    })
  })

  test('by a limited key does not lift a limit, its own or another', async () => {
    const caller = await callerWith({ allowed_ips: ['10.0.0.0/8'] })
    for (const id of [caller.actor_id, (await create(caller)).id]) {
      await expect(keys.update(caller, id, { allowed_ips: [] })).rejects.toEqual(
        refusal('api_key_too_powerful'),
      )
      expect(await keys.update(caller, id, { allowed_ips: ['10.1.0.0/16'] })).toMatchObject({
        allowed_ips: ['10.1.0.0/16'],
      })
      await operator.update(id, { allowed_ips: ['10.0.0.0/8'] })
    }
  })

  test('of a key that works no more is refused', async () => {
    const caller = await callerWith()
    const { id } = await create(caller)
    await keys.revoke(caller, id)
    await expect(keys.update(caller, id, { name: 'late' })).rejects.toEqual(
      refusal('api_key_inactive'),
    )
  })
})

describe('a rotation', () => {
  test('gives a new key the powers of the old one, which ends after the overlap', async () => {
    const caller = await callerWith({ scopes: ['keys:write'], allowed_ips: ['10.0.0.0/8'] })
    const made = await rotate(caller, caller.actor_id, { overlap_seconds: 3600 })
    expect(made).toMatchObject({
      scopes: ['keys:write'],
      allowed_ips: ['10.0.0.0/8'],
      status: 'active',
      not_after: null,
    })
    const old = await keys.get(caller, caller.actor_id)
    expect(old).toMatchObject({ replaced_by: made.id, status: 'active' })
    expect(old.not_after).toBe(new Date(nowMs + HOUR_MS).toISOString())
    nowMs += HOUR_MS
    expect(await keys.get(caller, caller.actor_id)).toMatchObject({ status: 'expired' })
  })

  test('does not make a key live longer than it would have', async () => {
    const caller = await callerWith()
    const { id, not_after } = await create(caller, { not_after: inDays(1) })
    await rotate(caller, id, { overlap_seconds: 30 * 86_400 })
    expect((await keys.get(caller, id)).not_after).toBe(not_after)
  })

  test('of a more powerful key is refused: its powers would be the caller’s', async () => {
    const caller = await callerWith({ scopes: ['keys:write'] })
    const strong = await callerWith({ scopes: ['keys:write', 'refunds:write'] })
    await expect(rotate(caller, strong.actor_id)).rejects.toEqual(refusal('api_key_too_powerful'))
    const limited = await callerWith({ scopes: ['keys:write'], allowed_ips: ['10.0.0.1'] })
    await expect(rotate(limited, caller.actor_id)).rejects.toEqual(refusal('api_key_too_powerful'))
  })

  test('happens once, also when ten try at once', async () => {
    const caller = await callerWith()
    const { id } = await create(caller)
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => rotate(caller, id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(refusal('api_key_inactive'))
    }
    expect((await list(caller)).length).toBe(3)
    await expect(rotate(caller, id)).rejects.toEqual(refusal('api_key_inactive'))
  })

  test('is the same when the call is repeated', async () => {
    const caller = withNewKey(await callerWith())
    const body = RotateKey.parse({ public_key: newPublicKey() })
    const first = await keys.rotate(caller, caller.actor_id, body)
    const again = await keys.rotate(caller, caller.actor_id, body)
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.body).toEqual(first.body)
  })

  test('of a key that is revoked, expired or not yet valid is refused', async () => {
    const caller = await callerWith()
    const revoked = await create(caller)
    await keys.revoke(caller, revoked.id)
    const pending = await create(caller, { not_before: inDays(1) })
    const expired = await create(caller, { not_after: inDays(1) })
    nowMs += DAY_MS - 1
    await expect(rotate(caller, pending.id)).rejects.toEqual(refusal('api_key_inactive'))
    nowMs += 1
    for (const { id } of [revoked, expired]) {
      await expect(rotate(caller, id)).rejects.toEqual(refusal('api_key_inactive'))
    }
  })
})

describe('a revocation', () => {
  test('is final, and repeating it keeps the first time', async () => {
    const caller = await callerWith()
    const { id } = await create(caller)
    const first = await keys.revoke(caller, id)
    expect(first.status).toBe('revoked')
    nowMs += DAY_MS
    expect(await keys.revoke(caller, id)).toEqual(first)
  })
})

describe('a list', () => {
  test('is newest first, in pages, and knows the status of each key', async () => {
    const caller = await callerWith()
    const pending = await create(caller, { not_before: inDays(1) })
    const expiring = await create(caller, { not_after: inDays(0.5) })
    const revoked = await create(caller)
    await keys.revoke(caller, revoked.id)
    expect((await list(caller)).map(({ id }) => id)).toEqual([
      revoked.id,
      expiring.id,
      pending.id,
      caller.actor_id,
    ])
    nowMs += 0.5 * DAY_MS
    const idsOf = async (status: string) => (await list(caller, { status })).map(({ id }) => id)
    expect(await idsOf('pending')).toEqual([pending.id])
    expect(await idsOf('expired')).toEqual([expiring.id])
    expect(await idsOf('revoked')).toEqual([revoked.id])
    expect(await idsOf('active')).toEqual([caller.actor_id])
    const page = await keys.list(caller, KeyListQuery.parse({ limit: 3 }))
    const rest = await keys.list(caller, KeyListQuery.parse({ cursor: page.next_cursor }))
    expect([page.data.length, rest.data.map(({ id }) => id)]).toEqual([3, [caller.actor_id]])
  })
})

describe('the last use', () => {
  test('is the latest that any process reported', async () => {
    const caller = await callerWith()
    const { institution_id, actor_id: id } = caller
    const at = new Date(nowMs)
    await repository.recordUse([{ institution_id, id, at }])
    await repository.recordUse([{ institution_id, id, at: new Date(nowMs - 1000) }])
    expect((await keys.get(caller, id)).last_used_at).toBe(at.toISOString())
  })
})

describe('a key that expires', () => {
  const told = async (id: string) => {
    const rows = await testDatabase.database.query<{ type: string; object: { id: string } }>(
      `select type, object, app_id from events where object->>'id' = $1 order by id`,
      [id],
    )
    return rows.length
  }

  test('is told of 14 days, 3 days and 1 day before, once each, and never after', async () => {
    const caller = await callerWith()
    const { id } = await create(caller, { not_after: inDays(20) })
    // Days that are left at each look, and how often the app has been told by then.
    const looks = [
      [20, 0],
      [14.1, 0],
      [14, 1],
      [3.1, 1],
      [3, 2],
      [2, 2],
      [1, 3],
      [0.1, 3],
      [0, 3],
      [-1, 3],
    ] as const
    const end = nowMs + 20 * DAY_MS
    for (const [daysLeft, times] of looks) {
      nowMs = end - daysLeft * DAY_MS
      await Promise.all([job.run(), job.run(), job.run()])
      expect([daysLeft, await told(id)]).toEqual([daysLeft, times])
    }
  })

  test('is told of only the notice that counts when it has less time left', async () => {
    const caller = await callerWith()
    const { id } = await create(caller, { not_after: inDays(2) })
    await job.run()
    await job.run()
    expect(await told(id)).toBe(1)
    nowMs += 1.5 * DAY_MS
    await job.run()
    expect(await told(id)).toBe(2)
  })

  test('is told as an event of the app, with the key as the API shows it', async () => {
    const caller = await callerWith({}, tenant.liveCaller)
    const made = await create(caller, { not_after: inDays(0.5), metadata: { host: 'a' } })
    await job.run()
    const [event] = await testDatabase.database.query(
      `select institution_id, livemode, app_id, type, api_version, object from events
        where object->>'id' = $1`,
      [made.id],
    )
    expect(event).toEqual({
      institution_id: caller.institution_id,
      livemode: true,
      app_id: caller.app_id,
      type: 'key.expiring',
      api_version: caller.api_version,
      object: made,
    })
  })

  test('is not told of once it is revoked', async () => {
    const caller = await callerWith()
    const { id } = await create(caller, { not_after: inDays(1) })
    await keys.revoke(caller, id)
    await job.run()
    expect(await told(id)).toBe(0)
  })
})

async function list(caller: Caller, query: object = {}) {
  return (await keys.list(caller, KeyListQuery.parse({ limit: 100, ...query }))).data
}

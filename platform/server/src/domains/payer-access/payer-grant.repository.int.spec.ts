import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault, type TestTenant } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { type PayerGrant, PayerGrantRepository } from './payer-grant.repository.js'
import { RedirectUriRepository } from './redirect-uri.repository.js'

const NOW = new Date('2026-12-01T00:00:00Z')
let db: TestDatabase
let grants: PayerGrantRepository
let tenant: TestTenant

beforeAll(async () => {
  db = await createTestDatabase()
  grants = new PayerGrantRepository(db.database)
})
beforeEach(async () => {
  tenant = await createTenant(db.database, createTestVault(db.database))
})
afterAll(() => db.drop())

const newGrant = (changes: Partial<PayerGrant> = {}): PayerGrant => ({
  institution_id: tenant.caller.institution_id,
  livemode: false,
  id: newId('req'),
  payer_id: newId('payer'),
  app_id: tenant.caller.app_id,
  scopes: ['bills:read:own'],
  created_at: NOW,
  updated_at: NOW,
  ...changes,
})

describe('a grant', () => {
  test('is one per payer and app: what is allowed later is added to it', async () => {
    const first = await grants.save(newGrant())
    const more = await grants.save(
      newGrant({ payer_id: first.payer_id, scopes: ['payments:read:own', 'bills:read:own'] }),
    )
    expect(more).toMatchObject({
      id: first.id,
      scopes: ['bills:read:own', 'payments:read:own'],
    })
    expect(await grants.list(tenant.caller, first.payer_id)).toHaveLength(1)
  })

  test('of forms sent at once there is one as well', async () => {
    const payer_id = newId('payer')
    const saved = await Promise.all(
      Array.from({ length: 8 }, () => grants.save(newGrant({ payer_id }))),
    )
    expect(new Set(saved.map(({ id }) => id)).size).toBe(1)
  })

  test('is taken back by its payer alone, in its institution and mode', async () => {
    const { id, payer_id } = await grants.save(newGrant())
    const revoke = (caller: Caller, payer: string) => grants.revoke(caller, payer, id, NOW)
    expect(await revoke(tenant.otherInstitutionCaller, payer_id)).toBe(false)
    expect(await revoke(tenant.liveCaller, payer_id)).toBe(false)
    expect(await revoke(tenant.caller, newId('payer'))).toBe(false)
    expect(await grants.findById(id)).not.toBeNull()
    expect(await revoke(tenant.caller, payer_id)).toBe(true)
    expect(await revoke(tenant.caller, payer_id)).toBe(false)
    expect(await grants.findById(id)).toBeNull()
    expect((await grants.save(newGrant({ payer_id }))).id).not.toBe(id)
  })
})

describe('redirect addresses', () => {
  test('are replaced mode by mode, and one address serves one mode', async () => {
    const uris = new RedirectUriRepository(db.database)
    const { institution_id, app_id } = tenant.caller
    const replace = (live: boolean, list: readonly string[]) =>
      uris.replace(institution_id, app_id, live, list)
    expect(await replace(true, ['https://a.example/', 'https://b.example/'])).toBe(true)
    expect(await replace(false, ['https://test.example/'])).toBe(true)
    expect(await replace(false, ['https://c.example/', 'https://a.example/'])).toBe(false)
    expect(await uris.list(institution_id, app_id)).toEqual([
      { redirect_uri: 'https://a.example/', livemode: true },
      { redirect_uri: 'https://b.example/', livemode: true },
      { redirect_uri: 'https://test.example/', livemode: false },
    ])
    expect(await replace(true, [])).toBe(true)
    expect(await uris.list(institution_id, app_id)).toHaveLength(1)
    expect(await uris.list(institution_id, tenant.otherAppCaller.app_id)).toEqual([])
  })
})

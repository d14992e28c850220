import { randomBytes } from 'node:crypto'
import { Vault } from '../../src/infra/crypto/vault.js'
import type { Database } from '../../src/infra/database/database.js'
import type { Caller } from '../../src/infra/http/caller.js'
import { newId } from '../../src/kernel/id.js'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'

export const TEST_API_VERSION = API_VERSION_LATEST

/** Everybody a service must tell apart. All in test mode, except `liveCaller`. */
export interface TestTenant {
  readonly caller: Caller
  /** Another department's app in the same institution. */
  readonly otherAppCaller: Caller
  readonly otherInstitutionCaller: Caller
  /** The same app with a live key. */
  readonly liveCaller: Caller
}

/** A vault whose data keys are those of the database's institutions. */
export function createTestVault(database: Database): Vault {
  return new Vault(randomBytes(32), {
    async find(id) {
      const row = await database.prisma.institution.findUniqueOrThrow({ where: { id } })
      return row.data_key
    },
  })
}

/** Two institutions, the first with two departments and an app in each. Call it once per test that counts rows. */
export async function createTenant(database: Database, vault: Vault): Promise<TestTenant> {
  const institutionId = await insertInstitution(database, vault)
  const caller = await insertApp(database, institutionId)
  return {
    caller,
    otherAppCaller: await insertApp(database, institutionId),
    otherInstitutionCaller: await insertApp(database, await insertInstitution(database, vault)),
    liveCaller: { ...caller, livemode: true, ...newKey() },
  }
}

/** The same call again, or another one: a caller with an idempotency key of its own. */
export function withNewKey(caller: Caller): Caller {
  const allotted = newId('req')
  const idempotency = {
    route: 'POST /v1/test',
    key: allotted,
    request_hash: Buffer.alloc(32),
    nonce: allotted,
    allotted_id: allotted.slice('req_'.length),
  }
  return { ...caller, idempotency }
}

/** Another key of the same app: another pair of eyes. */
export function newKey(): { readonly actor_id: string; readonly key_id: string } {
  const id = newId('key')
  return { actor_id: id, key_id: id }
}

async function insertInstitution(database: Database, vault: Vault): Promise<string> {
  const id = newId('inst')
  const data_key = Uint8Array.from(vault.newDataKey(id))
  await database.prisma.institution.create({ data: { id, name: '测试大学', data_key } })
  return id
}

async function insertApp(database: Database, institution_id: string): Promise<Caller> {
  const department_id = newId('dept')
  const department = { institution_id, id: department_id, name: '财务处' }
  await database.prisma.department.create({ data: department })
  const app_id = newId('app')
  const app = { institution_id, id: app_id, department_id, name: '报名系统', scopes: [] }
  await database.prisma.app.create({ data: { ...app, api_version: TEST_API_VERSION } })
  return {
    institution_id,
    app_id,
    department_id,
    livemode: false,
    credential: 'signature',
    ...newKey(),
    operator: null,
    payer_id: null,
    scopes: new Set(),
    api_version: TEST_API_VERSION,
    request_id: newId('req'),
    idempotency: null,
  }
}

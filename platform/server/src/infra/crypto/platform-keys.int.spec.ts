import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint } from 'jose'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { PlatformKeyRepository } from './platform-key.repository.js'
import { PlatformKeys } from './platform-keys.js'
import { Vault } from './vault.js'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
beforeEach(async () => {
  await db.database.query('truncate platform_keys')
})
afterAll(() => db.drop())

const masterKey = randomBytes(32)
const noStore = {
  find: () => Promise.reject(new Error('platform keys belong to no institution')),
}

/** A process of its own, whose cache is empty. */
function newProcess(key = masterKey): PlatformKeys {
  return new PlatformKeys(new PlatformKeyRepository(db.database), new Vault(key, noStore))
}

describe('the platform key', () => {
  test('is made once, whatever number of processes start together', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => newProcess().publicJwks()))
    const kids = new Set(all.flatMap(({ keys }) => keys.map(({ kid }) => kid)))
    expect(kids.size).toBe(1)
    expect(await db.database.prisma.platform_key.count()).toBe(1)
  })

  test('signs so that its public JWK verifies, in any process', async () => {
    const bytes = Buffer.from('what is signed')
    const [signed] = await newProcess().sign(bytes)
    const [jwk] = (await newProcess().publicJwks()).keys
    expect(jwk).toMatchObject({ kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA' })
    const { kty, crv, x } = jwk ?? {}
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: kty ?? '', crv: crv ?? '', x: x ?? '' },
    })
    const signature = signed?.signature ?? Buffer.alloc(0)
    expect(verify(null, bytes, key, signature)).toBe(true)
    expect(verify(null, Buffer.from('what is sign3d'), key, signature)).toBe(false)
    expect(signed?.kid).toBe(jwk?.kid)
  })

  test('is named by its RFC 7638 thumbprint and written as whpk_ with its 32 bytes', async () => {
    const keys = newProcess()
    const [jwk] = (await keys.publicJwks()).keys
    const { kty, crv, x } = jwk ?? {}
    expect(jwk?.kid).toBe(
      await calculateJwkThumbprint({ kty: kty ?? '', crv: crv ?? '', x: x ?? '' }),
    )
    const text = await keys.webhookPublicKey()
    expect(text).toMatch(/^whpk_/)
    expect(Buffer.from(text.slice(5), 'base64')).toEqual(Buffer.from(x ?? '', 'base64url'))
  })

  test('is stored sealed: another master key does not open it', async () => {
    await newProcess().publicJwks()
    const rows = await db.database.query<{ private_key: Buffer }>(
      'select private_key from platform_keys',
    )
    expect(rows[0]?.private_key.includes('PRIVATE KEY')).toBe(false)
    await expect(newProcess(randomBytes(32)).publicJwks()).rejects.toThrow()
  })

  test('signs with every key in use, newest first, and not with a retired one', async () => {
    const [old] = (await newProcess().publicJwks()).keys
    await db.database.query(
      `update platform_keys set retired_at = now(), created_at = now() - interval '1 hour'`,
    )
    const [fresh] = (await newProcess().publicJwks()).keys
    const bytes = Buffer.from('x')
    const kids = async () => (await newProcess().sign(bytes)).map(({ kid }) => kid)
    expect(await kids()).toEqual([fresh?.kid])
    await db.database.query('update platform_keys set retired_at = null')
    expect(await kids()).toEqual([fresh?.kid, old?.kid])
  })
})

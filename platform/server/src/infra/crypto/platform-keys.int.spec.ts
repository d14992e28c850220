import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint } from 'jose'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { PlatformKeyRepository } from './platform-key.repository.js'
import { KEY_PURPOSES, PlatformKeys, PUBLISHED_AHEAD_SECONDS } from './platform-keys.js'
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
  test('of each purpose is made once, whatever number of processes start together', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => newProcess().publicJwks()))
    const kids = new Set(all.flatMap(({ keys }) => keys.map(({ kid }) => kid)))
    expect(kids.size).toBe(KEY_PURPOSES.length)
    expect(await db.database.prisma.platform_key.count()).toBe(KEY_PURPOSES.length)
    expect(all[0]?.keys.map(({ purpose }) => purpose)).toEqual([...KEY_PURPOSES])
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

  test('for webhooks signs with every key in use, newest first, and not with a retired one', async () => {
    const [old] = await newProcess().published('webhook')
    await db.database.query(
      `update platform_keys set retired_at = now(), created_at = now() - interval '1 hour'`,
    )
    const [fresh] = await newProcess().published('webhook')
    const bytes = Buffer.from('x')
    const kids = async () => (await newProcess().sign(bytes)).map(({ kid }) => kid)
    expect(await kids()).toEqual([fresh?.jwk.kid])
    await db.database.query('update platform_keys set retired_at = null')
    expect(await kids()).toEqual([fresh?.jwk.kid, old?.jwk.kid])
  })

  test('of a purpose that a newer version knows is left alone', async () => {
    await newProcess().publicJwks()
    await db.database.query(
      `insert into platform_keys (id, purpose, public_jwk, private_key)
       values ('later', 'later', '{"x":"AA"}', 'none')`,
    )
    expect((await newProcess().publicJwks()).keys).toHaveLength(KEY_PURPOSES.length)
  })
})

/** As if this many seconds had passed. */
async function pass(seconds: number): Promise<void> {
  await db.database.query(
    `update platform_keys set created_at = created_at - make_interval(secs => $1),
            signs_from = signs_from - make_interval(secs => $1),
            retired_at = retired_at - make_interval(secs => $1)`,
    [seconds],
  )
}

const signerOf = async () => (await newProcess().signer('token')).jwk.kid
const publishedOf = async () => (await newProcess().published('token')).map(({ jwk }) => jwk.kid)

describe('a rotation', () => {
  test('publishes the next key before it signs and keeps the old one until its tokens have expired', async () => {
    const old = await signerOf()
    await newProcess().rotate('token', { isAtOnce: false })
    const [next = '', ...others] = await publishedOf()
    expect(others).toEqual([old])
    expect(await signerOf()).toBe(old)

    await pass(PUBLISHED_AHEAD_SECONDS - 5)
    expect(await signerOf()).toBe(old)
    await pass(10)
    expect(await signerOf()).toBe(next)
    // The last token of the old key is five minutes old at most, and still verifiable then.
    await pass(300)
    expect(await publishedOf()).toEqual([next, old])
    await pass(600)
    expect(await publishedOf()).toEqual([next])
    expect(await signerOf()).toBe(next)
  })

  test('there is a key that signs, and its public half is published, at every moment', async () => {
    await signerOf()
    for (let round = 0; round < 3; round++) {
      await newProcess().rotate('token', { isAtOnce: false })
      for (let step = 0; step < 8; step++) {
        expect(await publishedOf()).toContain(await signerOf())
        await pass(170)
      }
    }
  })

  test('asked for again, also by several at once, while the next key waits, changes nothing', async () => {
    await signerOf()
    await Promise.all(
      Array.from({ length: 4 }, () => newProcess().rotate('token', { isAtOnce: false })),
    )
    expect(await publishedOf()).toHaveLength(2)
  })

  test('of one purpose leaves the others alone', async () => {
    const before = (await newProcess().publicJwks()).keys
    await newProcess().rotate('token', { isAtOnce: false })
    const after = (await newProcess().publicJwks()).keys.filter(
      ({ kid }) => !before.some((known) => known.kid === kid),
    )
    expect(after.map(({ purpose }) => purpose)).toEqual(['token'])
  })

  test('at once ends the old keys, a waiting one too, within the 4 s that a process remembers them', async () => {
    const running = newProcess()
    await running.rotate('token', { isAtOnce: false })
    const before = await publishedOf()
    await newProcess().rotate('token', { isAtOnce: true })
    const [now = '', ...others] = await publishedOf()
    expect(others).toEqual([])
    expect(before).not.toContain(now)
    expect(await signerOf()).toBe(now)
    await new Promise((resolve) => setTimeout(resolve, 4_200))
    expect((await running.signer('token')).jwk.kid).toBe(now)
  })

  test('for responses is another one than for webhooks', async () => {
    const keys = newProcess()
    const signer = await keys.signer('response')
    const [signed] = await keys.sign(Buffer.from('x'))
    expect(signer.jwk).toMatchObject({ purpose: 'response', kty: 'OKP' })
    expect(signer.jwk.webhook_public_key).toBeUndefined()
    expect(signer.jwk.kid).not.toBe(signed?.kid)
    expect((await newProcess().signer('response')).jwk).toEqual(signer.jwk)
    expect((await keys.publicJwks()).keys).toContainEqual(signer.jwk)
  })
})

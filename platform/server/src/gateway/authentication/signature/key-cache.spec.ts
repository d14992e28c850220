import { describe, expect, test } from '@jest/globals'
import { keyOf, keyRow, MemoryKeyDirectory } from '../../../../test/security/signing-support.js'
import { KeyCache } from './key-cache.js'

const row = keyRow(keyOf('ed25519'))

function setUp(options: { keysMax?: number; unknownKeysMax?: number } = {}) {
  const directory = new MemoryKeyDirectory([row])
  const clock = { ms: 1_000_000 }
  const cache = new KeyCache(directory, { ...options, monotonicMs: () => clock.ms })
  return { directory, clock, cache }
}

describe('KeyCache', () => {
  test('asks once for many requests at the same time', async () => {
    const { directory, cache } = setUp()
    const found = await Promise.all(Array.from({ length: 50 }, () => cache.find(row.id)))
    expect(new Set(found).size).toBe(1)
    expect(found[0]?.publicKey.asymmetricKeyType).toBe('ed25519')
    expect(directory.questions).toBe(1)
  })

  test('lets a revocation take effect within 3 seconds, however busy the key is', async () => {
    const { directory, clock, cache } = setUp()
    await cache.find(row.id)
    directory.rows.set(row.id, { ...row, revoked_at: new Date() })
    for (let waitedMs = 0; waitedMs < 3000; waitedMs += 100) {
      clock.ms += 100
      await cache.find(row.id)
    }
    expect((await cache.find(row.id))?.row.revoked_at).not.toBeNull()
  })

  test('answers at once while it renews a key in the second half of its life', async () => {
    const { directory, clock, cache } = setUp()
    const first = await cache.find(row.id)
    clock.ms += 1400
    expect(cache.find(row.id)).toBe(first)
    expect(directory.questions).toBe(1)
    clock.ms += 200
    expect(cache.find(row.id)).toBe(first)
    expect(cache.find(row.id)).toBe(first)
    expect(directory.questions).toBe(2)
  })

  test('keeps the parsed key while its text is the same, and drops it when it is not', async () => {
    const { directory, clock, cache } = setUp()
    const first = await cache.find(row.id)
    clock.ms += 3000
    const second = await cache.find(row.id)
    expect(second).not.toBe(first)
    expect(second?.publicKey).toBe(first?.publicKey)
    const other = keyRow(keyOf('ecdsa-p256-sha256'), { id: row.id })
    directory.rows.set(row.id, other)
    clock.ms += 3000
    expect((await cache.find(row.id))?.algorithm).toBe('ecdsa-p256-sha256')
  })

  test('counts the age of an answer from when it was asked for', async () => {
    const { directory, clock, cache } = setUp()
    const find = directory.find.bind(directory)
    directory.find = async (keyId) => {
      const answer = await find(keyId)
      clock.ms += 2900
      return answer
    }
    await cache.find(row.id)
    directory.rows.delete(row.id)
    clock.ms += 100
    expect(await cache.find(row.id)).toBeNull()
  })

  test('reports a directory that fails once what it knows is too old', async () => {
    const { directory, clock, cache } = setUp()
    await cache.find(row.id)
    directory.find = async () => {
      throw new Error('the database is away')
    }
    clock.ms += 2000
    expect(await cache.find(row.id)).not.toBeNull()
    clock.ms += 1000
    await expect(cache.find(row.id)).rejects.toThrow('the database is away')
  })

  test('remembers unknown ids for a moment, and never more than a bounded number', async () => {
    const { directory, clock, cache } = setUp({ unknownKeysMax: 10 })
    await cache.find(row.id)
    await cache.find('key_a')
    await cache.find('key_a')
    expect(directory.questions).toBe(2)
    for (let n = 0; n < 100; n += 1) await cache.find(`key_${n}`)
    expect(directory.questions).toBe(102)
    await cache.find('key_99')
    await cache.find(row.id)
    expect(directory.questions).toBe(102)
    await cache.find('key_a')
    expect(directory.questions).toBe(103)
    clock.ms += 3000
    await cache.find('key_a')
    expect(directory.questions).toBe(104)
  })

  test('knows a key at the latest 3 seconds after it was created', async () => {
    const { directory, clock, cache } = setUp()
    directory.rows.delete(row.id)
    expect(await cache.find(row.id)).toBeNull()
    directory.rows.set(row.id, row)
    clock.ms += 3000
    expect((await cache.find(row.id))?.row).toBe(row)
  })

  test('forgets the key that was asked for longest ago when it is full', async () => {
    const { directory, cache } = setUp({ keysMax: 2 })
    const ids = ['key_1', 'key_2', 'key_3']
    for (const id of ids) directory.rows.set(id, { ...row, id })
    for (const id of ids) await cache.find(id)
    await cache.find('key_3')
    expect(directory.questions).toBe(3)
    await cache.find('key_1')
    expect(directory.questions).toBe(4)
  })

  test('does not keep an answer that was on its way when the key was invalidated', async () => {
    const { directory, cache } = setUp()
    const asked = cache.find(row.id)
    cache.invalidate(row.id)
    await asked
    directory.rows.set(row.id, { ...row, revoked_at: new Date() })
    expect((await cache.find(row.id))?.row.revoked_at).not.toBeNull()
  })

  test('takes a stored key that does not fit its algorithm for our own mistake', async () => {
    const { directory, cache } = setUp()
    directory.rows.set(row.id, { ...row, algorithm: 'rsa-pss-sha512' })
    await expect(cache.find(row.id)).rejects.toThrow('is not an rsa-pss-sha512 key')
  })
})

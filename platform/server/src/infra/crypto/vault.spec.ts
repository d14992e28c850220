import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decrypt, encrypt, Vault } from './vault.js'

const CONTEXT = 'payers.personal:payer_1'

/** A vault with two institutions, and its store. */
function makeVault(masterKey = randomBytes(32)) {
  const keys = new Map<string, Uint8Array>()
  let lookups = 0
  const vault = new Vault(masterKey, {
    async find(id) {
      lookups++
      const key = keys.get(id)
      if (!key) throw new Error(`no institution ${id}`)
      return key
    },
  })
  for (const id of ['inst_1', 'inst_2']) keys.set(id, vault.newDataKey(id))
  return { vault, keys, lookups: () => lookups }
}

describe('encrypt and decrypt', () => {
  const key = randomBytes(32)

  test('give back what went in, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
        const sealed = encrypt(key, context, Buffer.from(bytes))
        expect([...decrypt(key, context, sealed)]).toEqual([...bytes])
      }),
    )
  })

  test('never make the same bytes twice', () => {
    const seal = () => encrypt(key, CONTEXT, Buffer.from('same')).toString('hex')
    expect(seal()).not.toBe(seal())
  })

  test('refuse any changed bit, another context and another key', () => {
    const sealed = encrypt(key, CONTEXT, Buffer.from('张三'))
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(() => decrypt(key, CONTEXT, changed)).toThrow()
    }
    expect(() => decrypt(key, 'payers.personal:payer_2', sealed)).toThrow()
    expect(() => decrypt(randomBytes(32), CONTEXT, sealed)).toThrow()
    expect(() => decrypt(key, CONTEXT, sealed.subarray(0, 20))).toThrow('not a sealed value')
  })
})

describe('Vault', () => {
  test('opens what it sealed, for the institution and place it was sealed for alone', async () => {
    const { vault } = makeVault()
    const sealed = await vault.seal('inst_1', CONTEXT, '张三')
    expect(sealed.includes('张三')).toBe(false)
    expect(await vault.open('inst_1', CONTEXT, sealed)).toBe('张三')
    await expect(vault.open('inst_2', CONTEXT, sealed)).rejects.toThrow()
    await expect(vault.open('inst_1', 'payers.personal:payer_2', sealed)).rejects.toThrow()
  })

  test("does not open one institution's data key as another's, nor with another master key", async () => {
    const { vault, keys } = makeVault()
    const [first, second] = [keys.get('inst_1'), keys.get('inst_2')]
    if (first && second) keys.set('inst_1', second)
    await expect(vault.seal('inst_1', CONTEXT, 'x')).rejects.toThrow()
    const stranger = new Vault(randomBytes(32), { find: async () => first ?? Buffer.alloc(0) })
    await expect(stranger.seal('inst_1', CONTEXT, 'x')).rejects.toThrow()
  })

  test('looks a data key up once, but does not remember that there was none', async () => {
    const { vault, keys, lookups } = makeVault()
    await Promise.all(Array.from({ length: 5 }, () => vault.seal('inst_1', CONTEXT, 'x')))
    expect(lookups()).toBe(1)
    await expect(vault.seal('inst_3', CONTEXT, 'x')).rejects.toThrow('no institution')
    keys.set('inst_3', vault.newDataKey('inst_3'))
    expect(await vault.seal('inst_3', CONTEXT, 'x')).toBeInstanceOf(Buffer)
  })

  test('finds a number again by its index, which depends on institution and place', async () => {
    const { vault } = makeVault()
    const index = (institution: string, place: string, value: string) =>
      vault.blindIndex(institution, place, value).then((bytes) => bytes.toString('hex'))
    const known = await index('inst_1', 'student_no', '2026001')
    expect(await index('inst_1', 'student_no', '2026001')).toBe(known)
    const others = await Promise.all([
      index('inst_2', 'student_no', '2026001'),
      index('inst_1', 'employee_no', '2026001'),
      index('inst_1', 'student_no', '2026002'),
    ])
    expect(others).not.toContain(known)
  })

  test('keeps what belongs to the platform, and keys of one purpose apart', () => {
    const masterKey = randomBytes(32)
    const { vault } = makeVault(masterKey)
    const sealed = vault.sealForPlatform('platform_keys:key_1', 'secret')
    expect(vault.openForPlatform('platform_keys:key_1', sealed)).toBe('secret')
    expect(() => vault.openForPlatform('platform_keys:key_2', sealed)).toThrow()
    const again = makeVault(masterKey).vault
    expect(again.purposeKey('a').equals(vault.purposeKey('a'))).toBe(true)
    expect(vault.purposeKey('a').equals(vault.purposeKey('b'))).toBe(false)
  })
})

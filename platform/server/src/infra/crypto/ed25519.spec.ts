import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { loadSodium, verifierOf } from './ed25519.js'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519').publicKey
const message = Buffer.from('"@method": POST\n"@target-uri": https://pay.example.edu/v1/payments')
const signature = sign(null, message, privateKey)

/** The order of the group (RFC 8032 section 5.1), little endian: s and s + L sign the same. */
const ORDER = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex')

test('libsodium is there, so the fast way is the one that is tested', () => {
  expect(loadSodium()).not.toBeNull()
})

describe.each([
  ['libsodium', verifierOf(loadSodium())],
  ['Node', verifierOf(null)],
])('Ed25519 by %s', (_, verify) => {
  const check = (key: KeyObject, text: Buffer, bytes: Buffer) =>
    Promise.resolve(verify(key, text, bytes))

  test('takes a signature, again and again', async () => {
    for (let round = 0; round < 3; round++) {
      expect(await check(publicKey, message, signature)).toBe(true)
    }
    expect(await check(publicKey, Buffer.alloc(0), sign(null, Buffer.alloc(0), privateKey))).toBe(
      true,
    )
  })

  test.each([
    ['another key', other, message, signature],
    ['another message', publicKey, Buffer.concat([message, Buffer.from('\n')]), signature],
    ['noise', publicKey, message, randomBytes(64)],
    ['nothing', publicKey, message, Buffer.alloc(0)],
    ['63 bytes', publicKey, message, signature.subarray(0, 63)],
    ['65 bytes', publicKey, message, Buffer.concat([signature, Buffer.alloc(1)])],
    ['zeros', publicKey, message, Buffer.alloc(64)],
    ['a second spelling of s', publicKey, message, malleated(signature)],
  ])('refuses %s', async (_, key, text, bytes) => {
    expect(await check(key, text, bytes)).toBe(false)
  })
})

function malleated(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes)
  let carry = 0
  for (let index = 0; index < 32; index++) {
    const sum = (bytes[32 + index] ?? 0) + (ORDER[index] ?? 0) + carry
    changed[32 + index] = sum & 0xff
    carry = sum >> 8
  }
  return changed
}

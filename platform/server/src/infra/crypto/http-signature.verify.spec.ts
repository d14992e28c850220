import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { signWithKey } from './http-signature.sign.fixture.js'
import {
  algorithmOfPublicKey,
  algorithmsOf,
  isSignatureAlgorithm,
  parsePublicKey,
  SIGNATURE_ALGORITHMS,
  verifyWithKey,
} from './http-signature.verify.js'

const base = Buffer.from('"@method": GET')
const ed25519 = generateKeyPairSync('ed25519')
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaPss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })

const sm2 = generateKeyPairSync('ec', { namedCurve: 'SM2' })

const PAIRS = {
  ed25519,
  'ecdsa-p256-sha256': p256,
  'rsa-pss-sha512': rsa,
  'rsa-v1_5-sha256': rsa,
  'sm2-sm3': sm2,
} as const

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

describe('verifyWithKey', () => {
  test.each(SIGNATURE_ALGORITHMS)('verifies what signWithKey signs: %s', async (algorithm) => {
    const { publicKey, privateKey } = PAIRS[algorithm]
    const signature = signWithKey(algorithm, privateKey, base)
    expect(await verifyWithKey(algorithm, publicKey, base, signature)).toBe(true)
    expect(await verifyWithKey(algorithm, publicKey, Buffer.from('x'), signature)).toBe(false)
  })

  test.each(SIGNATURE_ALGORITHMS)('refuses bytes that are no signature: %s', async (algorithm) => {
    const { publicKey } = PAIRS[algorithm]
    for (const length of [0, 1, 63, 64, 65, 255, 256, 257, 1024]) {
      const signature = Buffer.alloc(length, 0xff)
      expect(await verifyWithKey(algorithm, publicKey, base, signature)).toBe(false)
      const zeros = Buffer.alloc(length)
      expect(await verifyWithKey(algorithm, publicKey, base, zeros)).toBe(false)
    }
  })

  test('refuses a key of another type, whatever the signature', async () => {
    for (const algorithm of SIGNATURE_ALGORITHMS) {
      const signature = signWithKey(algorithm, PAIRS[algorithm].privateKey, base)
      for (const { publicKey } of [ed25519, p256, rsaPss, sm2]) {
        if (algorithmsOf(publicKey).includes(algorithm)) continue
        expect(await verifyWithKey(algorithm, publicKey, base, signature)).toBe(false)
      }
    }
  })

  test('takes a key that is for PSS only', async () => {
    const signature = signWithKey('rsa-pss-sha512', rsaPss.privateKey, base)
    expect(await verifyWithKey('rsa-pss-sha512', rsaPss.publicKey, base, signature)).toBe(true)
  })
})

describe('algorithmOfPublicKey', () => {
  test.each([
    ['ed25519', pemOf(ed25519.publicKey)],
    ['ecdsa-p256-sha256', pemOf(p256.publicKey)],
    ['rsa-pss-sha512', pemOf(rsa.publicKey)],
    ['rsa-pss-sha512', pemOf(rsaPss.publicKey)],
    ['sm2-sm3', pemOf(sm2.publicKey)],
  ])('is %s', (algorithm, pem) => {
    expect(algorithmOfPublicKey(pem)).toBe(algorithm)
  })

  test('is the one that the owner names, where the key leaves a choice', () => {
    const pem = pemOf(rsa.publicKey)
    expect(algorithmOfPublicKey(pem, 'rsa-v1_5-sha256')).toBe('rsa-v1_5-sha256')
    expect(algorithmOfPublicKey(pem, 'rsa-pss-sha512')).toBe('rsa-pss-sha512')
    expect(algorithmOfPublicKey(pemOf(rsaPss.publicKey), 'rsa-v1_5-sha256')).toBeNull()
    expect(algorithmOfPublicKey(pem, 'sm2-sm3')).toBeNull()
    expect(algorithmOfPublicKey(pem, 'none')).toBeNull()
  })

  test.each([
    ['RSA of 1024 bits', generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['RSA with exponent 3', generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['X25519', generateKeyPairSync('x25519')],
    ['Ed448', generateKeyPairSync('ed448')],
    [
      'PSS for SHA-256 only',
      generateKeyPairSync('rsa-pss', {
        modulusLength: 2048,
        hashAlgorithm: 'sha256',
        mgf1HashAlgorithm: 'sha256',
      }),
    ],
  ])('is null for %s', (_, { publicKey }) => {
    expect(algorithmOfPublicKey(pemOf(publicKey))).toBeNull()
  })

  test('refuses a private key, a certificate and other text', () => {
    const privatePem = ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    for (const pem of [privatePem, '-----BEGIN CERTIFICATE-----\n', 'hello', '']) {
      expect(() => parsePublicKey(pem)).toThrow('BEGIN PUBLIC KEY')
    }
  })
})

test('isSignatureAlgorithm knows exactly the algorithms', () => {
  expect(SIGNATURE_ALGORITHMS.every(isSignatureAlgorithm)).toBe(true)
  expect(isSignatureAlgorithm('hmac-sha256')).toBe(false)
})

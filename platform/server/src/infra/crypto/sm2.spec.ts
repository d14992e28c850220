import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { signWithKey } from './http-signature.sign.fixture.js'
import { parsePublicKey } from './http-signature.verify.js'
import { isSm2Key, SM2_USER_ID, verifySm2 } from './sm2.js'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' })
const message = Buffer.from('"@method": POST')
const signature = signWithKey('sm2-sm3', privateKey, message)

/** Made once with `openssl dgst -sm3 -sign … -sigopt distid:1234567812345678` and written as r‖s. */
const BY_OPENSSL = {
  public_key: [
    '-----BEGIN PUBLIC KEY-----',
    'MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE4STL0nq3K5n0PBeOGBED2Fb+RbCp',
    'vSaw4+9CnNJx/V3ElV85Aodur4dGdpgIyIqHMvZPxIuRSWZdr9lFYfdHSQ==',
    '-----END PUBLIC KEY-----',
  ].join('\n'),
  message: 'message digest',
  signature:
    '4UNAaguL0Sm8MQYmkHiHdUCqnjkp6zBQTHXAVNWFcTfBkMWdeCPmj25q89FKDLNpiKuycrRnw1rdMKMttNhv6Q==',
}

describe('an SM2 key', () => {
  test('is known whether Node made it or read it', () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(isSm2Key(publicKey)).toBe(true)
    expect(isSm2Key(parsePublicKey(pem))).toBe(true)
  })

  test.each([
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey],
    [
      'SM2 with its parameters written out',
      generateKeyPairSync('ec', { namedCurve: 'SM2', paramEncoding: 'explicit' }).publicKey,
    ],
    ['a private key', privateKey],
  ])('is not %s', (_, key) => {
    expect(isSm2Key(key)).toBe(false)
    expect(verifySm2(key, message, signature)).toBe(false)
  })

  test('whose point is not on the curve cannot be read', () => {
    const der = publicKey.export({ type: 'spki', format: 'der' })
    der[90] = (der[90] ?? 0) ^ 1
    expect(() => createPublicKey({ key: der, type: 'spki', format: 'der' })).toThrow()
  })
})

describe('an SM2 signature', () => {
  test('of OpenSSL is accepted, for its message alone', () => {
    const key = parsePublicKey(BY_OPENSSL.public_key)
    const bytes = Buffer.from(BY_OPENSSL.signature, 'base64')
    expect(verifySm2(key, Buffer.from(BY_OPENSSL.message), bytes)).toBe(true)
    expect(verifySm2(key, Buffer.from('message digesu'), bytes)).toBe(false)
  })

  const hasOpenssl = spawnSync('openssl', ['version']).status === 0
  // Where the program is absent, the signature that it made once stands for it.
  ;(hasOpenssl ? test : test.skip)('of ours is accepted by OpenSSL with the same user ID', () => {
    expect(opensslAccepts(SM2_USER_ID)).toBe(true)
    expect(opensslAccepts('ALICE123@YAHOO.COM')).toBe(false)
  })

  test('is checked in the same way the first time and later, with the table of the key', () => {
    const key = parsePublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())
    for (let time = 0; time < 4; time += 1) {
      expect(verifySm2(key, message, signature)).toBe(true)
      expect(verifySm2(key, Buffer.from('another'), signature)).toBe(false)
    }
  })

  test('with r or s out of range is refused and never thrown at', () => {
    const order = Buffer.from(
      'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123',
      'hex',
    )
    const [r, s] = [signature.subarray(0, 32), signature.subarray(32)]
    const ends = [Buffer.alloc(32), order, Buffer.alloc(32, 0xff)]
    for (const end of ends) {
      expect(verifySm2(publicKey, message, Buffer.concat([r, end]))).toBe(false)
      expect(verifySm2(publicKey, message, Buffer.concat([end, s]))).toBe(false)
    }
    for (const length of [0, 1, 63, 65, 70]) {
      expect(verifySm2(publicKey, message, Buffer.alloc(length, 1))).toBe(false)
    }
  })

  test('with any bit changed is refused', () => {
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const changed = Buffer.from(signature)
        const at = bit >> 3
        changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7))
        expect(verifySm2(publicKey, message, changed)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })
})

function opensslAccepts(userId: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'sm2-'))
  const path = (name: string) => join(folder, name)
  try {
    writeFileSync(path('key.pem'), pemOf(privateKey))
    writeFileSync(path('message'), message)
    writeFileSync(path('signature'), derOf(signature))
    const options = ['-sm3', '-verify', path('key.pem'), '-sigopt', `distid:${userId}`]
    const files = ['-signature', path('signature'), path('message')]
    return spawnSync('openssl', ['dgst', ...options, ...files]).status === 0
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function pemOf(key: KeyObject): string {
  const pem = key.export({ type: 'pkcs8', format: 'pem' })
  return createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString()
}

function derOf(raw: Buffer): Buffer {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((bytes) => {
    // A leading zero keeps a number positive; DER allows it only where it is needed.
    const start = bytes.findIndex((byte) => byte !== 0)
    const digits = bytes.subarray(start)
    const value = (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits
    return Buffer.concat([Buffer.from([2, value.length]), value])
  })
  const body = Buffer.concat(integers)
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

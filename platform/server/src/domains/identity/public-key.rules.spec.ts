import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { readPublicKey } from './public-key.rules.js'

const ed25519 = generateKeyPairSync('ed25519')
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const jwkOf = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) })

describe('readPublicKey', () => {
  test.each([
    ['Ed25519', ed25519.publicKey],
    ['P-256', p256.publicKey],
    ['RSA', rsa.publicKey],
  ])('gives the same text for %s as PEM, as JWK and as PEM in one line', (_, key) => {
    const pem = pemOf(key)
    const base64 = pem.split('\n').slice(1, -2).join('')
    const oneLine = `-----BEGIN PUBLIC KEY-----\r\n${base64}\r\n-----END PUBLIC KEY-----`
    expect(readPublicKey(pem)).toBe(pem)
    expect(readPublicKey(jwkOf(key))).toBe(pem)
    expect(readPublicKey(oneLine)).toBe(pem)
    expect(readPublicKey(`\n${pem}\n`)).toBe(pem)
  })

  test('takes the key out of a certificate', () => {
    const certificate = [
      '-----BEGIN CERTIFICATE-----',
      'MIIBRDCB96ADAgECAhRJSiEmXwREco8oM/UlQnNj8RY//TAFBgMrZXAwFzEVMBMG',
      'A1UEAwwMZXhhbXBsZS50ZXN0MCAXDTI2MTEyMzAyMTQ1N1oYDzIxMjYxMDMwMDIx',
      'NDU3WjAXMRUwEwYDVQQDDAxleGFtcGxlLnRlc3QwKjAFBgMrZXADIQB7kRmr1x1Q',
      'bLR/t1mlcG+isEvS9NZvKGucpFcHpuAqb6NTMFEwHQYDVR0OBBYEFJqWkIkRMfbe',
      '6qRAzgunJdMuxOJKMB8GA1UdIwQYMBaAFJqWkIkRMfbe6qRAzgunJdMuxOJKMA8G',
      'A1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAq0E9qNrlYkdyshK5SzdXq1MDeFUeWqXj',
      'VFz0DyeGHdBy80lO8tBqW7UQVigobOM6yg52ZYBJLraf1kqlrmO3AQ==',
      '-----END CERTIFICATE-----',
    ].join('\n')
    expect(readPublicKey(certificate)).toBe(
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAe5EZq9cdUGy0f7dZpXBvorBL0vTWbyhrnKRXB6bgKm8=\n-----END PUBLIC KEY-----\n',
    )
  })

  test.each([
    ['a private JWK', jwkOf(ed25519.privateKey)],
    ['a private RSA JWK', jwkOf(rsa.privateKey)],
    ['a shared secret', { kty: 'oct', k: 'AAAA' }],
    ['PKCS#8', ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['SEC 1', p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
  ])('refuses %s and does not repeat it', (_, key) => {
    const problem = problemOf(key)
    expect(problem).toMatchObject({ code: 'api_key_private' })
    expect(JSON.stringify(problem)).not.toMatch(/BEGIN|"d"|AAAA/)
  })

  test.each([
    ['nothing', ''],
    ['words', 'my key'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['a broken body', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['a weak key', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['another curve', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['a key for agreement', pemOf(generateKeyPairSync('x25519').publicKey)],
    ['two keys', pemOf(ed25519.publicKey) + pemOf(p256.publicKey)],
    ['an empty JWK', { kty: 'OKP' }],
    ['a JWK off the curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['a JWK with numbers', { kty: 'EC', crv: 'P-256', x: 1, y: 2 }],
  ])('refuses %s', (_, key) => {
    expect(problemOf(key)).toMatchObject({
      code: 'api_key_unusable',
      options: { errors: [{ pointer: '/public_key' }] },
    })
  })
})

function problemOf(key: string | Record<string, unknown>): unknown {
  try {
    return readPublicKey(key)
  } catch (error) {
    return error
  }
}

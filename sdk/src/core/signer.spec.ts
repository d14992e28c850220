import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { BursarConfigurationError } from './errors.js'
import { createSigner, createWebSigner } from './signer.js'

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const ed25519 = pemOf(generateKeyPairSync('ed25519').privateKey)
const p384 = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

describe.each([
  ['node:crypto', createSigner],
  ['WebCrypto', createWebSigner],
] as const)('%s signer', (_, create) => {
  test('refuses what is not a private key and says what to pass', () => {
    expect(() => create('not a key', undefined)).toThrow(BursarConfigurationError)
    expect(() => create('not a key', undefined)).toThrow(/BEGIN PRIVATE KEY/)
  })

  test('refuses curves that the platform does not verify', () => {
    expect(() => create(p384, undefined)).toThrow(/use Ed25519, EC P-256 or RSA/)
  })

  test('refuses an algorithm that does not fit the key and names those that do', () => {
    expect(() => create(ed25519, 'rsa-pss-sha512')).toThrow(/it can sign with ed25519/)
  })

  test('reads a key whose line ends were escaped for an environment file', async () => {
    const signer = create(ed25519.replace(/\n/g, '\\n'), undefined)
    expect(await signer.sign(new Uint8Array(3))).toHaveLength(64)
  })

  test('refuses RSA under 2048 bits', async () => {
    const sign = async () => create(pemOf(smallRsa), undefined).sign(new Uint8Array(1))
    await expect(sign()).rejects.toThrow(/1024 bits; the platform accepts 2048 and more/)
  })
})

test('PKCS#1 and SEC1 keys work where node:crypto is at hand', async () => {
  const pkcs1 = rsa.export({ type: 'pkcs1', format: 'pem' }).toString()
  expect(await createSigner(pkcs1).sign(new Uint8Array(1))).toHaveLength(256)
  expect(() => createWebSigner(pkcs1, undefined)).toThrow(/PKCS#8/)
})

import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { KeyFormatError } from './der.rules.js'
import {
  generateKey,
  isPair,
  KEY_TYPES,
  publicHalf,
  readKey,
  thumbprint,
  writeKey,
} from './key-material.rules.js'

const folder = mkdtempSync(join(tmpdir(), 'bursar-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed25519 = generateKeyPairSync('ed25519')
const pem = (key: typeof rsa.privateKey, type: 'pkcs8' | 'pkcs1' | 'sec1' | 'spki') =>
  key.export({ format: 'pem', type }).toString()
const reasonOf = async (text: string) =>
  readKey(text).then(
    () => 'read',
    (error: unknown) => (error instanceof KeyFormatError ? error.reason : 'threw something else'),
  )

describe.each(KEY_TYPES)('a new %s key', (type) => {
  test('comes back the same from every form that it is written in', async () => {
    const made = await generateKey(type)
    const own = await thumbprint(made)
    for (const half of [made, publicHalf(made)]) {
      for (const { text } of await writeKey(half)) {
        const read = await readKey(text)
        expect(await thumbprint(read)).toBe(own)
        expect(read.isPrivate).toBe(half.isPrivate)
      }
    }
  })

  test('is read by OpenSSL in the first form, which says the same of its public half', async () => {
    const made = await generateKey(type)
    const [first] = await writeKey(made)
    const [shown] = await writeKey(publicHalf(made))
    const derived = createPublicKey(createPrivateKey(first?.text ?? ''))
    expect(derived.export({ type: 'spki', format: 'pem' })).toBe(shown?.text)
  })

  test('has nothing private in its public half', async () => {
    const shown = publicHalf(await generateKey(type))
    for (const { text } of await writeKey(shown)) expect(text).not.toMatch(/PRIVATE|"d"|"p"|"qi"/)
  })
})

describe('a key of somebody else’s tools', () => {
  test.each([
    ['PKCS#1', pem(rsa.privateKey, 'pkcs1'), rsa],
    ['PKCS#8', pem(rsa.privateKey, 'pkcs8'), rsa],
    ['SEC 1', pem(p256.privateKey, 'sec1'), p256],
    ['PKCS#8 of Ed25519', pem(ed25519.privateKey, 'pkcs8'), ed25519],
    ['PKCS#1, public', pem(rsa.publicKey, 'pkcs1'), rsa],
    ['one line with \\n', pem(p256.privateKey, 'pkcs8').replaceAll('\n', '\\n'), p256],
  ])('is read from %s', async (_name, text, pair) => {
    const other = await readKey(pem(pair.publicKey, 'spki'))
    expect(await thumbprint(await readKey(text))).toBe(await thumbprint(other))
  })

  test('is read out of a certificate', async () => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=test', '-days', '2']
    execFileSync('openssl', ['req', ...options, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    })
    const read = await readKey(readFileSync(certificate, 'utf8'))
    expect(read.isPrivate).toBe(false)
    expect(await isPair(await readKey(readFileSync(key, 'utf8')), read)).toBe(true)
  })

  test('is written as PKCS#1 exactly as OpenSSL does', async () => {
    const texts = await writeKey(await readKey(pem(rsa.privateKey, 'pkcs8')))
    const written = texts.find(({ format }) => format === 'pkcs1')
    expect(written?.text).toBe(pem(rsa.privateKey, 'pkcs1'))
  })
})

describe('the pair check', () => {
  test('says yes to the two halves of one key, and no to any other', async () => {
    const own = await readKey(pem(p256.privateKey, 'pkcs8'))
    expect(await isPair(own, await readKey(pem(p256.publicKey, 'spki')))).toBe(true)
    expect(await isPair(own, publicHalf(await generateKey('p256')))).toBe(false)
    expect(await isPair(own, await readKey(pem(ed25519.publicKey, 'spki')))).toBe(false)
  })

  test('needs the private half', async () => {
    const shown = await readKey(pem(p256.publicKey, 'spki'))
    await expect(isPair(shown, shown)).rejects.toThrow('not_private')
  })
})

describe('what is refused', () => {
  test.each([
    ['nothing', '   ', 'empty'],
    ['text', 'hello', 'unreadable'],
    ['broken JSON', '{"kty":', 'unreadable'],
    ['a JWK with half a key', '{"kty":"EC","crv":"P-256","x":"AA"}', 'unreadable'],
    ['a cut-off PEM', pem(rsa.privateKey, 'pkcs8').slice(0, 400), 'unreadable'],
    ['a symmetric key', '{"kty":"oct","k":"AAAA"}', 'unsupported'],
    [
      'another curve',
      pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'pkcs8'),
      'unsupported',
    ],
    [
      'an RSA key of 1024 bits',
      pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'pkcs8'),
      'too_short',
    ],
    [
      'an encrypted key',
      rsa.privateKey
        .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      'encrypted',
    ],
    [
      'rubbish in a block',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      'unsupported',
    ],
  ])('%s', async (_name, text, reason) => {
    expect(await reasonOf(text)).toBe(reason)
  })
})

import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { signatureBase } from '@openbursar/sdk'
import { expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { apiBase, createApp, openApp, sendPrepared, type TestApp } from '../support/platform.js'
import { countRows } from '../support/platform-database.js'
import { newKey, type RawAnswer } from '../support/raw-request.js'
import { addKey, openStage } from '../support/stage.js'

const stage = openStage()
const apps: Record<string, TestApp> = {}
beforeAll(async () => {
  for (const alg of ['ed25519', 'p256', 'rsa'] as const) apps[alg] = await createApp({ alg })
}, 60_000)
const appOf = (alg: string): TestApp => {
  const app = apps[alg]
  if (!app) throw new Error(`no app for ${alg}`)
  return app
}

type Sign = (base: Buffer, privateKey: KeyObject) => Buffer

/** A read, signed in any way, with any parameters after the usual ones. */
async function read(
  app: TestApp,
  signer: Sign,
  parameters = '',
  keyId = app.key_id,
): Promise<RawAnswer> {
  const url = `${apiBase()}/v1/payments`
  const { base, params } = signatureBase(
    { method: 'GET', targetUri: url, headers: new Headers() },
    'KEYID',
    { created: Math.floor(Date.now() / 1000), nonce: randomBytes(16).toString('base64url') },
  )
  const withKey = (text: string) => text.replace('"KEYID"', `"${keyId}"`) + parameters
  const signature = signer(Buffer.from(withKey(base)), createPrivateKey(app.private_key))
  return sendPrepared({
    method: 'GET',
    url,
    body: null,
    headers: {
      'signature-input': `bursar=${withKey(params)}`,
      signature: `bursar=:${signature.toString('base64')}:`,
    },
  })
}

const signers: Record<string, Sign> = {
  ed25519: (base, key) => sign(null, base, key),
  p256: (base, key) => sign('sha256', base, { key, dsaEncoding: 'ieee-p1363' }),
  rsa: (base, key) => sign('sha512', base, { key, padding: 6, saltLength: 64 }),
}
const signerOf = (alg: string): Sign => signers[alg] ?? (() => Buffer.alloc(0))
const pemOf = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'pem' })

describe('a signature', () => {
  test.each(['ed25519', 'p256', 'rsa'])('of %s made rightly is accepted', async (alg) => {
    expect((await read(appOf(alg), signerOf(alg))).status).toBe(200)
  })

  test.each(['ed25519', 'p256', 'rsa'])(
    'of a key of %s is refused under any other algorithm that it names',
    async (alg) => {
      const others = [
        ...['ed25519', 'ecdsa-p256-sha256', 'rsa-pss-sha512', 'rsa-v1_5-sha256', 'sm2-sm3'],
        ...['hmac-sha256', 'none', 'ED25519', '', 'ecdsa-p384-sha384'],
      ]
      const own = { ed25519: 'ed25519', p256: 'ecdsa-p256-sha256', rsa: 'rsa-pss-sha512' }[alg]
      for (const other of others.filter((name) => name !== own)) {
        const answer = await read(appOf(alg), signerOf(alg), `;alg="${other}"`)
        expect([other, answer.status, answer.json.code]).toEqual([
          other,
          401,
          'signature_algorithm_mismatch',
        ])
      }
    },
  )

  test.each<[string, string, Sign]>([
    [
      'an HMAC with the public key',
      'rsa',
      (base, key) => createHmac('sha256', pemOf(key)).update(base).digest(),
    ],
    [
      'an HMAC with the public key',
      'p256',
      (base, key) => createHmac('sha512', pemOf(key)).update(base).digest(),
    ],
    [
      'an HMAC with the public key',
      'ed25519',
      (base, key) => createHmac('sha512', pemOf(key)).update(base).digest(),
    ],
    ['nothing', 'ed25519', () => Buffer.alloc(0)],
    ['zeros', 'ed25519', () => Buffer.alloc(64)],
    ['zeros (r = s = 0)', 'p256', () => Buffer.alloc(64)],
    ['zeros', 'rsa', () => Buffer.alloc(256)],
    ['DER', 'p256', (base, key) => sign('sha256', base, key)],
    ['the hash', 'ed25519', (base) => createHash('sha512').update(base).digest()],
    ['PKCS #1 v1.5', 'rsa', (base, key) => sign('sha256', base, key)],
    ['PSS with SHA-256', 'rsa', (base, key) => sign('sha256', base, { key, padding: 6 })],
  ])('that is %s is refused for a key of %s', async (_, alg, signer) => {
    const answer = await read(appOf(alg), signer)
    expect([400, 401]).toContain(answer.status)
    expect(['signature_invalid', 'signature_malformed']).toContain(answer.json.code)
  })

  test.each([
    ['ed25519', 'p256'],
    ['p256', 'ed25519'],
    ['rsa', 'ed25519'],
  ])('of %s is refused for a key of %s', async (made, registered) => {
    const { private_key } = appOf(made)
    const thief = openApp({ ...appOf(registered), private_key })
    expectProblem(await read(thief, signerOf(made)), 401, 'signature_invalid')
  })
})

describe('a key id', () => {
  test.each([
    ['with a path', '../../etc/passwd'],
    ['with a path in an id', 'key_../../../../../../../../'],
    ['with SQL', "key_' or '1'='1"],
    ['with SQL of the right length', "key_0000000000000000' or 1=1--"],
    ['with a null byte, encoded', 'key_%00000000000000000000000'],
    ['with a joker', 'key_%'],
    ['of an address', 'https://evil.example/key.pem'],
    ['that is very long', `key_${'0'.repeat(3000)}`],
    ['that is empty', ''],
    ['of no key', 'key_01jd0000000000000000000000'],
    ['in capitals', 'KEY_01JD0000000000000000000000'],
    ['of the prototype', '__proto__'],
    ['of a method of objects', 'constructor'],
  ])('is unknown: %s', async (_, keyId) => {
    const answer = await read(stage.own, signerOf('ed25519'), '', keyId)
    expectProblem(answer, 401, 'key_unknown')
  })

  test.each(['app_id', 'institution_id', 'department_id'] as const)(
    'is unknown: the %s',
    async (name) => {
      const answer = await read(stage.own, signerOf('ed25519'), '', stage.own[name])
      expectProblem(answer, 401, 'key_unknown')
    },
  )

  test("of another app, with one's own private key, is refused", async () => {
    for (const other of [stage.neighbour, stage.outsider]) {
      const answer = await read(stage.own, signerOf('ed25519'), '', other.key_id)
      expectProblem(answer, 401, 'signature_invalid')
    }
  })

  test('twice is refused', async () => {
    const answer = await read(stage.own, signerOf('ed25519'), `;keyid="${stage.neighbour.key_id}"`)
    expectProblem(answer, 400, 'signature_malformed')
  })
})

describe('two keys', () => {
  test('of one app sign as one app, and replay protection is per key', async () => {
    const second = openApp({ ...stage.own, ...(await addKey(stage.own)) })
    const nonce = newKey()
    expect((await stage.own.send({ path: '/v1/payments', nonce })).status).toBe(200)
    expect((await second.send({ path: '/v1/payments', nonce })).status).toBe(200)
    const { id } = await stage.own.bursar.payments.create(paymentBody())
    expect((await second.bursar.payments.get(id)).id).toBe(id)
  }, 30_000)

  test('of two apps share no idempotency key', async () => {
    const request = { path: '/v1/payments', body: paymentBody(), idempotencyKey: newKey() }
    const own = await stage.own.send(request)
    const theirs = await stage.neighbour.send(request)
    expect([own.status, theirs.status]).toEqual([201, 201])
    expect(theirs.json.id).not.toBe(own.json.id)
  })
})

describe('credentials in the address', () => {
  test.each([
    ['signature', 'bursar=:AAAA:'],
    ['Signature-Input', 'bursar=("@method");keyid="key_x"'],
    ['authorization', 'Bearer x'],
    ['api_key', 'x'],
    ['key_id', 'x'],
    ['idempotency-key', 'x'],
  ])('are no credentials: %s', async (name, value) => {
    const path = `/v1/payments?${name}=${encodeURIComponent(value)}`
    expectProblem(await stage.own.send({ path, signed: false }), 401, 'signature_missing')
    expectProblem(await stage.own.send({ path }), 400, 'field_unknown')
  })
})

describe('a header that occurs twice', () => {
  test.each([
    ['content-digest', 401, 'signature_ambiguous'],
    ['signature-input', 401, 'signature_ambiguous'],
    ['signature', 401, 'signature_ambiguous'],
    ['idempotency-key', 401, 'signature_ambiguous'],
    ['content-type', 400, 'request_invalid'],
  ])('is refused: %s', async (name, status, code) => {
    const before = await countRows(stage.own)
    for (const second of ['the same', 'another']) {
      const answer = await stage.own.send({
        path: '/v1/payments',
        body: paymentBody(),
        tamper(headers) {
          const value = String(headers[name])
          headers[name] = [value, second === 'the same' ? value : value.replace(/\w/, 'z')]
        },
      })
      expectProblem(answer, status, code)
    }
    expect(await countRows(stage.own)).toEqual(before)
  })
})

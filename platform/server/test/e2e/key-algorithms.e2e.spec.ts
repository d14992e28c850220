import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Bursar, type RequestSigner } from '@openbursar/sdk'
import { sm2 } from 'sm-crypto-v2'
import { bursarCommand, platformSettings } from '../support/bursar-command.js'
import { paymentBody } from '../support/fixtures.js'
import { type AppCredentials, apiBase, createApp, createCredentials } from '../support/platform.js'
import { newKey } from '../support/raw-request.js'

describe('an app may sign with', () => {
  test.each(['ed25519', 'p256', 'rsa'] as const)(
    'a key of %s, for writes and reads',
    async (alg) => {
      const app = await createApp({ alg })
      const payment = await app.bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
      expect(payment.status).toBe('pending')
      expect(await app.bursar.payments.get(payment.id)).toEqual(payment)
    },
  )

  test('an RSA key that is registered for PKCS #1 v1.5', async () => {
    const { key_id: keyId, private_key: privateKey } = await createApp({ alg: 'rsa-v1_5' })
    const algorithm = 'rsa-v1_5-sha256'
    const bursar = new Bursar({ keyId, privateKey, algorithm, baseUrl: apiBase() })
    const payment = await bursar.payments.create(paymentBody())
    expect(await bursar.payments.get(payment.id)).toEqual(payment)
    const newer = new Bursar({ keyId, privateKey, baseUrl: apiBase() })
    await expect(newer.payments.list()).rejects.toMatchObject({ code: 'signature_invalid' })
  })

  test('one RSA key in one way only', async () => {
    const app = await createApp({ alg: 'rsa' })
    const known = createPublicKey(app.private_key)
    await expect(register(app, known, 'rsa-v1_5-sha256')).rejects.toThrow('Make a new pair')
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await expect(register(app, publicKey, 'sm2-sm3')).rejects.toThrow('sm2-sm3')
  }, 60_000)

  test('a key of SM2, with a library of their own', async () => {
    const app = await createCredentials({ alg: 'sm2' })
    const bursar = new Bursar({ signer: sm2Signer(app), baseUrl: apiBase() })
    const payment = await bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
    expect(payment.status).toBe('pending')
    expect(await bursar.payments.get(payment.id)).toEqual(payment)
    // A busy key is checked with a table of its own.
    for (let time = 0; time < 3; time += 1) await bursar.payments.list({ limit: 1 })
    const nameless = new Bursar({ signer: sm2Signer(app, 'ALICE'), baseUrl: apiBase() })
    await expect(nameless.payments.list()).rejects.toMatchObject({ code: 'signature_invalid' })
  })

  test('the older of the two RSA algorithms is not accepted unless the key says so', async () => {
    const { key_id: keyId, private_key: privateKey } = await createApp({ alg: 'rsa' })
    const older = new Bursar({
      keyId,
      privateKey,
      baseUrl: apiBase(),
      algorithm: 'rsa-v1_5-sha256',
    })
    await expect(older.payments.list()).rejects.toMatchObject({
      status: 401,
      code: 'signature_invalid',
    })
  })

  test('no key of another app', async () => {
    const [mine, theirs] = await Promise.all([createApp(), createApp({ alg: 'p256' })])
    const { key_id: keyId } = mine
    const thief = new Bursar({ keyId, privateKey: theirs.private_key, baseUrl: apiBase() })
    await expect(thief.payments.list()).rejects.toMatchObject({ code: 'signature_invalid' })
  })
})

function sm2Signer(
  { key_id: keyId, private_key: pem }: { key_id: string; private_key: string },
  userId = '1234567812345678',
): RequestSigner {
  // RFC 5915: the secret number stands after version 1 and the head of 32 octets.
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
  const at = der.indexOf(Buffer.from('0201010420', 'hex')) + 5
  const secret = der.subarray(at, at + 32).toString('hex')
  return {
    keyId,
    algorithm: 'sm2-sm3',
    sign: (base) => Buffer.from(sm2.doSignature(base, secret, { hash: true, userId }), 'hex'),
  }
}

/** A public key for an algorithm of its owner's choice. */
async function register(app: AppCredentials, key: KeyObject, algorithm: string): Promise<void> {
  const pem = key.export({ type: 'spki', format: 'pem' })
  const path = join(platformSettings().DATA_DIR, `${newKey()}.pem`)
  await writeFile(path, pem)
  await bursarCommand(
    ...['keys', 'create', '--institution', app.institution_id, '--app', app.app_id],
    ...['--public-key', path, '--alg', algorithm],
  )
}

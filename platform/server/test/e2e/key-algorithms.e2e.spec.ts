import { describe, expect, test } from '@jest/globals'
import { Bursar } from '@openbursar/sdk'
import { paymentBody } from '../support/fixtures.js'
import { apiBase, createApp } from '../support/platform.js'

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

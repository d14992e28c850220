import { createHmac, generateKeyPairSync, sign as nodeSign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { BursarWebhookError } from './errors.js'
import { webhooks } from './webhooks.js'

const secretBytes = Buffer.from('0123456789abcdef0123456789abcdef')
const secret = `whsec_${secretBytes.toString('base64')}`
const otherSecret = `whsec_${Buffer.from('another secret, just as long 123').toString('base64')}`
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const jwk = publicKey.export({ format: 'jwk' })
const rawPublicKey = `whpk_${Buffer.from(String(jwk.x), 'base64url').toString('base64')}`

const now = new Date('2026-12-01T00:00:00Z')
const seconds = now.getTime() / 1000
const body = JSON.stringify({
  id: 'evt_1',
  type: 'payment.succeeded',
  created_at: now.toISOString(),
  livemode: false,
  api_version: '2026-12-01',
  data: { object: { id: 'pay_1', out_trade_no: '订单 7' } },
})

/** Made with node:crypto only, so that the verifier is not checked against itself. */
function headersFor(content: string, timestamp = seconds) {
  const signed = Buffer.from(`evt_1.${timestamp}.${content}`)
  const mac = createHmac('sha256', secretBytes).update(signed).digest('base64')
  const signature = nodeSign(null, signed, privateKey).toString('base64')
  return {
    'Webhook-Id': 'evt_1',
    'Webhook-Timestamp': String(timestamp),
    'Webhook-Signature': `v1,${mac} v1a,${signature}`,
  }
}

describe('accepts', () => {
  test('an HMAC signature, and narrows the event by its type', async () => {
    const event = await webhooks.verify(body, headersFor(body), { secret, now })
    if (event.type !== 'payment.succeeded') throw new Error('wrong type')
    expect(event.data.object.out_trade_no).toBe('订单 7')
  })

  test.each([
    ['whpk_ base64', rawPublicKey],
    ['PEM', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['JWK', { kty: 'OKP', crv: 'Ed25519', x: jwk.x, kid: 'k1', use: 'sig', alg: 'EdDSA' }],
  ])('an Ed25519 signature with the public key as %s', async (_, key) => {
    const event = await webhooks.verify(body, headersFor(body), { publicKey: key, now })
    expect(event.id).toBe('evt_1')
  })

  test('bytes as body, and headers as Headers or as Node gives them', async () => {
    const plain = headersFor(body)
    const node = Object.fromEntries(Object.entries(plain).map(([k, v]) => [k.toLowerCase(), [v]]))
    const bytes = new TextEncoder().encode(body)
    await webhooks.verify(bytes, new Headers(plain), { secret, now })
    await webhooks.verify(Buffer.from(body), node, { secret, now })
    await webhooks.verify(bytes.buffer, plain, { secret, now })
  })

  test('one good signature among several, and one good key among several', async () => {
    const headers = headersFor(body)
    const noise = `v1,AAAA v9,zzzz junk ${headers['Webhook-Signature']}`
    const options = { secret: [otherSecret, secret], now }
    await webhooks.verify(body, { ...headers, 'Webhook-Signature': noise }, options)
  })

  test('what its own helper signs', async () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const headers = await webhooks.sign(body, { id: 'evt_1', secret, privateKey: pem })
    await webhooks.verify(body, headers, { secret })
    await webhooks.verify(body, headers, { publicKey: rawPublicKey })
  })
})

describe('refuses', () => {
  const refusal = (code: string) => ({ name: 'BursarWebhookError', code })
  const mismatch = refusal('webhook_signature_mismatch')

  test('a body, an id or a time that was changed', async () => {
    const headers = headersFor(body)
    const options = { secret, publicKey: rawPublicKey, now }
    const changedBody = webhooks.verify(body.replace('pay_1', 'pay_2'), headers, options)
    await expect(changedBody).rejects.toBeInstanceOf(BursarWebhookError)
    await expect(changedBody).rejects.toMatchObject(mismatch)
    const changedId = webhooks.verify(body, { ...headers, 'Webhook-Id': 'evt_2' }, options)
    await expect(changedId).rejects.toMatchObject(mismatch)
    const later = { ...headers, 'Webhook-Timestamp': String(seconds + 1) }
    await expect(webhooks.verify(body, later, options)).rejects.toMatchObject(mismatch)
  })

  test("another endpoint's secret and another platform's key", async () => {
    const stranger = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
    const options = { secret: otherSecret, publicKey: { ...stranger, kty: 'OKP' }, now }
    await expect(webhooks.verify(body, headersFor(body), options)).rejects.toMatchObject(mismatch)
  })

  test('an HMAC that is offered as an Ed25519 signature, and the other way round', async () => {
    const headers = headersFor(body)
    const swapped = headers['Webhook-Signature'].replace('v1,', 'x,').replace('v1a,', 'v1,')
    const forged = { ...headers, 'Webhook-Signature': swapped }
    await expect(webhooks.verify(body, forged, { secret, now })).rejects.toMatchObject(mismatch)
    const onlyMac = { ...headers, 'Webhook-Signature': headers['Webhook-Signature'].split(' ')[0] }
    const withKey = webhooks.verify(body, onlyMac, { publicKey: rawPublicKey, now })
    await expect(withKey).rejects.toMatchObject(mismatch)
  })

  test.each([
    [-301, 'webhook_timestamp_too_old'],
    [301, 'webhook_timestamp_too_new'],
  ])('a genuine webhook %i seconds from now', async (offset, code) => {
    const headers = headersFor(body, seconds + offset)
    await expect(webhooks.verify(body, headers, { secret, now })).rejects.toMatchObject({ code })
    const wider = { secret, now, toleranceSeconds: 400 }
    await expect(webhooks.verify(body, headers, wider)).resolves.toMatchObject({ id: 'evt_1' })
  })

  test.each(['Webhook-Id', 'Webhook-Timestamp', 'Webhook-Signature'])(
    'a request without %s',
    async (name) => {
      const headers = { ...headersFor(body), [name]: undefined }
      const call = webhooks.verify(body, headers, { secret, now })
      await expect(call).rejects.toMatchObject(refusal('webhook_header_missing'))
    },
  )

  test('a timestamp that is not a number', async () => {
    const headers = { ...headersFor(body), 'Webhook-Timestamp': '1e9' }
    const call = webhooks.verify(body, headers, { secret, now })
    await expect(call).rejects.toMatchObject(refusal('webhook_timestamp_invalid'))
  })

  test.each([
    ['no key at all', {}],
    ['an empty secret', { secret: 'whsec_' }],
    ['a secret that is not base64', { secret: 'whsec_***' }],
    ['a public key of the wrong length', { publicKey: 'whpk_AAAA' }],
  ])('%s', async (_, options) => {
    const call = webhooks.verify(body, headersFor(body), { ...options, now })
    await expect(call).rejects.toMatchObject(refusal('webhook_key_invalid'))
  })

  test('a signed body that is not an event', async () => {
    for (const content of ['not json', '[]', '{"id":1}']) {
      const call = webhooks.verify(content, headersFor(content), { secret, now })
      await expect(call).rejects.toMatchObject(refusal('webhook_payload_invalid'))
    }
  })
})

describe("the platform's published keys", () => {
  const other = generateKeyPairSync('ed25519')
  const entry = (key: typeof publicKey, kid: string, purpose: string) => ({
    ...{ kid, kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA', purpose },
    x: key.export({ format: 'jwk' }).x,
  })

  /** A platform that publishes these keys, the first list first, and counts how often it is asked. */
  function published(...lists: object[][]) {
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = async (input) => {
      const keys = lists[Math.min(asked.length, lists.length - 1)]
      asked.push(String(input))
      return keys === undefined
        ? new Response('', { status: 503 })
        : new Response(JSON.stringify({ keys }))
    }
    return { asked, keys: webhooks.platformKeys('https://pay.test/', { fetch }) }
  }

  test('are read once, and verify', async () => {
    const { asked, keys } = published([entry(publicKey, 'a', 'webhook')])
    await webhooks.verify(body, headersFor(body), { platformKeys: keys, now })
    await webhooks.verify(body, headersFor(body), { platformKeys: keys, now })
    expect(asked).toEqual(['https://pay.test/.well-known/jwks.json'])
  })

  test('are read again when a signature fits none of them: a rotation goes unnoticed', async () => {
    const old = [entry(other.publicKey, 'a', 'webhook')]
    const { asked, keys } = published(old, [...old, entry(publicKey, 'b', 'webhook')])
    await webhooks.verify(body, headersFor(body), { platformKeys: keys, now })
    expect(asked).toHaveLength(2)
  })

  test('that sign answers or tokens sign no webhooks, and forgeries don’t make us ask for ever', async () => {
    const { asked, keys } = published([entry(publicKey, 'a', 'response')])
    for (let count = 0; count < 5; count += 1) {
      const call = webhooks.verify(body, headersFor(body), { platformKeys: keys, now })
      await expect(call).rejects.toMatchObject({ code: 'webhook_signature_mismatch' })
    }
    expect(asked).toHaveLength(2)
  })

  test('are not needed when the secret fits, and a failure to read them has a code of its own', async () => {
    const { asked, keys } = published()
    await webhooks.verify(body, headersFor(body), { secret, platformKeys: keys, now })
    expect(asked).toEqual([])
    const call = webhooks.verify(body, headersFor(body), { platformKeys: keys, now })
    await expect(call).rejects.toMatchObject({ code: 'webhook_keys_unavailable' })
  })

  test('take a Request', async () => {
    const headers = new Headers(headersFor(body))
    const request = new Request('https://shop.test', { method: 'POST', headers, body })
    const event = await webhooks.verifyRequest(request, { secret, now })
    expect(event.id).toBe('evt_1')
  })
})

import { describe, expect, test } from '@jest/globals'
import { Bursar } from '@openbursar/sdk'
import { expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { apiBase, type TestApp } from '../support/platform.js'
import { newKey, type RawRequest } from '../support/raw-request.js'
import { ACCEPT_SIGNATURE, expectSigned, isSigned, responseKeys } from '../support/signed-answer.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const asked = { 'accept-signature': ACCEPT_SIGNATURE }

/** Sends it and returns the answer with what the signature is over besides. */
async function ask(raw: RawRequest) {
  const { method, url } = stage.own.prepare(raw)
  const answer = await stage.own.send({ ...raw, headers: { ...asked, ...raw.headers } })
  return { answer, request: { method, url } }
}

describe('an answer is signed for whoever asks', () => {
  test.each<[string, number, () => RawRequest]>([
    ['a payment', 201, () => ({ path: '/v1/payments', body: paymentBody() })],
    ['a list', 200, () => ({ path: '/v1/payments?limit=1' })],
    ['a body that says nothing', 400, () => ({ path: '/v1/payments', body: {} })],
    [
      'a body that is too large',
      413,
      () => ({ path: '/v1/payments', body: 'x'.repeat(1_100_000) }),
    ],
    [
      'a body of another type',
      415,
      () => ({ path: '/v1/payments', body: '<a/>', headers: { 'content-type': 'text/xml' } }),
    ],
    ['no signature', 401, () => ({ path: '/v1/payments', signed: false })],
    ['a wrong signature', 401, () => ({ path: '/v1/payments', body: {}, bodySent: '{"a":1}' })],
    ['no such payment', 404, () => ({ path: '/v1/payments/pay_01jd0000000000000000000000' })],
    ['no such address', 404, () => ({ path: '/v1/nothing?x=1' })],
    ['no such method', 405, () => ({ path: '/v1/payments', method: 'DELETE' })],
    ['an address that cannot be read', 400, () => ({ path: '/v1/%E0%A4%A' })],
    ['the published keys', 200, () => ({ path: '/.well-known/jwks.json', signed: false })],
  ])('%s: %d', async (_, status, raw) => {
    const { answer, request } = await ask(raw())
    expect(answer.status).toBe(status)
    await expectSigned(answer, request)
  })

  test('and is good for that request alone', async () => {
    const { answer, request } = await ask({ path: '/v1/payments?limit=1' })
    for (const other of [
      { ...request, method: 'HEAD' },
      { ...request, url: request.url.replace('limit=1', 'limit=2') },
      { ...request, url: request.url.replace('localhost', 'example.com') },
    ]) {
      expect(await isSigned(answer, other)).toBe(false)
    }
    expect(await isSigned({ ...answer, status: 201 }, request)).toBe(false)
    expect(await isSigned({ ...answer, text: `${answer.text} ` }, request)).toBe(false)
  })

  test('a stored answer is signed anew, its body is the same', async () => {
    const raw = { path: '/v1/payments', body: paymentBody(), idempotencyKey: newKey() }
    const nonce = (text: string) => ({ 'accept-signature': `${ACCEPT_SIGNATURE};nonce="${text}"` })
    const first = await ask({ ...raw, headers: nonce('the-first') })
    const again = await ask({ ...raw, headers: nonce('the-second') })
    expect(again.answer.text).toBe(first.answer.text)
    for (const [{ answer, request }, echo] of [
      [first, 'the-first'],
      [again, 'the-second'],
    ] as const) {
      await expectSigned(answer, request)
      expect(answer.headers.get('signature-input')).toContain(`;nonce="${echo}"`)
    }
    expect(again.answer.headers.get('signature')).not.toBe(first.answer.headers.get('signature'))
  })
})

test('nobody pays for a signature that was not asked for', async () => {
  const answer = await stage.own.send({ path: '/v1/payments?limit=1' })
  expect(answer.headers.get('signature')).toBeNull()
  expect(answer.headers.get('content-digest')).toBeNull()
})

test('a wish that cannot be read changes nothing', async () => {
  const headers = { 'accept-signature': 'bursar=(((' }
  const answer = await stage.own.send({ path: '/v1/payments', body: paymentBody(), headers })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('signature')).toBeNull()
})

test('the key for answers is published as such', async () => {
  const [key] = await responseKeys()
  expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', purpose: 'response' })
})

describe('the SDK', () => {
  /** The SDK on a line where somebody changes what the platform answers to writes. */
  function through(change: (response: Response, text: string) => Response): TestApp['bursar'] {
    const { key_id: keyId, private_key: privateKey } = stage.own
    return new Bursar({
      ...{ keyId, privateKey, baseUrl: apiBase(), maxRetries: 0 },
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        return init?.method === 'POST' ? change(response, await response.text()) : response
      },
    })
  }
  const rebuilt = ({ status, headers }: Response, text: string, changes: ResponseInit = {}) =>
    new Response(text, { status, headers, ...changes })

  test('believes a signed success and a signed refusal', async () => {
    const honest = through((response, text) => rebuilt(response, text))
    expect((await honest.payments.create(paymentBody())).status).toBe('created')
    await expect(honest.payments.create(paymentBody({ amount: -1 }))).rejects.toMatchObject({
      status: 400,
      code: 'field_out_of_range',
    })
  })

  test.each<[string, (response: Response, text: string) => Response]>([
    [
      'another body',
      (response, text) => rebuilt(response, text.replace('"amount":', '"amount":1')),
    ],
    ['another status', (response, text) => rebuilt(response, text, { status: 200 })],
    ['no signature', ({ status }, text) => new Response(text, { status })],
    ['a refusal that nobody signed', () => Response.json({ code: 'x' }, { status: 422 })],
  ])('does not believe %s', async (_, change) => {
    const call = through(change).payments.create(paymentBody())
    // The money may have moved: nobody knows, so nothing is said but that.
    await expect(call).rejects.toMatchObject({ outcome: 'unknown' })
  })
})

test('a problem keeps its form under its signature', async () => {
  const { answer, request } = await ask({ path: '/v1/nothing' })
  expectProblem(answer, 404, 'route_not_found')
  await expectSigned(answer, request)
})

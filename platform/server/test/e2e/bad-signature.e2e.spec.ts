import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { bursarCommand } from '../support/bursar-command.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { expectNothingWritten } from '../support/nothing-written.js'
import { createApp, openApp, sendPrepared, type TestApp } from '../support/platform.js'
import { countRows } from '../support/platform-database.js'
import type { RawRequest } from '../support/raw-request.js'
import { addKey, openStage } from '../support/stage.js'
import { pause, until } from '../support/until.js'

const stage = openStage()
const nowSeconds = () => Math.floor(Date.now() / 1000)

/** A write that would be accepted, if its signature were. */
const write = (change: Partial<RawRequest>): RawRequest => ({
  path: '/v1/payments',
  body: paymentBody(),
  ...change,
})

/** Changes a header after it was signed, or removes it. */
const rewrite = (name: string, change: (value: string) => string | string[] | undefined) =>
  write({
    tamper(headers) {
      const value = change(String(headers[name]))
      if (value === undefined) delete headers[name]
      else headers[name] = value
    },
  })

const SIGNATURE_INPUT = 'signature-input'

describe('a signature', () => {
  expectNothingWritten(
    () => stage.own,
    () => stage.own.bursar.payments.create(paymentBody()),
  )

  test.each([
    ['that is missing', write({ signed: false }), 401, 'signature_missing'],
    ['without its input', rewrite(SIGNATURE_INPUT, () => undefined), 400, 'signature_malformed'],
    ['without itself', rewrite('signature', () => undefined), 400, 'signature_malformed'],
    ['over another body', write({ bodySent: '{"amount":1}' }), 401, 'content_digest_mismatch'],
    [
      'over another digest',
      { ...rewrite('content-digest', digestOfEmptyObject), bodySent: '{}' },
      401,
      'signature_invalid',
    ],
    ['over another key', rewrite('idempotency-key', () => 'mine'), 401, 'signature_invalid'],
    [
      'over another type',
      rewrite('content-type', (value) => `${value}; charset=utf-8`),
      401,
      'signature_invalid',
    ],
    ['with a bit flipped', rewrite('signature', flipped), 401, 'signature_invalid'],
    ['that is too old', write({ created: nowSeconds() - 310 }), 401, 'signature_expired'],
    ['from the future', write({ created: nowSeconds() + 120 }), 401, 'signature_in_future'],
    ['by nobody', write({ keyId: 'key_01jd0000000000000000000000' }), 401, 'key_unknown'],
    ['by a name', write({ keyId: 'alice' }), 401, 'key_unknown'],
    [
      'twice in one header',
      rewrite(SIGNATURE_INPUT, (value) => `${value}, other=()`),
      401,
      'signature_ambiguous',
    ],
    ['in two headers', rewrite('signature', (value) => [value, value]), 401, 'signature_ambiguous'],
    [
      'with half an input',
      rewrite(SIGNATURE_INPUT, (value) => value.slice(0, 20)),
      400,
      'signature_malformed',
    ],
    [
      'that is not base64',
      rewrite('signature', () => 'bursar=:not base64:'),
      400,
      'signature_malformed',
    ],
    [
      'under another label',
      rewrite(SIGNATURE_INPUT, (value) => value.replace('bursar=', 'sig1=')),
      400,
      'signature_malformed',
    ],
    [
      'under another tag',
      rewrite(SIGNATURE_INPUT, (value) => value.replace('bursar-request', 'x')),
      400,
      'signature_malformed',
    ],
    [
      'without a time',
      rewrite(SIGNATURE_INPUT, (value) => value.replace(/;created=\d+/, '')),
      400,
      'signature_malformed',
    ],
    [
      'without a nonce',
      rewrite(SIGNATURE_INPUT, (value) => value.replace(/;nonce="[^"]+"/, '')),
      401,
      'nonce_missing',
    ],
    ['with a short nonce', write({ nonce: 'short' }), 401, 'nonce_invalid'],
    [
      'for another algorithm',
      rewrite(SIGNATURE_INPUT, (value) => `${value};alg="rsa-pss-sha512"`),
      401,
      'signature_algorithm_mismatch',
    ],
    [
      'of half the request',
      rewrite(SIGNATURE_INPUT, (value) => value.replace('"@target-uri" ', '')),
      401,
      'signature_component_missing',
    ],
    [
      'without the key covered',
      write({ idempotencyKey: null, tamper: addKeyHeader }),
      401,
      'signature_component_missing',
    ],
    ['without a digest', rewrite('content-digest', () => undefined), 401, 'content_digest_missing'],
    [
      'with half a digest',
      rewrite('content-digest', () => 'sha-256=:abc'),
      400,
      'content_digest_malformed',
    ],
    [
      'with a weak digest',
      rewrite('content-digest', () => 'md5=:1B2M2Y8AsgTpgAmY7PhCfg==:'),
      400,
      'content_digest_malformed',
    ],
  ] as const)('is refused: %s', async (_, request, status, code) => {
    expectProblem(await stage.own.send(request), status, code)
  })

  test('is refused when it was made for another address or method', async () => {
    const prepared = stage.own.prepare({ path: '/v1/payments' })
    const elsewhere = { ...prepared, url: prepared.url.replace('/payments', '/bills') }
    expectProblem(await sendPrepared(elsewhere), 401, 'signature_invalid')
    const query = { ...prepared, url: `${prepared.url}?limit=1` }
    expectProblem(await sendPrepared(query), 401, 'signature_invalid')
  })

  test("is refused when it was made with another app's key", async () => {
    const thief = openApp({ ...stage.own, private_key: stage.neighbour.private_key })
    expectProblem(await thief.send(write({})), 401, 'signature_invalid')
  })

  test('is explained to a developer in test mode', async () => {
    const answer = await stage.own.send(rewrite('signature', flipped))
    expect(answer.json.signature_debug).toMatchObject({
      signature_base: expect.stringContaining('"@method": POST'),
      likely_cause: expect.any(String),
    })
  })
})

describe('a replay', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createApp()
  }, 60_000)

  test.each([
    ['a payment', paymentBody()],
    ['a payment with a channel', paymentBody({ channel: 'wechatpay' })],
    ['a checkout', { amount: 5, title: '捐赠' }],
  ])('of a write of %s is refused and writes nothing', async (_, body) => {
    const path = 'title' in body ? '/v1/checkouts' : '/v1/payments'
    const prepared = app.prepare({ path, body })
    expect((await sendPrepared(prepared)).status).toBe(201)
    const written = await countRows(app)
    expectProblem(await sendPrepared(prepared), 401, 'nonce_replayed')
    expect(await countRows(app)).toEqual(written)
  })

  test('of a read is refused', async () => {
    const prepared = app.prepare({ path: '/v1/payments' })
    expect((await sendPrepared(prepared)).status).toBe(200)
    expectProblem(await sendPrepared(prepared), 401, 'nonce_replayed')
  })

  test('of a delete is refused', async () => {
    const { id } = await app.bursar.webhookEndpoints.create({ url: 'http://localhost:9/' })
    const prepared = app.prepare({ method: 'DELETE', path: `/v1/webhook_endpoints/${id}` })
    expect((await sendPrepared(prepared)).status).toBe(200)
    expectProblem(await sendPrepared(prepared), 401, 'nonce_replayed')
  })

  test('with a used nonce and another body is refused', async () => {
    const nonce = 'the-same-nonce-for-both'
    expect((await app.send(write({ nonce }))).status).toBe(201)
    expectProblem(await app.send(write({ nonce })), 401, 'nonce_replayed')
  })

  test('of fifty copies at once lets one through', async () => {
    const prepared = app.prepare(write({}))
    const answers = await Promise.all(Array.from({ length: 50 }, () => sendPrepared(prepared)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 401, 'nonce_replayed')
    }
  })
})

describe('a key', () => {
  test('is of no use 5 s after it was revoked', async () => {
    const app = await createApp()
    expect((await app.send({ path: '/v1/payments' })).status).toBe(200)
    await bursarCommand('keys', 'revoke', '--key', app.key_id)
    const answer = await until(
      () => app.send({ path: '/v1/payments' }),
      ({ status }) => status !== 200,
      5_000,
    )
    expectProblem(answer, 401, 'key_revoked')
    expectProblem(await app.send(write({})), 401, 'key_revoked')
  }, 30_000)

  test('is of no use after its last day', async () => {
    const notAfter = new Date(Date.now() + 5_000)
    const key = await addKey(stage.own, '--not-after', notAfter.toISOString())
    const expiring = openApp({ ...stage.own, ...key })
    await pause(Math.max(0, notAfter.getTime() - Date.now()))
    expectProblem(await expiring.send({ path: '/v1/payments' }), 401, 'key_expired')
  }, 30_000)

  test('may do less than its app', async () => {
    const key = await addKey(stage.own, '--scopes', 'payments:read')
    const reader = openApp({ ...stage.own, ...key })
    expect((await reader.send({ path: '/v1/payments' })).status).toBe(200)
    expectProblem(await reader.send(write({})), 403, 'scope_missing')
  }, 30_000)
})

function digestOfEmptyObject(): string {
  return `sha-256=:${createHash('sha256').update('{}').digest('base64')}:`
}

/** Of the first byte. */
function flipped(value: string): string {
  const [, base64 = ''] = /^bursar=:(.*):$/.exec(value) ?? []
  const bytes = Buffer.from(base64, 'base64')
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return `bursar=:${bytes.toString('base64')}:`
}

function addKeyHeader(headers: Record<string, unknown>): void {
  headers['idempotency-key'] = 'added on the way'
}

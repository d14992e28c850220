import { describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import { newPendingPayment, paymentBody } from '../support/fixtures.js'
import { apiBase } from '../support/platform.js'
import { transmit } from '../support/raw-request.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const EVIL = 'evil.example'

describe('every answer', () => {
  test.each([
    ['a list', '/v1/payments', true],
    ['a refusal', '/v1/payments', false],
    ['an address that is nowhere', '/nowhere', false],
    ['an address that cannot be read', '/v1/%zz', false],
    ['a health check', '/healthz', false],
    ['public keys', '/.well-known/jwks.json', false],
    ['an error page', '/docs/errors/bill_not_found', false],
    ['a cashier page', '/cashier/anything', false],
    ['an answer of the cashier', '/cashier/api/anything', false],
  ])(
    'forbids guessing, framing and referring, and says nothing of the server: %s',
    async (_, path, signed) => {
      const { headers } = await transmit(stage.own.prepare({ path, signed }))
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toMatch(/default-src '(none|self)'/)
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-request-id')).toMatch(/^req_/)
      for (const name of ['server', 'x-powered-by', 'via', 'set-cookie']) {
        expect([name, headers.get(name)]).toEqual([name, null])
      }
    },
  )

  test('of the API is kept by nobody on the way', async () => {
    for (const path of ['/v1/payments', '/v1/payments/pay_x']) {
      expect((await stage.own.send({ path })).headers.get('cache-control')).toBe('no-store')
    }
    const created = await stage.own.send({ path: '/v1/payments', body: paymentBody() })
    expect(created.headers.get('cache-control')).toBe('no-store')
  })

  test('promises https only where callers come by https', async () => {
    const { headers } = await transmit(stage.own.prepare({ path: '/healthz', signed: false }))
    expect(headers.get('strict-transport-security')).toBeNull()
  })
})

describe('a page of another site', () => {
  test.each(['GET', 'OPTIONS'])('may not read an answer (%s)', async (method) => {
    const headers = {
      origin: `https://${EVIL}`,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'signature',
    }
    for (const path of ['/v1/payments', '/cashier/api/x', '/healthz']) {
      const answer = await transmit(stage.own.prepare({ method, path, headers, signed: false }))
      const allowed = [...answer.headers.keys()].filter((name) =>
        name.startsWith('access-control-'),
      )
      expect(allowed).toEqual([])
      if (method === 'OPTIONS') expect(answer.status).toBeGreaterThanOrEqual(400)
    }
  })
})

describe('where we are', () => {
  const forwarded = {
    forwarded: `for=1.2.3.4;host=${EVIL};proto=https`,
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-host': EVIL,
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    'x-original-url': '/healthz',
    'x-rewrite-url': '/healthz',
    'x-host': EVIL,
  }

  test.each([
    ['a Host of somebody else', { host: EVIL }],
    ['a Host with a port', { host: 'localhost:1' }],
    ['a Host with a user', { host: `localhost@${EVIL}` }],
    ['headers of a proxy', forwarded],
  ])('is not for callers to say: %s', async (_, headers) => {
    const answer = await stage.own.send({
      path: '/v1/payments',
      body: paymentBody({ channel: 'wechatpay' }),
      headers,
    })
    // The signature is over our own address, so it verifies whatever these headers claim.
    expect(answer.status).toBe(201)
    expect(new URL(answer.json.cashier_url).origin).toBe(apiBase())
    expect(JSON.stringify([answer.json, [...answer.headers]])).not.toContain(EVIL)
  })

  test('stays out of a problem document, too', async () => {
    const answer = await stage.own.send({ path: '/v1/nowhere', headers: { host: EVIL } })
    expectProblem(answer, 404, 'route_not_found')
    expect(new URL(answer.json.type).origin).toBe(apiBase())
  })
})

describe('a method', () => {
  test.each([
    ['x-http-method-override', 'DELETE'],
    ['x-http-method', 'DELETE'],
    ['x-method-override', 'DELETE'],
  ])('cannot be changed by the header %s', async (name, method) => {
    const { id } = await newPendingPayment(stage.own)
    const answer = await stage.own.send({ path: `/v1/payments/${id}`, headers: { [name]: method } })
    expect([answer.status, answer.json.id]).toEqual([200, id])
  })

  test('cannot be changed by a parameter', async () => {
    const answer = await stage.own.send({ path: '/v1/payments?_method=POST' })
    expectProblem(answer, 400, 'field_unknown')
    const body = { ...paymentBody(), _method: 'DELETE' }
    expectProblem(await stage.own.send({ path: '/v1/payments', body }), 400, 'field_unknown')
  })

  test.each(['TRACE', 'PROPFIND', 'PUT', 'PATCH', 'DELETE'])('%s does nothing', async (method) => {
    const answer = await stage.own.send({ method, path: '/v1/payments' })
    expect([404, 405]).toContain(answer.status)
  })
})

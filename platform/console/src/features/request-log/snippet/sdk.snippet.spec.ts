import { describe, expect, test } from '@jest/globals'
import { sdkSnippet } from './sdk.snippet.js'
import { loggedCall } from './snippet.fixture.js'

const OPTIONS = { apiBase: 'https://pay.example.edu', sameIdempotencyKey: false }
const callLine = (...[changes, options]: [Parameters<typeof loggedCall>[0], object?]) =>
  /await bursar\.([\s\S]*?)\nconsole/.exec(
    sdkSnippet(loggedCall(changes), { ...OPTIONS, ...options }),
  )?.[1]

describe('sdkSnippet', () => {
  test('calls the SDK function of the route with the body as TypeScript', () => {
    expect(callLine({})).toBe(
      `payments.create({\n  out_trade_no: "T-1",\n  amount: 12800,\n  subject: "it's 学费"\n})`,
    )
  })

  test('takes ids out of the path', () => {
    const call = {
      method: 'POST',
      route: '/v1/refunds/{id}/reject',
      path: '/v1/refunds/ref_1/reject',
      body: { reason: 'twice' },
    }
    expect(callLine(call)).toBe(`refunds.reject('ref_1', {\n  reason: "twice"\n})`)
    expect(
      callLine({
        method: 'GET',
        route: '/v1/bills/{id}',
        path: '/v1/bills/bill_1',
        body: undefined,
      }),
    ).toBe(`bills.get('bill_1')`)
  })

  test('passes filters, numbers where the SDK wants numbers', () => {
    const list = { method: 'GET', body: undefined, query: 'limit=5&created_at%5Bgte%5D=2026-11-22' }
    expect(callLine(list)).toBe(
      `payments.list({\n  limit: 5,\n  "created_at[gte]": "2026-11-22"\n})`,
    )
  })

  test('keeps the idempotency key only when asked to', () => {
    expect(callLine({})).not.toContain('idempotencyKey')
    expect(callLine({}, { sameIdempotencyKey: true })).toContain(
      `, {\n  idempotencyKey: "order-2026-0001"\n})`,
    )
  })

  test('falls back to a plain request for a route that it has no name for', () => {
    const unknown = { method: 'GET', route: null, path: '/v1/news', query: 'a=1', body: undefined }
    expect(callLine(unknown)).toBe(`request({\n  method: "GET",\n  path: "/v1/news?a=1"\n})`)
  })

  test('names the algorithm of an RSA key, which the key does not tell', () => {
    const text = sdkSnippet(loggedCall({ algorithm: 'rsa-v1_5-sha256' }), OPTIONS)
    expect(text).toContain(`algorithm: 'rsa-v1_5-sha256',`)
    expect(sdkSnippet(loggedCall(), OPTIONS)).not.toContain('algorithm')
  })
})

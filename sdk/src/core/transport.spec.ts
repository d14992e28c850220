import { describe, expect, test } from '@jest/globals'
import {
  bills,
  fakeFetch,
  hang,
  json,
  networkError,
  problem,
} from '../../test/support/fake-fetch.js'
import { BursarAbortError, BursarConnectionError, BursarTimeoutError } from './errors.js'

const bill = { out_bill_no: 'B1', payer_id: 'p', fee_item_id: 'i', title: 'Tuition', amount: 100 }
const keysOf = (sent: { headers: Headers }[]) =>
  sent.map((request) => request.headers.get('idempotency-key'))

describe('a call', () => {
  test('sends JSON, digest and key, and returns the answer', async () => {
    const { fetch, sent } = fakeFetch(json({ id: 'bill_1' }, { status: 201 }))
    const created = await bills(fetch, { apiVersion: '2026-12-01' }).create(bill)
    expect(created.id).toBe('bill_1')
    expect(sent[0]).toMatchObject({ method: 'POST', url: 'https://pay.test/v1/bills' })
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual(bill)
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
      'content-type': 'application/json',
      'content-digest': expect.stringMatching(/^sha-256=:.{44}:$/),
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'bursar-version': '2026-12-01',
      'user-agent': expect.stringMatching(/^openbursar-sdk\/\d/),
    })
  })

  test('without a body has neither digest nor content type', async () => {
    const { fetch, sent } = fakeFetch(json({ id: 'bill_1' }))
    await bills(fetch).void('bill_1')
    expect(sent[0]?.url).toBe('https://pay.test/v1/bills/bill_1/void')
    expect(sent[0]?.headers.has('content-digest')).toBe(false)
    expect(sent[0]?.headers.has('content-type')).toBe(false)
    expect(sent[0]?.headers.has('idempotency-key')).toBe(true)
  })

  test('a GET carries no idempotency key', async () => {
    const { fetch, sent } = fakeFetch(json({ id: 'bill_1' }))
    await bills(fetch).get('bill_1')
    expect(sent[0]?.headers.has('idempotency-key')).toBe(false)
  })

  test('resolves to undefined when there is no content', async () => {
    const { fetch } = fakeFetch(new Response(null, { status: 204 }))
    expect(await bills(fetch).delete('whk_1')).toBeUndefined()
  })

  test('hands a file over as an open response', async () => {
    const { fetch } = fakeFetch(new Response('%PDF-1.7', { status: 200 }))
    const receipt = await bills(fetch).receipt('pay_1')
    expect(await receipt.text()).toBe('%PDF-1.7')
  })

  test('sends raw content under the type of the document, or the one of the call', async () => {
    const { fetch, sent } = fakeFetch(json({ id: 'imp_1' }), json({ id: 'imp_2' }))
    await bills(fetch).import('a,b\n1,2')
    const headers = { 'Content-Type': 'application/x-ndjson' }
    await bills(fetch).import('{}', { headers })
    const types = sent.map((request) => request.headers.get('content-type'))
    expect(types).toEqual(['text/csv', 'application/x-ndjson'])
    expect(sent[0]?.body).toBe('a,b\n1,2')
  })

  test('rejects, and does not throw, when an id is empty', async () => {
    await expect(bills(fakeFetch().fetch).get('')).rejects.toThrow(TypeError)
  })

  test('says so when a success is not JSON', async () => {
    const { fetch } = fakeFetch(new Response('<html>', { status: 200 }))
    await expect(bills(fetch).get('bill_1')).rejects.toMatchObject({
      code: 'response_invalid',
      rawBody: '<html>',
    })
  })
})

describe('retries', () => {
  test.each([
    ['a 500', problem(500, { retryable: true })],
    ['a proxy page', new Response('<html>', { status: 502 })],
    ['a 429', problem(429, { code: 'rate_limited' })],
    ['a running original', problem(409, { code: 'idempotency_in_progress' })],
    ['a broken connection', networkError('ECONNRESET')],
  ])('after %s, with the same key and body', async (_, failure) => {
    const { fetch, sent } = fakeFetch(failure, json({ id: 'bill_1' }))
    await bills(fetch).create(bill)
    expect(sent).toHaveLength(2)
    expect(keysOf(sent)[0]).toBe(keysOf(sent)[1])
    expect(sent[0]?.body).toBe(sent[1]?.body)
  })

  test.each([
    [400, {}],
    [401, {}],
    [404, {}],
    [409, { code: 'bill_conflict', retryable: true }],
    [422, {}],
    [503, { retryable: false }],
  ])('not after %i with %j', async (status, fields) => {
    const { fetch, sent } = fakeFetch(problem(status, fields))
    await expect(bills(fetch).create(bill)).rejects.toMatchObject({ status })
    expect(sent).toHaveLength(1)
  })

  test('stop after two by default, and where the caller says', async () => {
    const down = () => problem(503)
    const first = fakeFetch(down(), down(), down(), json({}))
    await expect(bills(first.fetch).get('b')).rejects.toMatchObject({ status: 503 })
    expect(first.sent).toHaveLength(3)
    const second = fakeFetch(down(), json({}))
    const none = bills(second.fetch).get('b', { maxRetries: 0 })
    await expect(none).rejects.toMatchObject({ status: 503 })
    expect(second.sent).toHaveLength(1)
  })

  test('keep the key of the caller', async () => {
    const { fetch, sent } = fakeFetch(problem(500), json({ id: 'bill_1' }))
    await bills(fetch).create(bill, { idempotencyKey: 'order-7' })
    expect(keysOf(sent)).toEqual(['order-7', 'order-7'])
  })

  test('wait for as long as Retry-After says', async () => {
    const { fetch } = fakeFetch(problem(429, {}, { 'retry-after': '0.2' }), json({}))
    const startedAt = performance.now()
    await bills(fetch).get('b')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(190)
  })

  test('do not wait for an hour: the error comes at once', async () => {
    const { fetch, sent } = fakeFetch(problem(429, {}, { 'retry-after': '3600' }))
    await expect(bills(fetch).get('b')).rejects.toMatchObject({ status: 429 })
    expect(sent).toHaveLength(1)
  })
})

describe('outcome of a POST', () => {
  const create = (fetch: typeof globalThis.fetch, options = {}) =>
    bills(fetch).create(bill, { maxRetries: 0, ...options })

  test('is unknown when the connection breaks after sending', async () => {
    const error = create(fakeFetch(networkError('ECONNRESET')).fetch)
    await expect(error).rejects.toBeInstanceOf(BursarConnectionError)
    await expect(error).rejects.toMatchObject({ code: 'connection_failed', outcome: 'unknown' })
    await expect(error).rejects.toThrow(/GET by your own number/)
  })

  test('is failed when there was no connection to send over', async () => {
    const error = create(fakeFetch(networkError('ECONNREFUSED')).fetch)
    await expect(error).rejects.toMatchObject({ outcome: 'failed', retryable: true })
  })

  test('stays unknown when a later try cannot connect or is refused', async () => {
    const reset = networkError('ECONNRESET')
    const later = create(fakeFetch(reset, networkError('ECONNREFUSED')).fetch, { maxRetries: 1 })
    await expect(later).rejects.toMatchObject({ outcome: 'unknown' })
    const refused = create(fakeFetch(reset, problem(401)).fetch, { maxRetries: 1 })
    await expect(refused).rejects.toMatchObject({ status: 401, outcome: 'unknown' })
  })

  test('is what the server says, when it says', async () => {
    const failed = create(fakeFetch(problem(502, { outcome: 'failed' })).fetch)
    await expect(failed).rejects.toMatchObject({ outcome: 'failed' })
  })

  test('is unknown after a 5xx that says nothing, and absent after a plain refusal', async () => {
    await expect(create(fakeFetch(problem(504)).fetch)).rejects.toMatchObject({
      outcome: 'unknown',
    })
    const refused = create(fakeFetch(problem(400)).fetch)
    await expect(refused).rejects.toMatchObject({ outcome: undefined })
  })

  test('is unknown when the answer breaks off in the middle', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(networkError('UND_ERR_SOCKET')),
    })
    const error = create(fakeFetch(new Response(body, { status: 201 })).fetch)
    await expect(error).rejects.toMatchObject({ code: 'connection_failed', outcome: 'unknown' })
  })

  test('is not a question for a GET', async () => {
    const get = bills(fakeFetch(networkError('ECONNRESET')).fetch).get('b', {
      maxRetries: 0,
    })
    await expect(get).rejects.toMatchObject({ outcome: undefined })
  })
})

describe('time', () => {
  test('a try that takes too long ends, and the next one may succeed', async () => {
    const { fetch, sent } = fakeFetch(hang, json({ id: 'bill_1' }))
    await bills(fetch, { timeoutMs: 20 }).create(bill)
    expect(keysOf(sent)[0]).toBe(keysOf(sent)[1])
  })

  test('a POST that was never answered is a timeout with an unknown outcome', async () => {
    const { fetch } = fakeFetch(hang)
    const error = bills(fetch).create(bill, { timeoutMs: 20, maxRetries: 0 })
    await expect(error).rejects.toBeInstanceOf(BursarTimeoutError)
    await expect(error).rejects.toMatchObject({ code: 'timeout', outcome: 'unknown' })
  })

  test('an answer whose body never ends is a timeout, too', async () => {
    const { fetch } = fakeFetch(async (init) => {
      const body = new ReadableStream({
        start: (controller) =>
          init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted'))),
      })
      return new Response(body, { status: 200 })
    })
    const error = bills(fetch).get('b', { timeoutMs: 20, maxRetries: 0 })
    await expect(error).rejects.toBeInstanceOf(BursarTimeoutError)
  })

  test('a signal cancels the call and its retries', async () => {
    const controller = new AbortController()
    const { fetch, sent } = fakeFetch(hang)
    const call = bills(fetch).create(bill, { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('the user left')), 10)
    await expect(call).rejects.toBeInstanceOf(BursarAbortError)
    await expect(call).rejects.toMatchObject({
      code: 'aborted',
      outcome: 'unknown',
      cause: expect.objectContaining({ message: 'the user left' }),
    })
    expect(sent).toHaveLength(1)
  })

  test('a signal cancels the wait between two tries', async () => {
    const controller = new AbortController()
    const { fetch, sent } = fakeFetch(problem(429, {}, { 'retry-after': '30' }))
    const call = bills(fetch).create(bill, { signal: controller.signal })
    setTimeout(() => controller.abort(), 10)
    await expect(call).rejects.toMatchObject({ code: 'aborted', outcome: 'failed' })
    expect(sent).toHaveLength(1)
  })

  test('a signal that has already fired sends nothing', async () => {
    const { fetch, sent } = fakeFetch()
    const call = bills(fetch).create(bill, { signal: AbortSignal.abort() })
    await expect(call).rejects.toMatchObject({ code: 'aborted', outcome: 'failed' })
    expect(sent).toHaveLength(0)
  })
})

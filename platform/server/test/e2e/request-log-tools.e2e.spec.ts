import { describe, expect, test } from '@jest/globals'
import type { RequestLogDetail } from '@openbursar/sdk'
import { describeForeign, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newNumber, newPendingPayment, payerBody, paymentBody } from '../support/fixtures.js'
import { apiBase, get, sendPrepared, type TestApp } from '../support/platform.js'
import type { RawAnswer, RawRequest } from '../support/raw-request.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
const idOf = ({ headers }: RawAnswer) => headers.get('x-request-id') ?? ''
const logged = async (app: TestApp, id: string): Promise<RequestLogDetail> =>
  until(
    () => app.send({ path: `/v1/request_logs/${id}` }),
    ({ status }) => status === 200,
    5_000,
  ).then(({ json }) => json)
const sendAndFind = async (request: RawRequest) =>
  logged(stage.own, idOf(await stage.own.send(request)))
const forged = async (query = 'limit=1') => {
  const prepared = stage.own.prepare({ path: '/v1/payments' })
  return sendPrepared({ ...prepared, url: `${prepared.url}?${query}` })
}

describe('GET /v1/request_logs, read forwards', () => {
  test('tells of a call once it is made, and of each once', async () => {
    const list = stage.own.bursar.requestLogs
    const { next_cursor } = await list.list({ order: 'asc' })
    const waiting = list.list({ order: 'asc', after: next_cursor ?? '', wait_seconds: 10 })
    const payment = await newPendingPayment(stage.own)
    const first = await waiting
    expect(first.data.map(({ object_id }) => object_id)).toEqual([payment.id])
    await stage.own.bursar.payments.get(payment.id)
    const second = await list.list({
      ...{ order: 'asc', after: first.next_cursor ?? '', wait_seconds: 10 },
    })
    expect(second.data.map(({ route }) => route)).toEqual(['/v1/payments/{id}'])
  })

  test.each([
    ['credential=signature&path_contains=pay', 200],
    ['duration_us[gte]=1&duration_us[lt]=100000000', 200],
    ['caller_address=::1', 200],
    ['credential=magic', 400],
    ['caller_address=home', 400],
    ['order=asc&wait_seconds=21', 400],
  ])('answers ?%s with %i', async (query, status) => {
    expect((await stage.own.send({ path: `/v1/request_logs?${query}` })).status).toBe(status)
  })

  test('finds by duration, credential and a text in the path', async () => {
    const found = await sendAndFind({ path: '/v1/fee_items?limit=7' })
    const { data } = await stage.own.bursar.requestLogs.list({
      ...{ path_contains: 'e_item', credential: 'signature', 'duration_us[gte]': 1 },
    })
    expect(data.map(({ id }) => id)).toContain(found.id)
    const slow = { path_contains: 'e_item', 'duration_us[gte]': 2_000_000_000 }
    expect((await stage.own.bursar.requestLogs.list(slow)).data).toEqual([])
  })
})

describe('GET /v1/request_logs/{id}', () => {
  test('says where the time went and what the call caused', async () => {
    const found = await sendAndFind({ path: '/v1/payments', body: paymentBody() })
    const { timing, related, duration_us } = found
    const steps = Object.values(timing ?? {}).map(Number)
    expect(steps).toHaveLength(5)
    expect(steps.reduce((sum, one) => sum + one, 0)).toBeCloseTo(duration_us, -2)
    expect(related.objects).toEqual([{ id: found.object_id, object: 'payment' }])
  })

  test('says of a refused call how far it came', async () => {
    const answer = await forged()
    const { timing } = await logged(stage.own, idOf(answer))
    expect(timing).toMatchObject({ authenticate_us: null, admit_us: null })
  })

  test('explains a signature that was refused in the name of a test key', async () => {
    const answer = await forged()
    expectProblem(answer, 401, 'signature_invalid')
    const { signature_refusal: refusal, signature } = await logged(stage.own, idOf(answer))
    expect(signature).toBeNull()
    expect(refusal).toMatchObject({ code: 'signature_invalid', received_base: null })
    expect(refusal?.expected_base).toContain('/v1/payments?limit=1')
    expect(refusal?.detail).not.toBe('')
    const { data } = await stage.own.bursar.requestLogs.list({ refused_signatures: 'true' })
    expect(data.map(({ id }) => id)).toContain(idOf(answer))
    const others = await stage.neighbour.bursar.requestLogs.list({ refused_signatures: 'true' })
    expect(others.data.map(({ id }) => id)).not.toContain(idOf(answer))
    const foreign = await stage.neighbour.send({ path: `/v1/request_logs/${idOf(answer)}` })
    expectProblem(foreign, 404, 'request_log_not_found')
  })

  test('keeps no secret that a refused signature covered', async () => {
    const answer = await forged('name=张三丰&phone=13800138000')
    const text = JSON.stringify(await logged(stage.own, idOf(answer)))
    expect(text).not.toContain('13800138000')
    expect(text).not.toContain(encodeURIComponent('张三丰'))
  })
})

describe('POST /v1/test_helpers/signature_diagnosis with a request_log', () => {
  const ask = async (body: object) => {
    const response = await fetch(`${apiBase()}/v1/test_helpers/signature_diagnosis`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, json: JSON.parse(await response.text()) }
  }

  test('says again what the refused call was told', async () => {
    const answer = await forged()
    await logged(stage.own, idOf(answer))
    const { status, json } = await ask({ request_log: idOf(answer) })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      object: 'signature_diagnosis',
      valid: false,
      code: 'signature_invalid',
      key_id: stage.own.key_id,
      algorithm: 'ed25519',
    })
    expect(json.expected_base).toContain('/v1/payments?limit=1')
  })

  test('knows nothing of calls that were let in, nor of both at once', async () => {
    const found = await sendAndFind({ path: '/v1/payments?limit=1' })
    expect((await ask({ request_log: found.id })).status).toBe(404)
    expect((await ask({ request_log: found.id, request: 'GET / HTTP/1.1' })).status).toBe(400)
    expect((await get('/v1/test_helpers/signature_diagnosis')).status).toBe(405)
  })
})

describe('POST /v1/test_helpers/request_logs/{id}/replay', () => {
  const path = (id: string) => `/v1/test_helpers/request_logs/${id}/replay`
  const read = async () => (await sendAndFind({ path: '/v1/payments?limit=1' })).id
  const replays = () => stage.own.bursar.testHelpers.requestLogs
  describeWrite(stage, {
    path: async () => path(await read()),
    body: () => ({}),
    status: 200,
    invalid: { body: { colour: 'red' }, code: 'field_unknown', pointer: '/colour' },
  })
  describeForeign(stage, {
    ...{ method: 'POST', path, id: read, body: {}, code: 'request_log_not_found' },
  })

  test('runs a read again and puts both answers side by side', async () => {
    const { id } = await newPendingPayment(stage.own)
    const found = await sendAndFind({ path: `/v1/payments/${id}` })
    const replay = await replays().replay(found.id, {})
    expect(replay).toMatchObject({
      request_log: found.id,
      idempotency_key: null,
      original: { status: 200, body: { id } },
      replay: { status: 200, body: { id }, stored: false },
      same_status: true,
      same_body: true,
    })
    const again = await logged(stage.own, replay.replayed_as)
    expect(again).toMatchObject({ credential: 'replay', path: `/v1/payments/${id}`, status: 200 })
  })

  test('runs a write under a new key, and meets the number that is taken', async () => {
    const body = paymentBody()
    const found = await sendAndFind({ path: '/v1/payments', body })
    const replay = await replays().replay(found.id, {})
    expect(replay.idempotency_key).not.toBe(found.idempotency_key)
    expect(replay).toMatchObject({
      original: { status: 201 },
      replay: { status: 200, stored: false, body: { id: found.object_id } },
      same_status: false,
    })
  })

  test('gives the stored answer when asked for the same key, whatever the spaces of the body were', async () => {
    const body = JSON.stringify(paymentBody(), null, 3)
    const found = await sendAndFind({ path: '/v1/payments', body })
    const replay = await replays().replay(found.id, { same_idempotency_key: true })
    expect(replay).toMatchObject({
      idempotency_key: found.idempotency_key,
      replay: { status: 201, stored: true },
      same_status: true,
      same_body: true,
    })
  })

  test('has no more scopes than who asks for it', async () => {
    const found = await sendAndFind({ path: '/v1/payments', body: paymentBody() })
    const { generateKeyPairSync } = await import('node:crypto')
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const public_key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const key = await stage.own.bursar.keys.create({ public_key, scopes: ['logs:read'] })
    const { openApp } = await import('../support/platform.js')
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const narrow = openApp({ ...stage.own, key_id: key.id, private_key })
    const replay = await narrow.bursar.testHelpers.requestLogs.replay(found.id, {})
    expect(replay.replay).toMatchObject({ status: 403, body: { code: 'scope_missing' } })
  })

  test.each<[string, () => Promise<string>]>([
    ['personal', async () => (await sendAndFind({ path: '/v1/payers', body: payerBody() })).id],
    [
      'too large',
      async () =>
        (
          await sendAndFind({
            path: '/v1/payments',
            body: { ...paymentBody(), subject: 'x'.repeat(20_000) },
          })
        ).id,
    ],
    ['nobody proved', async () => logged(stage.own, idOf(await forged())).then(({ id }) => id)],
  ])('refuses what is not whole: %s', async (words, id) => {
    const answer = await stage.own.send({ path: path(await id()), body: {} })
    expectProblem(answer, 409, 'request_log_not_replayable')
    expect(answer.json.detail).toContain(words)
  })

  test('does not run itself', async () => {
    const first = await stage.own.send({ path: path(await read()), body: {} })
    const { id } = await logged(stage.own, idOf(first))
    const answer = await stage.own.send({ path: path(id), body: {} })
    expectProblem(answer, 409, 'request_log_not_replayable')
  })

  test('is not to be had by a header', async () => {
    const body = { ...paymentBody(), out_trade_no: newNumber() }
    const headers = { 'x-replay': 'true', 'user-agent': 'bursar-replay/1' }
    const answer = await stage.own.send({ path: '/v1/payments', body, headers, signed: false })
    expectProblem(answer, 401, 'signature_missing')
  })
})

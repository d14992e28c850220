import { createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import type { RequestLogDetail } from '@openbursar/sdk'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'
import { bursarCommand } from '../support/bursar-command.js'
import { describeForeign, describeRead, expectProblem } from '../support/endpoint-contract.js'
import { newPendingPayment, payerBody, paymentBody } from '../support/fixtures.js'
import { createClient, postForm } from '../support/oauth-client.js'
import { apiBase, createApp, sendPrepared, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { newKey, type RawAnswer, type RawRequest } from '../support/raw-request.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
const path = (id: string) => `/v1/request_logs/${id}`
const idOf = ({ headers }: RawAnswer) => headers.get('x-request-id') ?? ''

/** The call as it is in the log; it may take half a second to get there. */
const logged = async (app: TestApp, id: string): Promise<RequestLogDetail> =>
  until(
    () => app.send({ path: path(id) }),
    ({ status }) => status === 200,
    5_000,
  ).then(({ json }) => json)

const sendAndFind = async (request: RawRequest) =>
  logged(stage.own, idOf(await stage.own.send(request)))

/** Under whoever it is kept. */
const rowOf = async (id: string) => {
  const [row] = await until(
    () => queryPlatform<Record<string, unknown>>('select * from request_logs where id = $1', [id]),
    (rows) => rows.length > 0,
    5_000,
  )
  return row ?? {}
}

describe('GET /v1/request_logs/{id}', () => {
  const id = async () => (await sendAndFind({ path: '/v1/payments?limit=1' })).id
  describeRead(stage, { path: async () => path(await id()) })
  describeForeign(stage, { method: 'GET', path, id, code: 'request_log_not_found' })

  test('tells what was asked, what was answered, and what proves it', async () => {
    const key = newKey()
    const body = paymentBody({ metadata: { phone: '13800138000' } })
    const answer = await stage.own.send({ path: '/v1/payments', body, idempotencyKey: key })
    const found = await logged(stage.own, idOf(answer))
    expect(found).toMatchObject({
      id: idOf(answer),
      object: 'request_log',
      livemode: false,
      department: stage.own.department_id,
      key_id: stage.own.key_id,
      credential: 'signature',
      method: 'POST',
      route: '/v1/payments',
      path: '/v1/payments',
      query: null,
      status: 201,
      error_code: null,
      idempotency_key: key,
      replayed: false,
      object_id: answer.json.id,
      api_version: API_VERSION_LATEST,
      request: { body: { ...body, metadata: { phone: '[redacted]' } }, body_sha256: null },
      response: { body: { id: answer.json.id, metadata: { phone: '[redacted]' } } },
      signature: { algorithm: 'ed25519', is_base_redacted: false },
    })
    expect(found.duration_us).toBeGreaterThan(0)
    const { base = '', value = '' } = found.signature ?? {}
    const publicKey = createPublicKey(createPrivateKey(stage.own.private_key))
    expect(verify(null, Buffer.from(base), publicKey, Buffer.from(value, 'base64'))).toBe(true)
    expect(base).toContain('"content-digest": sha-256=:')
  })

  test('tells a replay from the call that was executed', async () => {
    const request = { path: '/v1/payments', body: paymentBody(), idempotencyKey: newKey() }
    expect(await sendAndFind(request)).toMatchObject({ status: 201, replayed: false })
    const replayed = await sendAndFind(request)
    expect(replayed).toMatchObject({ status: 201, replayed: true })
    const query = `idempotency_key=${request.idempotencyKey}`
    const { json } = await stage.own.send({ path: `/v1/request_logs?${query}` })
    expect(json.data).toHaveLength(2)
  })

  test.each<[string, RawRequest, number, string]>([
    ['its body', { path: '/v1/payments', body: { amount: 0 } }, 400, 'field_missing'],
    [
      'its version',
      { path: '/v1/bills', headers: { 'bursar-version': 'x' } },
      400,
      'version_unknown',
    ],
    ['its address', { path: '/v1/nowhere?a=1' }, 404, 'route_not_found'],
    ['an unknown object', { path: '/v1/bills/bill_x' }, 404, 'bill_not_found'],
  ])('tells of a call that was refused for %s', async (_, request, status, error_code) => {
    const answer = await stage.own.send(request)
    expectProblem(answer, status, error_code)
    // An address that is nowhere has no guard: whoever signed it is never asked.
    if (error_code === 'route_not_found') {
      expect(await rowOf(idOf(answer))).toMatchObject({ status, error_code, route: null })
    } else {
      expect(await logged(stage.own, idOf(answer))).toMatchObject({ status, error_code })
    }
  })

  test('keeps of a body that cannot be read its size and digest only', async () => {
    const answer = await stage.own.send({ path: '/v1/payments', body: '{"phone":"13800138000"' })
    const row = await rowOf(idOf(answer))
    expect(row).toMatchObject({ request_body: null, request_body_bytes: 22 })
    expect(row.request_body_sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('GET /v1/request_logs', () => {
  describeRead(stage, { path: () => '/v1/request_logs' })

  test('finds every call about a payment, newest first, and pages through them', async () => {
    const payment = await newPendingPayment(stage.own)
    await stage.own.bursar.payments.get(payment.id)
    await stage.own.bursar.payments.close(payment.id)
    const about = async () => stage.own.bursar.requestLogs.list({ object_id: payment.id })
    const { data } = await until(about, (page) => page.data.length === 3)
    expect(data.map(({ method, route }) => `${method} ${route}`)).toEqual([
      'POST /v1/payments/{id}/close',
      'GET /v1/payments/{id}',
      'POST /v1/payments',
    ])
    const page = await stage.own.bursar.requestLogs.list({ object_id: payment.id, limit: 2 })
    expect(page.data).toEqual(data.slice(0, 2))
    expect((await page.nextPage())?.data).toEqual(data.slice(2))
  })

  test('finds refusals by their code, and not those of others', async () => {
    const { status } = await stage.own.send({ path: '/v1/refunds/ref_x' })
    expect(status).toBe(404)
    const refused = async (app: TestApp) =>
      app.bursar.requestLogs.list({ error_code: 'refund_not_found' })
    const { data } = await until(
      () => refused(stage.own),
      (page) => page.data.length > 0,
    )
    expect(data[0]).toMatchObject({ status: 404, path: '/v1/refunds/ref_x' })
    expect((await refused(stage.neighbour)).data.map(({ id }) => id)).not.toContain(data[0]?.id)
  })

  test.each([
    ['status=99', '/status'],
    ['status_class=4', '/status_class'],
    ['object_id=1', '/object_id'],
    ['limit=101', '/limit'],
    ['colour=red', '/colour'],
  ])('refuses ?%s', async (query, pointer) => {
    const answer = await stage.own.send({ path: `/v1/request_logs?${query}` })
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([400, pointer])
  })
})

describe('a call of the authorization server', () => {
  test('is its app’s, and neither the assertion nor the token is kept', async () => {
    const client = await createClient({ clientKey: 'es256' })
    const client_assertion = await client.assertion()
    const { status, headers, json } = await client.token({ client_assertion })
    expect(status).toBe(200)
    const row = await rowOf(headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({
      app_id: client.credentials.app_id,
      department_id: client.credentials.department_id,
      key_id: client.keyId,
      livemode: false,
      credential: 'assertion',
      route: '/oauth2/token',
      status: 200,
    })
    expect(JSON.stringify(row)).not.toContain(json.access_token)
    expect(JSON.stringify(row)).not.toContain(client_assertion)
    const [first] = (await client.app.bursar.requestLogs.list({ route: '/oauth2/token' })).data
    expect(first?.id).toBe(headers.get('x-request-id'))
  })

  test('that proves nothing is nobody’s', async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'app_x' })
    const { status, headers } = await postForm('/oauth2/token', form)
    expect(status).toBe(401)
    const row = await rowOf(headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ app_id: 'unknown', credential: 'none', status: 401 })
  })
})

describe('a caller who proved nothing', () => {
  test('is in the log as unknown, with what is known, and in nobody’s list', async () => {
    const headers = { authorization: 'Bearer hunter2hunter2', 'user-agent': 'curl/8' }
    const path = '/v1/payments?access_token=hunter2'
    const unsigned = await stage.own.send({ path, signed: false, headers })
    expectProblem(unsigned, 400, 'token_in_query')
    const row = await rowOf(idOf(unsigned))
    expect(row).toMatchObject({
      institution_id: 'unknown',
      app_id: 'unknown',
      credential: 'none',
      status: 400,
      error_code: 'token_in_query',
      user_agent: 'curl/8',
      query: 'access_token=[redacted]',
    })
    expect(JSON.stringify(row)).not.toContain('hunter2')
    expect((await stage.own.send({ path: `/v1/request_logs/${idOf(unsigned)}` })).status).toBe(404)
  })

  test('is told apart from the key that they claim to be', async () => {
    const prepared = stage.own.prepare({ path: '/v1/payments' })
    const forged = { ...prepared, url: `${prepared.url}?limit=1` }
    const answer = await sendPrepared(forged)
    expectProblem(answer, 401, 'signature_invalid')
    expect(await rowOf(idOf(answer))).toMatchObject({
      app_id: 'unknown',
      key_id: stage.own.key_id,
      signature: null,
    })
  })

  test('is in the log also when the bytes were no request', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(apiBase()).port), 'localhost')
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.once('close', () => resolve(text))
      socket.end('HELLO\r\n\r\n')
    })
    const [, id = ''] = /x-request-id: (req_\w+)/.exec(answer) ?? []
    expect(await rowOf(id)).toMatchObject({ status: 400, error_code: 'request_invalid' })
  })
})

test('a call is in the log also when its caller hung up before the answer', async () => {
  const app = await createApp()
  const prepared = app.prepare({
    path: '/v1/payments',
    body: paymentBody({ channel: 'wechatpay' }),
  })
  const head = Object.entries(prepared.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const socket = connect(Number(new URL(apiBase()).port), 'localhost')
  socket.write(`POST /v1/payments HTTP/1.1\r\nhost: localhost\r\n${head.join('')}\r\n`)
  socket.write(prepared.body ?? '', () => setTimeout(() => socket.destroy(), 5))
  const rows = await until(
    () =>
      queryPlatform<{ status: number }>(
        "select status from request_logs where app_id = $1 and method = 'POST'",
        [app.app_id],
      ),
    (found) => found.length > 0,
  )
  expect(rows).toEqual([{ status: 201 }])
})

test('the bytes that prove a call are there for an operator', async () => {
  const answer = await stage.own.send({
    path: '/v1/payers',
    body: payerBody(),
    idempotencyKey: '13800138000',
  })
  const found = await logged(stage.own, idOf(answer))
  expect(found.signature).toMatchObject({ is_base_redacted: true })
  expect(found.signature?.base).not.toContain('13800138000')
  const evidence = await bursarCommand<Record<string, string>>(
    ...['request', 'evidence', '--request', idOf(answer)],
  )
  const { signature_base = '', signature = '' } = evidence
  const publicKey = createPublicKey(createPrivateKey(stage.own.private_key))
  expect(signature_base).toContain('"idempotency-key": 13800138000')
  expect(
    verify(null, Buffer.from(signature_base), publicKey, Buffer.from(signature, 'base64')),
  ).toBe(true)
})

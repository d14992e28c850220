import { beforeAll, describe, expect, test } from '@jest/globals'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'
import { apiBase } from '../support/bursar-command.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { feeItemBody, newNumber, paymentBody } from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { newKey, prepareRequest, type RawAnswer, transmit } from '../support/raw-request.js'
import { until } from '../support/until.js'
import { openReceiver } from '../support/webhook-receiver.js'

const OLD = '2026-12-01'
const oldFailure = { failure_code: null, failure_message: null }

interface Call {
  readonly method?: string
  readonly body?: object
  readonly version?: string
  readonly idempotencyKey?: string
}

/** Not held against the document, which describes the newest version only. */
function ask(app: TestApp, path: string, call: Call = {}): Promise<RawAnswer> {
  const { key_id: keyId, private_key: privateKey } = app
  const { version, ...rest } = call
  const headers = version === undefined ? {} : { 'bursar-version': version }
  return transmit(
    prepareRequest({ apiBase: apiBase(), keyId, privateKey }, { path, headers, ...rest }),
  )
}

/** As if it had been created when the old version was the newest. */
async function pinned(app: TestApp): Promise<TestApp> {
  await queryPlatform('update apps set api_version = $2 where id = $1', [app.app_id, OLD])
  return app
}

let older: TestApp
let newer: TestApp
beforeAll(async () => {
  older = await pinned(await createApp())
  newer = await createApp()
})
const receiver = openReceiver(() => older)

/** Every event of an object that arrived. */
const eventsOf = (id: string) =>
  receiver.received.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.object.id === id)

describe('an app pinned to an older version', () => {
  test('creates and reads payments in its shape, and a replay is the same bytes', async () => {
    const body = paymentBody()
    const idempotencyKey = newKey()
    const created = await ask(older, '/v1/payments', { body, idempotencyKey })
    expect(created.status).toBe(201)
    expect(created.json).toMatchObject(oldFailure)
    expect(created.json).not.toHaveProperty('failure')
    const replayed = await ask(older, '/v1/payments', { body, idempotencyKey })
    expect(replayed.headers.get('idempotent-replayed')).toBe('true')
    expect(replayed.text).toBe(created.text)
    // Even when the retry asks for another version: it is the answer to the first call.
    const version = API_VERSION_LATEST
    const other = await ask(older, '/v1/payments', { body, idempotencyKey, version })
    expect(other.text).toBe(created.text)

    expect((await ask(older, `/v1/payments/${created.json.id}`)).json).toEqual(created.json)
    const listed = await ask(older, `/v1/payments?out_trade_no=${body.out_trade_no}`)
    expect(listed.json.data).toEqual([created.json])
    const closed = await ask(older, `/v1/payments/${created.json.id}/close`, { method: 'POST' })
    expect(closed.json).toMatchObject({ status: 'closed', ...oldFailure })
  })

  test('hears of a failure in its shape: by GET, events and webhooks', async () => {
    const { json } = await ask(older, '/v1/payments', {
      body: paymentBody({ channel: 'wechatpay' }),
    })
    await older.bursar.testHelpers.payments.simulate(json.id, { action: 'refuse' })
    const failed = await until(
      async () => (await ask(older, `/v1/payments/${json.id}`)).json,
      ({ status }) => status === 'failed',
    )
    const expected = { failure_code: 'pay_error', failure_message: expect.any(String) }
    expect(failed).toMatchObject(expected)
    expect(failed).not.toHaveProperty('failure')
    await receiver.typesOf(json.id, 3)
    const sent = eventsOf(json.id)
    expect(sent).toHaveLength(3)
    for (const event of sent) {
      expect(event.api_version).toBe(OLD)
      expect(event.data.object).toHaveProperty('failure_code')
      expect(event.data.object).not.toHaveProperty('failure')
    }
    const last = sent.find(({ type }) => type === 'payment.failed')
    expect(last?.data.object).toMatchObject(expected)
    // What happened is told in the version in which it happened, whoever asks.
    const event = await ask(older, `/v1/events/${last?.id}`, { version: API_VERSION_LATEST })
    expect(event.json).toMatchObject({ api_version: OLD, data: { object: expected } })
  })

  test('writes fee items in its shape, and gets them back in it', async () => {
    const rules = { partial_payment_allowed: true, partial_payment_minimum: 100 }
    const body = { ...feeItemBody(), ...rules }
    const created = await ask(older, '/v1/fee_items', { body })
    expect([created.status, created.json]).toEqual([201, expect.objectContaining(rules)])
    expect(created.json).not.toHaveProperty('partial_payment')
    const again = await ask(older, '/v1/fee_items', { body })
    expect([again.status, again.json]).toEqual([200, created.json])
    const path = `/v1/fee_items/${created.json.id}`
    const updated = await ask(older, path, { body: { partial_payment_minimum: 300 } })
    expect(updated.json).toMatchObject({
      partial_payment_allowed: true,
      partial_payment_minimum: 300,
    })
    const today = await ask(older, path, { version: API_VERSION_LATEST })
    expect(today.json).toMatchObject({ partial_payment: { allowed: true, minimum: 300 } })
    expect(today.json).not.toHaveProperty('partial_payment_allowed')
  })

  test('is told of its own fields when they are wrong, also when the refusal is repeated', async () => {
    const wrong = { ...feeItemBody(), partial_payment_minimum: 'much' }
    const invalid = await ask(older, '/v1/fee_items', { body: wrong })
    expectProblem(invalid, 400, 'field_type_invalid')
    expect(invalid.json.errors[0].pointer).toBe('/partial_payment_minimum')

    const alone = { ...feeItemBody(), partial_payment_minimum: 100 }
    const idempotencyKey = newKey()
    const refused = await ask(older, '/v1/fee_items', { body: alone, idempotencyKey })
    expectProblem(refused, 400, 'fee_item_partial_invalid')
    expect(refused.json.errors[0].pointer).toBe('/partial_payment_minimum')
    const replayed = await ask(older, '/v1/fee_items', { body: alone, idempotencyKey })
    expect(replayed.text).toBe(refused.text)
  })

  test('does not know the fields of later versions', async () => {
    const body = { ...feeItemBody(), partial_payment: { allowed: true } }
    const answer = await ask(older, '/v1/fee_items', { body })
    expectProblem(answer, 400, 'field_unknown')
    expect(answer.json.errors).toEqual([expect.objectContaining({ pointer: '/partial_payment' })])
  })

  test('may call in the newest version, and its events stay in its own', async () => {
    const version = API_VERSION_LATEST
    const created = await ask(older, '/v1/payments', { body: paymentBody(), version })
    expect([created.status, created.json]).toEqual([
      201,
      expect.objectContaining({ failure: null }),
    ])
    expect(created.json).not.toHaveProperty('failure_code')
    const events = await queryPlatform<{ api_version: string; object: object }>(
      `select api_version, object from events where object->>'id' = $1`,
      [created.json.id],
    )
    expect(events).toEqual([
      { api_version: OLD, object: expect.objectContaining({ id: created.json.id, ...oldFailure }) },
    ])
    // The SDK speaks the version its types describe, whatever the app is pinned to.
    expect(await older.bursar.payments.get(created.json.id)).toEqual(created.json)
    const rules = { allowed: true, minimum: 5 }
    const item = await older.bursar.feeItems.create({ ...feeItemBody(), partial_payment: rules })
    expect(item.partial_payment).toEqual(rules)
  })
})

describe('an app on the newest version', () => {
  test('gets and sends the newest shapes', async () => {
    const created = await ask(newer, '/v1/payments', { body: paymentBody() })
    expect(created.json).toMatchObject({ failure: null })
    expect(created.json).not.toHaveProperty('failure_code')
    const old = { ...feeItemBody(), partial_payment_allowed: true }
    expectProblem(await ask(newer, '/v1/fee_items', { body: old }), 400, 'field_unknown')
  })

  test('may call in an older one', async () => {
    const version = OLD
    const body = { ...paymentBody(), metadata: { version } }
    const created = await ask(newer, '/v1/payments', { body, version })
    expect([created.status, created.json]).toEqual([201, expect.objectContaining(oldFailure)])
    const [event] = await queryPlatform<{ api_version: string; object: object }>(
      `select api_version, object from events where object->>'id' = $1`,
      [created.json.id],
    )
    expect(event).toEqual({
      api_version: API_VERSION_LATEST,
      object: expect.objectContaining({ failure: null }),
    })
    const item = { code: newNumber(), name: '学费', kind: 'tuition', partial_payment_allowed: true }
    const made = await ask(newer, '/v1/fee_items', { body: item, version })
    expect(made.json).toMatchObject({ partial_payment_allowed: true })
    const today = await newer.bursar.feeItems.get(made.json.id)
    expect(today.partial_payment).toEqual({ allowed: true, minimum: null })
  })

  test.each(['2026-12-02', '2026-12-1', '', 'latest'])(
    'a version %j is refused',
    async (version) => {
      expectProblem(await ask(newer, '/v1/payments', { version }), 400, 'version_unknown')
    },
  )
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from '@jest/globals'
import { webhooks } from '@openbursar/sdk'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'
import { flat, openReceiver } from '../support/webhook-receiver.js'

const stage = openStage()
const receiver = openReceiver(() => stage.own)
const own = () => stage.own.bursar

/** To the first endpoint of the app, which listens all the time; tests add others. */
async function newDelivery() {
  const payment = await own().payments.create(paymentBody())
  const [event] = (await own().events.list({ object_id: payment.id })).data
  const first = (await own().webhookEndpoints.list({ limit: 100 })).data.at(-1)
  const query = { event_id: event?.id ?? '', endpoint_id: first?.id ?? '' }
  const [delivery] = await until(
    async () => (await own().webhookDeliveries.list(query)).data,
    ([one]) => one?.status === 'delivered',
  )
  if (!delivery) throw new Error('an event that happens is delivered')
  return delivery
}
const id = async () => (await newDelivery()).id
const deliveries = describeResource(stage, {
  collection: '/v1/webhook_deliveries',
  id,
  missing: 'webhook_delivery_not_found',
})

describe('GET /v1/webhook_deliveries', () => {
  test('leads from a call to its events and from them to what was sent', async () => {
    const body = paymentBody()
    const answer = await stage.own.send({ path: '/v1/payments', body })
    const request_id = answer.headers.get('x-request-id') ?? ''
    const { data: events } = await own().events.list({ request_id })
    expect(events).toMatchObject([{ type: 'payment.created', request_id }])
    const [sent] = await until(
      async () => (await own().webhookDeliveries.list({ event_id: events[0]?.id ?? '' })).data,
      ([one]) => one?.status === 'delivered',
    )
    expect(sent?.attempts).toMatchObject([{ cause: 'first', response_status: 204, problem: null }])
    expect(await own().webhookDeliveries.get(sent?.id ?? '')).toEqual(sent)
  })

  test('is narrowed by status, type and endpoint', async () => {
    const { endpoint_id } = await newDelivery()
    const count = async (query: object) =>
      (await own().webhookDeliveries.list({ limit: 1, ...query })).data.length
    expect(await count({ endpoint_id, event_type: 'payment.created' })).toBe(1)
    expect(await count({ event_type: 'bill.expired' })).toBe(0)
    expect(await count({ status: 'exhausted' })).toBe(0)
  })
})

describe('POST /v1/webhook_deliveries/{id}/resend', () => {
  deliveries.describeChange({ action: 'resend' })

  test('sends the same event once more, under the same webhook-id', async () => {
    const delivery = await newDelivery()
    await own().webhookDeliveries.resend(delivery.id)
    const again = await until(
      () => own().webhookDeliveries.get(delivery.id),
      ({ status, attempt_count }) => status === 'delivered' && attempt_count === 2,
    )
    expect(again.attempts.map(({ cause }) => cause)).toEqual(['first', 'resend'])
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids.filter((one) => one === delivery.event_id)).toHaveLength(2)
  })
})

describe('POST /v1/events/{id}/resend', () => {
  describeWrite(stage, {
    path: async () => `/v1/events/${(await newDelivery()).event_id}/resend`,
    body: () => ({}),
    status: 200,
    invalid: { body: { endpoint: 'whk_1' }, code: 'field_format_invalid', pointer: '/endpoint' },
  })
})

describe('POST /v1/webhook_endpoints/{id}/resend', () => {
  test('sends what failed to an endpoint again, and says how far it is', async () => {
    let status = 500
    const server = createServer((_, response) => response.writeHead(status).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const from = new Date(Date.now() - 1_000).toISOString()
      const endpoint = await own().webhookEndpoints.create({
        url: `http://localhost:${port}/`,
        event_types: ['payment.created'],
      })
      await own().payments.create(paymentBody())
      const list = async () =>
        (await own().webhookDeliveries.list({ endpoint_id: endpoint.id })).data
      const [failed] = await until(list, ([one]) => one?.attempt_count === 1)
      expect(failed?.attempts).toMatchObject([{ problem: { code: 'receiver_failed' } }])
      status = 200
      const to = new Date(Date.now() + 60_000).toISOString()
      const asked = await own().webhookEndpoints.resend(endpoint.id, { from, to })
      expect(asked).toMatchObject({ status: 'running', only_failed: true })
      // Those from before the endpoint was there are missed ones, too.
      expect(asked.event_count).toBeGreaterThanOrEqual(1)
      await until(
        () => own().webhookResends.get(asked.id),
        (resend) => resend.status === 'finished' && resend.sent_count >= asked.event_count,
      )
      await until(list, ([one]) => one?.status === 'delivered')
      await own().webhookEndpoints.delete(endpoint.id)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('refuses a time that ends before it begins', async () => {
    const { endpoint_id } = await newDelivery()
    const from = '2026-01-02T00:00:00Z'
    const answer = await stage.own.send({
      path: `/v1/webhook_endpoints/${endpoint_id}/resend`,
      body: { from, to: from },
    })
    expectProblem(answer, 400, 'field_value_invalid')
  })
})

describe('POST /v1/webhook_endpoints/{id}/rotate_secret', () => {
  describeWrite(stage, {
    path: async () => {
      const { endpoint_id } = await newDelivery()
      return `/v1/webhook_endpoints/${endpoint_id}/rotate_secret`
    },
    body: () => ({ keep_old_seconds: 0 }),
    status: 200,
    invalid: {
      body: { keep_old_seconds: 604_801 },
      code: 'field_out_of_range',
      pointer: '/keep_old_seconds',
    },
  })

  test('lets both secrets verify, by the SDK, until the old one is ended', async () => {
    const { endpoint_id } = await newDelivery()
    const first = await own().webhookEndpoints.rotateSecret(endpoint_id, { keep_old_seconds: 0 })
    const second = await own().webhookEndpoints.rotateSecret(endpoint_id, {})
    const verified = async (secret: string | undefined, eventId: string) => {
      const sent = receiver.received.find(({ headers }) => headers['webhook-id'] === eventId)
      if (!sent) throw new Error('it was delivered')
      return webhooks
        .verify(sent.body, flat(sent.headers), { secret: secret ?? '' })
        .then(() => true)
        .catch(() => false)
    }
    const { event_id: during } = await newDelivery()
    expect(await verified(first.secret, during)).toBe(true)
    expect(await verified(second.secret, during)).toBe(true)
    await own().webhookEndpoints.expireOldSecrets(endpoint_id)
    const { event_id: after } = await newDelivery()
    expect(await verified(first.secret, after)).toBe(false)
    expect(await verified(second.secret, after)).toBe(true)
  })
})

describe('POST /v1/webhook_endpoints/{id}/disable', () => {
  test('says why to whoever looks, until it is enabled', async () => {
    const endpoint = await own().webhookEndpoints.create({ url: 'http://localhost:9/' })
    const disabled = await own().webhookEndpoints.disable(endpoint.id, { reason: '维护' })
    expect(disabled).toMatchObject({ status: 'disabled', disabled_note: '维护' })
    const enabled = await own().webhookEndpoints.enable(endpoint.id)
    expect(enabled).toMatchObject({ status: 'enabled', disabled_note: null, disabled_at: null })
    await own().webhookEndpoints.delete(endpoint.id)
  })
})

const grading: { close(): void }[] = []

afterAll(() => {
  for (const server of grading) server.close()
})

describe('POST /v1/test_helpers/webhook_grades', () => {
  test('grades a receiver that uses the SDK, and verifies its endpoint', async () => {
    let secret = ''
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        webhooks.verify(Buffer.concat(chunks).toString(), flat(request.headers), { secret }).then(
          () => response.writeHead(204).end(),
          () => response.writeHead(401).end(),
        )
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    grading.push(server)
    const { port } = server.address() as AddressInfo
    const endpoint = await own().webhookEndpoints.create({ url: `http://localhost:${port}/` })
    secret = endpoint.secret ?? ''
    await own().testHelpers.events.create({ type: 'payment.created' })
    const asked = await own().testHelpers.webhookGrades.create({ endpoint: endpoint.id })
    const done = await until(
      () => own().testHelpers.webhookGrades.get(asked.id),
      ({ status }) => status !== 'running',
      20_000,
    )
    expect(done.cases.map(({ case: name, verdict }) => [name, verdict])).toEqual([
      ['valid', 'passed'],
      ['duplicate', 'passed'],
      ['bad_signature', 'passed'],
      ['stale_timestamp', 'passed'],
      ['reordered', 'passed'],
      ['unknown_type', 'passed'],
      ['answer_time', 'passed'],
    ])
    expect((await own().webhookEndpoints.get(endpoint.id)).verified_at).not.toBeNull()
    const { data } = await own().testHelpers.webhookGrades.list({ endpoint_id: endpoint.id })
    expect(data).toEqual([done])
    await own().webhookEndpoints.delete(endpoint.id)
    server.closeAllConnections()
  }, 40_000)

  test('is refused to strangers', async () => {
    const { endpoint_id } = await newDelivery()
    const answer = await stage.neighbour.send({
      path: '/v1/test_helpers/webhook_grades',
      body: { endpoint: endpoint_id },
    })
    expectProblem(answer, 404, 'webhook_endpoint_not_found')
  })
})

describe('GET /v1/events?order=asc', () => {
  test('gives a listener everything, page by page, and waits for what comes next', async () => {
    const start = await own().events.list({ order: 'asc', after: 'now' })
    const cursor = start.next_cursor
    const after = cursor === null ? {} : { after: cursor }
    const made = await Promise.all(
      Array.from({ length: 5 }, () => own().payments.create(paymentBody())),
    )
    const seen: string[] = []
    await until(
      async () => {
        seen.length = 0
        const page = await own().events.list({ order: 'asc', limit: 2, ...after })
        for await (const event of page) seen.push((event.data.object as { id: string }).id)
        return seen
      },
      (ids) => ids.length >= 5,
    )
    expect([...seen].sort()).toEqual(made.map((payment) => payment.id).sort())
    const end = await own().events.list({ order: 'asc', after: 'now' })
    const waiting = own().events.list({
      ...{ order: 'asc', wait_seconds: 10 },
      ...(end.next_cursor === null ? {} : { after: end.next_cursor }),
    })
    const startedAt = Date.now()
    const { id: next } = await own().payments.create(paymentBody())
    const page = await waiting
    expect(page.data.map((event) => (event.data.object as { id: string }).id)).toEqual([next])
    expect(Date.now() - startedAt).toBeLessThan(8_000)
  })

  test.each(['after=now', 'wait_seconds=5'])('refuses %s in any other order', async (query) => {
    const answer = await stage.own.send({ path: `/v1/events?${query}` })
    expectProblem(answer, 400, 'field_value_invalid')
    expect(answer.json.errors[0].detail).toContain('order=asc')
  })
})

import { describe, expect, test } from '@jest/globals'
import {
  describeRead,
  describeResource,
  describeWrite,
  expectProblem,
} from '../support/endpoint-contract.js'
import { createApp, type TestApp } from '../support/platform.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const endpointBody = () => ({ url: 'http://localhost:9/webhooks' })

/** An app may have 16 endpoints: a test that makes one takes it away before it makes the next. */
async function newEndpoint(app: TestApp = stage.own) {
  const { data } = await app.bursar.webhookEndpoints.list({ limit: 100 })
  for (const { id: old } of data.slice(8)) await app.bursar.webhookEndpoints.delete(old)
  return app.bursar.webhookEndpoints.create(endpointBody())
}
const id = async () => (await newEndpoint()).id
const endpoints = describeResource(stage, {
  collection: '/v1/webhook_endpoints',
  id,
  missing: 'webhook_endpoint_not_found',
})

describe('POST /v1/webhook_endpoints', () => {
  describeWrite(stage, {
    path: () => '/v1/webhook_endpoints',
    body: endpointBody,
    status: 201,
    invalid: {
      body: { url: 'http://10.0.0.1/' },
      code: 'webhook_endpoint_url_refused',
      pointer: '/url',
    },
  })

  test('tells the secret once, in the answer that creates the endpoint', async () => {
    const { secret, ...endpoint } = await newEndpoint()
    expect(secret).toMatch(/^whsec_/)
    expect(endpoint).toMatchObject({
      object: 'webhook_endpoint',
      url: endpointBody().url,
      event_types: [],
      status: 'enabled',
      disabled_reason: null,
    })
    expect(await stage.own.bursar.webhookEndpoints.get(endpoint.id)).toEqual(endpoint)
  })

  test.each([
    'ftp://example.com/',
    'http://example.com/',
    'https://user:secret@example.com/',
    'https://192.168.1.1/',
    'https://[fd00::1]/',
    'example.com',
  ])('refuses to send to %s', async (url) => {
    const answer = await stage.own.send({ path: '/v1/webhook_endpoints', body: { url } })
    expectProblem(answer, 400, 'webhook_endpoint_url_refused')
    expect(answer.text).not.toContain('secret@')
  })

  test('refuses a type of event that does not exist, and one twice', async () => {
    const wrong = [['payment.exploded'], ['bill.paid', 'bill.paid']]
    for (const event_types of wrong) {
      const body = { ...endpointBody(), event_types }
      const answer = await stage.own.send({ path: '/v1/webhook_endpoints', body })
      expectProblem(answer, 400, 'field_value_invalid')
    }
  })

  test('refuses the seventeenth endpoint of an app', async () => {
    const app = await createApp({ scopes: ['webhooks:read', 'webhooks:write'] })
    const create = () => app.send({ path: '/v1/webhook_endpoints', body: endpointBody() })
    for (let count = 1; count <= 16; count++) expect((await create()).status).toBe(201)
    expectProblem(await create(), 409, 'webhook_endpoint_limit_reached')
  })
})

describe('POST /v1/webhook_endpoints/{id}', () => {
  endpoints.describeChange({
    body: () => ({ description: '财务处' }),
    invalid: { body: { status: 'asleep' }, code: 'field_value_invalid', pointer: '/status' },
  })

  test('disables and enables an endpoint, and never tells the secret again', async () => {
    const { secret: _, ...endpoint } = await newEndpoint()
    const disabled = await stage.own.bursar.webhookEndpoints.update(endpoint.id, {
      status: 'disabled',
    })
    expect(disabled).toEqual({
      ...{ ...endpoint, status: 'disabled', disabled_reason: 'requested' },
      disabled_at: expect.any(String),
    })
    const enabled = await stage.own.bursar.webhookEndpoints.update(endpoint.id, {
      status: 'enabled',
    })
    expect(enabled).toEqual(endpoint)
  })

  test('refuses to move an endpoint to a private address', async () => {
    const answer = await stage.own.send({
      path: endpoints.path(await id()),
      body: { url: 'https://169.254.169.254/latest' },
    })
    expectProblem(answer, 400, 'webhook_endpoint_url_refused')
  })
})

describe('DELETE /v1/webhook_endpoints/{id}', () => {
  endpoints.describeForeign('DELETE')

  test('needs credentials and the scope', async () => {
    const request = { method: 'DELETE', path: endpoints.path(await id()) }
    expectProblem(await stage.own.send({ ...request, signed: false }), 401, 'signature_missing')
    expectProblem(await stage.powerless.send(request), 403, 'scope_missing')
  })

  test('takes the endpoint away for good', async () => {
    const endpoint = await newEndpoint()
    const deleted = await stage.own.bursar.webhookEndpoints.delete(endpoint.id)
    expect(deleted).toEqual({ id: endpoint.id, object: 'webhook_endpoint', deleted: true })
    expectProblem(
      await stage.own.send({ path: endpoints.path(endpoint.id) }),
      404,
      'webhook_endpoint_not_found',
    )
    const { data } = await stage.own.bursar.webhookEndpoints.list({ limit: 100 })
    expect(data.map((left) => left.id)).not.toContain(endpoint.id)
  })
})

describe('GET /v1/webhook_endpoints', () => {
  test('lists the endpoints of the app without their secrets', async () => {
    const { secret: _, ...endpoint } = await newEndpoint()
    const { data } = await stage.own.bursar.webhookEndpoints.list({ limit: 100 })
    expect(data).toContainEqual(endpoint)
    expect(JSON.stringify(data)).not.toContain('whsec_')
    const theirs = await stage.neighbour.bursar.webhookEndpoints.list({ limit: 100 })
    expect(theirs.data.map((one) => one.id)).not.toContain(endpoint.id)
  })
})

describe('GET /v1/webhook_endpoints/{id}/deliveries', () => {
  describeRead(stage, { path: async () => endpoints.path(await id(), 'deliveries') })
  endpoints.describeForeign('GET', 'deliveries')

  test('is empty for an endpoint that nothing was sent to', async () => {
    const { id: endpoint } = await newEndpoint()
    const page = await stage.own.bursar.webhookEndpoints.listDeliveries(endpoint)
    expect([page.data, page.has_more]).toEqual([[], false])
  })
})

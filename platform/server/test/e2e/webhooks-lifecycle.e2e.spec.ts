import { beforeAll, expect, test } from '@jest/globals'
import { webhooks } from '@openbursar/sdk'
import { newPaidPayment, paymentBody } from '../support/fixtures.js'
import { createApp, get, type TestApp, webhookViolations } from '../support/platform.js'
import { until } from '../support/until.js'
import { flat, openReceiver } from '../support/webhook-receiver.js'

let app: TestApp
beforeAll(async () => {
  app = await createApp()
}, 60_000)
const receiver = openReceiver(() => app)

async function firstWebhook() {
  await app.bursar.payments.create(paymentBody())
  await until(
    async () => receiver.received.length,
    (count) => count > 0,
  )
  const [webhook] = receiver.received
  if (!webhook) throw new Error('something arrived')
  return webhook
}

test('a webhook is signed with the secret of the endpoint and with the key of the platform', async () => {
  const { body, headers } = await firstWebhook()
  const bySecret = await webhooks.verify(body, flat(headers), { secret: receiver.secret })
  const byKey = await webhooks.verify(body, flat(headers), { publicKey: app.webhook_public_key })
  expect(bySecret).toEqual(byKey)
  expect(bySecret.id).toBe(headers['webhook-id'])
})

test('a webhook whose body was changed, or whose secret is another, is not believed', async () => {
  const { body, headers } = await firstWebhook()
  const { secret } = receiver
  const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  await expect(webhooks.verify(`${body} `, flat(headers), { secret })).rejects.toMatchObject({
    code: 'webhook_signature_mismatch',
  })
  await expect(webhooks.verify(body, flat(headers), { secret: other })).rejects.toMatchObject({
    code: 'webhook_signature_mismatch',
  })
})

test('a webhook says what GET /v1/events says, and what the document promises', async () => {
  const { body } = await firstWebhook()
  const told = JSON.parse(body)
  const {
    object: _,
    metadata: __,
    request_id: ___,
    ...event
  } = await app.bursar.events.get(told.id)
  expect(told).toEqual(event)
  expect(webhookViolations(told)).toEqual([])
})

test('a payment that is paid is told of exactly once per state', async () => {
  const { id } = await newPaidPayment(app)
  const types = await receiver.typesOf(id, 3)
  expect(types).toEqual(['payment.created', 'payment.pending', 'payment.succeeded'])
})

test('every delivery can be looked up with its attempt', async () => {
  const { id } = await app.bursar.payments.create(paymentBody())
  await receiver.typesOf(id, 1)
  const [endpoint] = (await app.bursar.webhookEndpoints.list()).data
  const [event] = (await app.bursar.events.list({ type: 'payment.created', limit: 1 })).data
  const [delivery] = await until(
    async () =>
      (
        await app.bursar.webhookEndpoints.listDeliveries(endpoint?.id ?? '', {
          event_id: event?.id ?? '',
        })
      ).data,
    ([found]) => found?.status === 'delivered',
  )
  expect(delivery).toMatchObject({
    event_type: 'payment.created',
    attempt_count: 1,
    next_attempt_at: null,
    attempts: [{ position: 1, response_status: 204, error: null }],
  })
})

test('an endpoint that wants one type is told of no other', async () => {
  const picky = await app.bursar.webhookEndpoints.create({
    url: 'http://localhost:9/',
    event_types: ['payment.succeeded'],
  })
  const { id } = await app.bursar.payments.create(paymentBody())
  await receiver.typesOf(id, 1)
  expect((await app.bursar.webhookEndpoints.listDeliveries(picky.id)).data).toEqual([])
})

test('the public key of the platform is published', async () => {
  const { keys } = (await (await get('/.well-known/jwks.json')).json()) as {
    keys: { webhook_public_key: string }[]
  }
  expect(keys.map((key) => key.webhook_public_key)).toContain(app.webhook_public_key)
})

import { createHmac, createPublicKey, verify } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { Logger } from '@nestjs/common'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import {
  emit,
  makeCaller,
  makeDue,
  makeWebhooks,
  type ReceivedRequest,
  startReceiver,
  until,
  type Webhooks,
  type WebhooksOptions,
} from '../webhooks.fixture.js'
import { DeliveryListQuery } from './delivery.schema.js'
import { WebhookDeliverJob } from './webhook-deliver.job.js'
import { WebhookRecoverJob } from './webhook-recover.job.js'

let db: TestDatabase
beforeAll(async () => {
  Logger.overrideLogger(false)
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function receiver(answer: (request: ReceivedRequest, response: ServerResponse) => void) {
  const started = await startReceiver(answer)
  cleanups.push(() => started.close())
  return started
}

/** A worker of its own. */
function worker(options: WebhooksOptions = {}): Webhooks {
  const webhooks = makeWebhooks(db.database, options)
  cleanups.push(() => webhooks.dispatch.onModuleDestroy())
  return webhooks
}

async function endpoint(webhooks: Webhooks, caller: Caller, url: string) {
  const { body } = await webhooks.endpoints.create(caller, { url, event_types: [], metadata: {} })
  return body
}

const refTo = ({ institution_id, livemode }: Caller, endpoint_id: string) => ({
  institution_id,
  livemode,
  endpoint_id,
})

/** Runs the job as the queue would, and waits until everything it set in motion is over. */
async function deliver(webhooks: Webhooks, caller: Caller, endpointId: string): Promise<void> {
  await new WebhookDeliverJob(webhooks.dispatch).run(refTo(caller, endpointId))
  await webhooks.dispatch.drain()
}

async function deliveriesOf(webhooks: Webhooks, caller: Caller, endpointId: string) {
  const query = DeliveryListQuery.parse({ limit: '100' })
  return (await webhooks.list.list(caller, endpointId, query)).data
}

describe('a webhook', () => {
  test('carries the event, signed so that code of a stranger can verify it', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => response.end('ok'))
    const { id, secret = '' } = await endpoint(webhooks, caller, `${url}/hook`)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    await deliver(webhooks, caller, id)

    const [request] = received
    const { headers, body = '' } = request ?? {}
    const [event] = (await webhooks.events.list(caller, { limit: 1 })).data
    // The log of calls is the app's own business, not its receiver's.
    const { metadata: _, object: __, request_id: ___, ...told } = event ?? {}
    expect(JSON.parse(body)).toEqual(told)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringContaining('OpenBursar'),
      'webhook-id': event?.id,
    })
    const timestamp = String(headers?.['webhook-timestamp'])
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5)
    const [v1, v1a] = String(headers?.['webhook-signature']).split(' ')
    const mac = (text: string) =>
      `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
        .update(text)
        .digest('base64')}`
    const content = `${event?.id}.${timestamp}.${body}`
    expect(v1).toBe(mac(content))
    expect(v1).not.toBe(mac(content.replace('bill.created', 'bill.paid')))

    const [jwk] = (await webhooks.keys.publicJwks()).keys
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: jwk?.x ?? '' },
    })
    const signature = Buffer.from(v1a?.replace('v1a,', '') ?? '', 'base64')
    expect(verify(null, Buffer.from(content), key, signature)).toBe(true)
    expect(verify(null, Buffer.from(`${content} `), key, signature)).toBe(false)
  })

  test('that is accepted is delivered, with its attempt kept', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url } = await receiver((_, response) => {
      response.writeHead(202, { 'x-from': 'receiver' }).end('thanks')
    })
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    await deliver(webhooks, caller, id)
    const [delivery] = await deliveriesOf(webhooks, caller, id)
    expect(delivery).toMatchObject({
      object: 'webhook_delivery',
      endpoint_id: id,
      event_type: 'bill.created',
      status: 'delivered',
      attempt_count: 1,
      next_attempt_at: null,
      attempts: [
        {
          position: 1,
          url,
          request_headers: { 'webhook-id': delivery?.event_id },
          response_status: 202,
          response_headers: { 'x-from': 'receiver' },
          response_body: 'thanks',
          error: null,
        },
      ],
    })
  })

  test('that fails is sent again later: same id, same bytes, new signature time allowed', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const statuses = [500, 404, 200]
    const { url, received } = await receiver((_, response) => {
      response.writeHead(statuses[received.length - 1] ?? 500).end()
    })
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()

    await deliver(webhooks, caller, id)
    const [first] = await deliveriesOf(webhooks, caller, id)
    expect(first).toMatchObject({ status: 'pending', attempt_count: 1 })
    const waitMs = Date.parse(first?.next_attempt_at ?? '') - Date.now()
    expect(waitMs).toBeGreaterThan(3_000)
    expect(waitMs).toBeLessThan(5_500)
    const jobs = await db.database.query<{ run_at: Date }>(
      `select run_at from graphile_worker.jobs where key = $1`,
      [`webhook-deliver:${first?.id}:1`],
    )
    expect(jobs[0]?.run_at.toISOString()).toBe(first?.next_attempt_at)

    // Too early: nothing is due.
    await deliver(webhooks, caller, id)
    expect(received).toHaveLength(1)

    await makeDue(db.database, id)
    await deliver(webhooks, caller, id)
    await makeDue(db.database, id)
    await deliver(webhooks, caller, id)
    const [last] = await deliveriesOf(webhooks, caller, id)
    expect(last).toMatchObject({ status: 'delivered', attempt_count: 3, next_attempt_at: null })
    expect(last?.attempts.map(({ response_status }) => response_status)).toEqual(statuses)
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('is exhausted after its eleventh try', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => response.writeHead(503).end())
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    for (let attempt = 1; attempt <= 12; attempt++) {
      await makeDue(db.database, id)
      await deliver(webhooks, caller, id)
    }
    expect(received).toHaveLength(11)
    const [delivery] = await deliveriesOf(webhooks, caller, id)
    expect(delivery).toMatchObject({
      status: 'exhausted',
      attempt_count: 11,
      next_attempt_at: null,
    })
    expect(delivery?.attempts.map(({ position }) => position)).toEqual(
      Array.from({ length: 11 }, (_, index) => index + 1),
    )
  })

  test('that gets no answer or a redirect is tried again', async () => {
    const webhooks = worker({ deadlineMs: 200 })
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => {
      if (received.length > 1) response.writeHead(307, { location: `${url}/other` }).end()
    })
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    await deliver(webhooks, caller, id)
    await makeDue(db.database, id)
    await deliver(webhooks, caller, id)
    const [delivery] = await deliveriesOf(webhooks, caller, id)
    expect(delivery).toMatchObject({ status: 'pending', attempt_count: 2 })
    expect(delivery?.attempts).toMatchObject([
      { response_status: null, error: 'There was no answer within 0.2 s.' },
      { response_status: 307, error: null },
    ])
    expect(received.map(({ path }) => path)).toEqual(['/', '/'])
  })

  test('is not sent a second time by a job that comes twice, or by two workers at once', async () => {
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => {
      setTimeout(() => response.end(), 50)
    })
    const workers = [worker(), worker(), worker()] as const
    const { id } = await endpoint(workers[0], caller, url)
    await emit(db.database, caller, 'bill.created', 30)
    await workers[0].relay.relayAll()
    await Promise.all([...workers, ...workers].map((one) => deliver(one, caller, id)))
    await Promise.all(workers.map((one) => deliver(one, caller, id)))
    expect(received).toHaveLength(30)
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(30)
  })
})

describe('an endpoint', () => {
  test('that answers 410 is disabled, and nothing more is sent there', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => {
      if (received.length > 1) response.end()
      else response.writeHead(410).end()
    })
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    await db.database.query(
      `update webhook_deliveries set next_attempt_at = now() - interval '1 hour' where endpoint_id = $1`,
      [id],
    )
    await emit(db.database, caller, 'bill.paid', 20)
    await webhooks.relay.relayAll()
    await db.database.query(
      `update webhook_deliveries set next_attempt_at = now() + interval '1 hour'
        where endpoint_id = $1 and next_attempt_at > now() - interval '1 minute'`,
      [id],
    )
    await deliver(webhooks, caller, id)
    expect(received).toHaveLength(1)
    expect(await webhooks.endpoints.get(caller, id)).toMatchObject({
      status: 'disabled',
      disabled_reason: 'gone',
    })
    const deliveries = await deliveriesOf(webhooks, caller, id)
    expect(deliveries).toHaveLength(21)
    expect(new Set(deliveries.map(({ status }) => status))).toEqual(new Set(['cancelled']))
    await emit(db.database, caller, 'bill.paid')
    await webhooks.relay.relayAll()
    expect(await deliveriesOf(webhooks, caller, id)).toHaveLength(21)
  })

  test('whose URL changed while the old one answered 410 stays enabled', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    let id = ''
    const { url } = await receiver((_, response) => {
      void webhooks.endpoints
        .update(caller, id, { url: `${url}/new` })
        .then(() => response.writeHead(410).end())
    })
    id = (await endpoint(webhooks, caller, url)).id
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    await deliver(webhooks, caller, id)
    expect(await webhooks.endpoints.get(caller, id)).toMatchObject({ status: 'enabled' })
    expect(await deliveriesOf(webhooks, caller, id)).toMatchObject([
      { status: 'pending', attempt_count: 1 },
    ])
  })

  test('that is disabled between relay and delivery gets nothing', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => response.end())
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    // As if the relay's transaction had ended just after the one that disabled the endpoint.
    await db.database.query(`update webhook_endpoints set status = 'disabled' where id = $1`, [id])
    await deliver(webhooks, caller, id)
    expect(received).toHaveLength(0)
    expect(await deliveriesOf(webhooks, caller, id)).toMatchObject([{ status: 'cancelled' }])
  })

  test('that is deleted while it answers keeps its delivery cancelled, and the attempt', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    let id = ''
    const { url } = await receiver((_, response) => {
      void webhooks.endpoints.delete(caller, id).then(() => response.end())
    })
    id = (await endpoint(webhooks, caller, url)).id
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    await deliver(webhooks, caller, id)
    const rows = await db.database.prisma.webhook_delivery.findMany({
      where: { endpoint_id: id },
      include: { attempts: true },
    })
    expect(rows).toMatchObject([
      { status: 'cancelled', next_attempt_at: null, attempts: [{ response_status: 200 }] },
    ])
  })

  test('that hangs starves no other, and soon holds a single place', async () => {
    const webhooks = worker({ deadlineMs: 6_000 })
    const caller = makeCaller()
    const hanging = await receiver(() => {})
    const quick = await receiver((_, response) => response.end())
    const slow = await endpoint(webhooks, caller, hanging.url)
    const fast = await endpoint(webhooks, caller, quick.url)
    await emit(db.database, caller, 'bill.created', 100)
    await webhooks.relay.relayAll()
    const startedAt = Date.now()
    // The job of a slow endpoint ends at once: it holds no place of the queue.
    await webhooks.dispatch.wake(refTo(caller, slow.id))
    await webhooks.dispatch.wake(refTo(caller, fast.id))
    expect(Date.now() - startedAt).toBeLessThan(1_000)
    await until(() => quick.received.length === 100, 4_000)
    expect(hanging.received).toHaveLength(4)
    // After the four timeouts the window is one: 4 + 1 requests, and never more at once.
    await until(() => hanging.received.length === 5, 9_000)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(hanging.received).toHaveLength(5)
  }, 20_000)
})

describe('recovery', () => {
  test('finds what a killed worker had claimed, once the lease and a grace period are over', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => response.end())
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    // Claimed, and then the process died.
    expect(await webhooks.deliveries.claim(refTo(caller, id), 10)).toHaveLength(1)
    expect(await webhooks.deliveries.claim(refTo(caller, id), 10)).toHaveLength(0)
    await db.database.query('delete from graphile_worker._private_jobs')
    const recover = new WebhookRecoverJob(webhooks.deliveries)
    const woken = async () => {
      await recover.run()
      const ours = `webhook-recover:${id}`
      return db.database.query('select key from graphile_worker.jobs where key = $1', [ours])
    }
    /** As if the claim were so much older. */
    const age = (seconds: number) =>
      db.database.query(
        `update webhook_deliveries set next_attempt_at = next_attempt_at - make_interval(secs => $2)
          where endpoint_id = $1`,
        [id, seconds],
      )
    // A try that takes its whole deadline of 15 s, and some seconds to be recorded, is nobody else's.
    await age(18)
    expect(await woken()).toEqual([])
    expect(await webhooks.deliveries.claim(refTo(caller, id), 10)).toHaveLength(0)
    await age(8)
    expect(await woken()).toEqual([{ key: `webhook-recover:${id}` }])
    expect(await woken()).toEqual([{ key: `webhook-recover:${id}` }])
    await deliver(webhooks, caller, id)
    expect(received).toHaveLength(1)
    expect(await deliveriesOf(webhooks, caller, id)).toMatchObject([{ status: 'delivered' }])
  })

  test('gets another try under the same id when recording an answer failed', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url, received } = await receiver((_, response) => response.end())
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    const record = webhooks.deliveries.record.bind(webhooks.deliveries)
    webhooks.deliveries.record = () => Promise.reject(new Error('the database went away'))
    await deliver(webhooks, caller, id)
    webhooks.deliveries.record = record
    expect(await deliveriesOf(webhooks, caller, id)).toMatchObject([
      { status: 'pending', attempt_count: 0 },
    ])
    await makeDue(db.database, id)
    await deliver(webhooks, caller, id)
    expect(await deliveriesOf(webhooks, caller, id)).toMatchObject([{ status: 'delivered' }])
    expect(received).toHaveLength(2)
    expect(received[0]?.body).toBe(received[1]?.body)
  })
})

describe('the list of deliveries', () => {
  test('filters by status and event, pages newest first, and is nobody else’s', async () => {
    const webhooks = worker()
    const caller = makeCaller()
    const { url } = await receiver((_, response) => response.end())
    const { id } = await endpoint(webhooks, caller, url)
    await emit(db.database, caller, 'bill.created', 3)
    await webhooks.relay.relayAll()
    const list = (query: object) => webhooks.list.list(caller, id, DeliveryListQuery.parse(query))
    const all = await list({})
    expect(all.data.map((one) => one.id)).toEqual(
      all.data
        .map((one) => one.id)
        .sort()
        .reverse(),
    )
    const [newest] = all.data
    expect((await list({ event_id: newest?.event_id })).data).toHaveLength(1)
    expect((await list({ status: 'delivered' })).data).toHaveLength(0)
    const page = await list({ limit: '2' })
    expect(page).toMatchObject({ has_more: true })
    expect((await list({ limit: '2', cursor: page.next_cursor })).data).toHaveLength(1)
    const strangers = [
      makeCaller(),
      makeCaller({ institution_id: caller.institution_id }),
      { ...caller, livemode: true },
    ]
    for (const stranger of strangers) {
      await expect(
        webhooks.list.list(stranger, id, DeliveryListQuery.parse({})),
      ).rejects.toMatchObject({ code: 'webhook_endpoint_not_found' })
    }
  })
})

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import { newId } from '../../../kernel/id.js'
import { emit, makeCaller, makeWebhooks } from '../webhooks.fixture.js'
import { CreateWebhookEndpoint, UpdateWebhookEndpoint } from './webhook-endpoint.schema.js'
import type { WebhookEndpointService } from './webhook-endpoint.service.js'

let db: TestDatabase
let endpoints: WebhookEndpointService
beforeAll(async () => {
  db = await createTestDatabase()
  endpoints = makeWebhooks(db.database).endpoints
})
afterAll(() => db.drop())

const url = 'https://example.com/hook'
const body = (changes: object = {}) => CreateWebhookEndpoint.parse({ url, ...changes })
const idempotency = () => ({
  route: 'POST /v1/webhook_endpoints',
  key: 'k',
  request_hash: Buffer.alloc(32),
  nonce: 'n',
  allotted_id: newId('key').slice(4),
})

describe('create', () => {
  test('answers with a secret of 32 bytes, which is never told again and is stored sealed', async () => {
    const caller = makeCaller()
    const { status, body: made } = await endpoints.create(
      caller,
      body({ description: 'ERP', event_types: ['bill.paid'], metadata: { a: 'b' } }),
    )
    expect(status).toBe(201)
    expect(made).toMatchObject({
      object: 'webhook_endpoint',
      livemode: false,
      url,
      description: 'ERP',
      event_types: ['bill.paid'],
      status: 'enabled',
      disabled_reason: null,
      metadata: { a: 'b' },
    })
    const { secret = '', ...rest } = made
    expect(secret).toMatch(/^whsec_/)
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
    expect(await endpoints.get(caller, made.id)).toEqual(rest)
    expect((await endpoints.list(caller, { limit: 20 })).data).toEqual([rest])
    expect(await endpoints.update(caller, made.id, { description: null })).not.toHaveProperty(
      'secret',
    )
    const row = await db.database.prisma.webhook_endpoint.findFirst({ where: { id: made.id } })
    expect(Buffer.from(row?.secret ?? []).includes(secret)).toBe(false)
  })

  test('run again after a crash gives the same endpoint and the same secret', async () => {
    const caller = makeCaller({ idempotency: idempotency() })
    const first = await endpoints.create(caller, body())
    const again = await endpoints.create(caller, body())
    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
    expect((await endpoints.list(caller, { limit: 20 })).data).toHaveLength(1)
  })

  test('run again after the endpoint was changed or deleted is a conflict', async () => {
    const caller = makeCaller({ idempotency: idempotency() })
    const conflict = { code: 'webhook_endpoint_conflict' }
    const { id } = (await endpoints.create(caller, body())).body
    await endpoints.update(caller, id, { url: 'https://example.com/other' })
    await expect(endpoints.create(caller, body())).rejects.toMatchObject(conflict)
    await endpoints.delete(caller, id)
    await expect(endpoints.create(caller, body())).rejects.toMatchObject(conflict)
  })

  test('refuses an address that webhooks are never sent to, and names the field', async () => {
    for (const [livemode, refused] of [
      [true, 'http://localhost:3000/'],
      [true, 'https://10.0.0.1/'],
      [false, 'http://example.com/'],
    ] as const) {
      await expect(
        endpoints.create(makeCaller({ livemode }), body({ url: refused })),
      ).rejects.toMatchObject({
        code: 'webhook_endpoint_url_refused',
        options: { errors: [{ pointer: '/url' }] },
      })
    }
    await expect(
      endpoints.create(makeCaller(), body({ url: 'http://localhost:3000/' })),
    ).resolves.toMatchObject({ status: 201 })
  })

  test('refuses a seventeenth endpoint, until one is deleted', async () => {
    const caller = makeCaller()
    for (let count = 0; count < 16; count++) await endpoints.create(caller, body())
    await expect(endpoints.create(caller, body())).rejects.toMatchObject({
      code: 'webhook_endpoint_limit_reached',
    })
    await expect(endpoints.create({ ...caller, livemode: true }, body())).resolves.toBeDefined()
    const [one] = (await endpoints.list(caller, { limit: 20 })).data
    await endpoints.delete(caller, one?.id ?? '')
    await expect(endpoints.create(caller, body())).resolves.toBeDefined()
  })

  test.each([
    { url: 7 },
    { event_types: ['bill.unheard_of'] },
    { event_types: ['bill.paid', 'bill.paid'] },
    { secret: 'whsec_mine' },
    { description: '' },
  ])('knows no such body: %j', (changes) => {
    expect(CreateWebhookEndpoint.safeParse({ url, ...changes }).success).toBe(false)
  })
})

describe('update', () => {
  test('changes what is given and leaves the rest', async () => {
    const caller = makeCaller()
    const { body: made } = await endpoints.create(caller, body({ description: 'a' }))
    const { secret: _, ...before } = made
    const changed = await endpoints.update(caller, made.id, { event_types: ['bill.paid'] })
    expect(changed).toEqual({ ...before, event_types: ['bill.paid'] })
    expect(await endpoints.update(caller, made.id, { event_types: [] })).toEqual(before)
    expect(await endpoints.update(caller, made.id, { description: null })).toEqual({
      ...before,
      description: null,
    })
    expect(UpdateWebhookEndpoint.safeParse({ status: 'deleted' }).success).toBe(false)
  })

  test('to disabled cancels what is waiting; enabling again starts afresh', async () => {
    const caller = makeCaller()
    const { id } = (await endpoints.create(caller, body())).body
    const { relay, list } = makeWebhooks(db.database)
    const statuses = async () =>
      (await list.list(caller, id, { limit: 20 })).data.map(({ status }) => status)
    await emit(db.database, caller, 'bill.created', 2)
    await relay.relayAll()
    expect(await statuses()).toEqual(['pending', 'pending'])
    const disabled = await endpoints.update(caller, id, { status: 'disabled' })
    expect(disabled).toMatchObject({ status: 'disabled', disabled_reason: 'requested' })
    expect(await statuses()).toEqual(['cancelled', 'cancelled'])
    const enabled = await endpoints.update(caller, id, { status: 'enabled' })
    expect(enabled).toMatchObject({ status: 'enabled', disabled_reason: null })
    await emit(db.database, caller, 'bill.created')
    await relay.relayAll()
    expect(await statuses()).toEqual(['pending', 'cancelled', 'cancelled'])
  })

  test('refuses an address that webhooks are never sent to', async () => {
    const caller = makeCaller()
    const { id } = (await endpoints.create(caller, body())).body
    await expect(
      endpoints.update(caller, id, { url: 'https://[::ffff:10.0.0.1]/' }),
    ).rejects.toMatchObject({ code: 'webhook_endpoint_url_refused' })
  })
})

describe('delete', () => {
  test('cancels what is waiting, and the endpoint is gone for everybody', async () => {
    const caller = makeCaller()
    const { id } = (await endpoints.create(caller, body())).body
    await emit(db.database, caller, 'bill.created')
    await makeWebhooks(db.database).relay.relayAll()
    const deleted = { id, object: 'webhook_endpoint', deleted: true }
    expect(await endpoints.delete(caller, id)).toEqual(deleted)
    const missing = { code: 'webhook_endpoint_not_found' }
    await expect(endpoints.get(caller, id)).rejects.toMatchObject(missing)
    await expect(endpoints.delete(caller, id)).rejects.toMatchObject(missing)
    await expect(endpoints.update(caller, id, { status: 'enabled' })).rejects.toMatchObject(missing)
    expect((await endpoints.list(caller, { limit: 20 })).data).toEqual([])
    const rows = await db.database.prisma.webhook_delivery.findMany({ where: { endpoint_id: id } })
    expect(rows.map(({ status }) => status)).toEqual(['cancelled'])
  })
})

test("somebody else's endpoint is as missing as one that never was", async () => {
  const caller = makeCaller()
  const { id } = (await endpoints.create(caller, body())).body
  const strangers = [
    makeCaller(),
    { ...caller, livemode: true },
    { ...caller, app_id: makeCaller().app_id },
  ]
  const missing = { code: 'webhook_endpoint_not_found' }
  for (const stranger of strangers) {
    await expect(endpoints.get(stranger, id)).rejects.toMatchObject(missing)
    await expect(endpoints.update(stranger, id, {})).rejects.toMatchObject(missing)
    await expect(endpoints.delete(stranger, id)).rejects.toMatchObject(missing)
    expect((await endpoints.list(stranger, { limit: 20 })).data).toEqual([])
  }
})

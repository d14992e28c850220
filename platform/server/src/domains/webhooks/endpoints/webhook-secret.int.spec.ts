import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import { assert } from '../../../kernel/assert.js'
import { hmacSignature, signedContent } from '../deliveries/webhook-signature.rules.js'
import {
  emit,
  makeCaller,
  makeWebhooks,
  type ReceivedRequest,
  startReceiver,
  until,
} from '../webhooks.fixture.js'
import { RotateWebhookSecret } from './webhook-endpoint.schema.js'

let db: TestDatabase
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  db = await createTestDatabase()
  receiver = await startReceiver((_, response) => response.writeHead(204).end())
})
afterAll(async () => {
  await receiver.close()
  await db.drop()
})

const DAY = 86_400
const key = (allotted_id: string) => ({
  ...{
    route: 'POST /v1/webhook_endpoints/:id/rotate_secret',
    key: allotted_id,
    nonce: allotted_id,
  },
  ...{ request_hash: Buffer.alloc(32), allotted_id },
})

async function newEndpoint() {
  const caller = makeCaller()
  const webhooks = makeWebhooks(db.database)
  const body = { url: `${receiver.url}/${caller.app_id}`, event_types: [], metadata: {} }
  const { body: endpoint } = await webhooks.endpoints.create(caller, body)
  assert(endpoint.secret, 'a new endpoint tells its secret')
  return { caller, webhooks, id: endpoint.id, secret: endpoint.secret }
}

async function nextRequest(
  made: Awaited<ReturnType<typeof newEndpoint>>,
): Promise<ReceivedRequest> {
  const path = `/${made.caller.app_id}`
  const seen = () => receiver.received.filter((one) => one.path === path)
  const before = seen().length
  await emit(db.database, made.caller, 'bill.created')
  await made.webhooks.relay.relayAll()
  const { institution_id, livemode } = made.caller
  await made.webhooks.dispatch.wake({ institution_id, livemode, endpoint_id: made.id })
  await until(() => seen().length > before, 5_000)
  const request = seen().at(-1)
  assert(request, 'it arrived')
  return request
}

function signedBy(secret: string, { headers, body }: ReceivedRequest): boolean {
  const id = String(headers['webhook-id'])
  const content = signedContent(id, Number(headers['webhook-timestamp']), body)
  return String(headers['webhook-signature']).split(' ').includes(hmacSignature(secret, content))
}

const signaturesOf = ({ headers }: ReceivedRequest) =>
  String(headers['webhook-signature'])
    .split(' ')
    .filter((one) => one.startsWith('v1,'))

test('after a rotation both secrets sign until the old one expires', async () => {
  const made = await newEndpoint()
  const { caller, webhooks, id, secret: old } = made
  const rotated = await webhooks.endpoints.rotateSecret(caller, id, RotateWebhookSecret.parse({}))
  assert(rotated.secret, 'the new secret is told')
  expect(rotated.secret).not.toBe(old)
  const restMs = Date.parse(rotated.old_secrets_expire_at ?? '') - Date.now()
  expect(Math.abs(restMs - DAY * 1000)).toBeLessThan(60_000)
  const both = await nextRequest(made)
  expect([signedBy(old, both), signedBy(rotated.secret, both)]).toEqual([true, true])
  expect(signaturesOf(both)).toHaveLength(2)
  const ended = await webhooks.endpoints.expireOldSecrets(caller, id)
  expect(ended.old_secrets_expire_at).toBeNull()
  expect(ended).not.toHaveProperty('secret')
  const one = await nextRequest(made)
  expect([signedBy(old, one), signedBy(rotated.secret, one)]).toEqual([false, true])
  expect(signaturesOf(one)).toHaveLength(1)
})

test('every secret that is still valid signs, and a fifth old one is refused', async () => {
  const made = await newEndpoint()
  const { caller, webhooks, id } = made
  const secrets = [made.secret]
  for (let count = 0; count < 4; count++) {
    const { secret } = await webhooks.endpoints.rotateSecret(caller, id, { keep_old_seconds: DAY })
    secrets.push(secret ?? '')
  }
  const request = await nextRequest(made)
  expect(secrets.map((secret) => signedBy(secret, request))).toEqual(secrets.map(() => true))
  await expect(
    webhooks.endpoints.rotateSecret(caller, id, { keep_old_seconds: DAY }),
  ).rejects.toMatchObject({ code: 'webhook_secret_limit_reached' })
  await webhooks.endpoints.expireOldSecrets(caller, id)
  await webhooks.endpoints.rotateSecret(caller, id, { keep_old_seconds: 0 })
  expect(signaturesOf(await nextRequest(made))).toHaveLength(1)
})

test('a rotation that is tried again gives the same secret and happens once', async () => {
  const { caller, webhooks, id } = await newEndpoint()
  const again = { ...caller, idempotency: key('01jd0000000000000000000001') }
  const first = await webhooks.endpoints.rotateSecret(again, id, { keep_old_seconds: DAY })
  const second = await webhooks.endpoints.rotateSecret(again, id, { keep_old_seconds: DAY })
  expect(second).toEqual(first)
  const rows = await db.database.prisma.webhook_old_secret.findMany({ where: { endpoint_id: id } })
  expect(rows).toHaveLength(1)
})

test('a new secret or URL takes the verification back; other changes do not', async () => {
  const { caller, webhooks, id } = await newEndpoint()
  const verify = () =>
    db.database.query('update webhook_endpoints set verified_at = now() where id = $1', [id])
  const verifiedAt = async () => (await webhooks.endpoints.get(caller, id)).verified_at
  await verify()
  const { url } = await webhooks.endpoints.update(caller, id, { description: 'a' })
  await webhooks.endpoints.update(caller, id, { url })
  expect(await verifiedAt()).not.toBeNull()
  await webhooks.endpoints.update(caller, id, { url: `${url}/b` })
  expect(await verifiedAt()).toBeNull()
  await verify()
  await webhooks.endpoints.rotateSecret(caller, id, { keep_old_seconds: 0 })
  expect(await verifiedAt()).toBeNull()
})

test('nobody else rotates or expires', async () => {
  const { caller, webhooks, id } = await newEndpoint()
  const missing = { code: 'webhook_endpoint_not_found' }
  for (const stranger of [makeCaller(), { ...caller, livemode: true }]) {
    const rotating = webhooks.endpoints.rotateSecret(stranger, id, { keep_old_seconds: 0 })
    await expect(rotating).rejects.toMatchObject(missing)
    await expect(webhooks.endpoints.expireOldSecrets(stranger, id)).rejects.toMatchObject(missing)
  }
})

test('disabling says why, and enabling forgets it', async () => {
  const { caller, webhooks, id } = await newEndpoint()
  const disabled = await webhooks.endpoints.disable(caller, id, { reason: '迁移服务器' })
  expect(disabled).toMatchObject({
    ...{ status: 'disabled', disabled_reason: 'requested', disabled_note: '迁移服务器' },
    disabled_at: expect.any(String),
  })
  expect(await webhooks.endpoints.enable(caller, id)).toMatchObject({
    ...{ status: 'enabled', disabled_reason: null, disabled_note: null, disabled_at: null },
  })
})

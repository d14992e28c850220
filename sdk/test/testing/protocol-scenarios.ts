import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { webhooks } from '@openbursar/sdk'
import {
  expectRefusal,
  newBill,
  newFeeItem,
  newNumber,
  newPaidPayment,
  newPayer,
  newPayment,
  type OpenWorld,
  type RawCall,
  type ScenarioWorld,
  send,
} from './scenario-world.js'

const UNKNOWN = '01jd0000000000000000000000'

/** Signatures, idempotency, validation, lists and webhooks, the same in every place. */
export function describeProtocol(open: OpenWorld): void {
  let world: ScenarioWorld
  beforeAll(async () => {
    world = await open()
  }, 60_000)
  const payment = (fields: object = {}) => ({
    ...{ out_trade_no: newNumber(), amount: 100, subject: '杂费' },
    ...fields,
  })

  describe('a request is refused', () => {
    const PATH = '/v1/payments'
    const { privateKey } = generateKeyPairSync('ed25519')
    const stranger = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const seconds = () => Math.floor(Date.now() / 1000)
    const cases: [string, () => Omit<RawCall, 'path'>, number, string][] = [
      [
        'without a signature',
        () => ({
          tamper: ({ headers }) => {
            headers.delete('signature')
            headers.delete('signature-input')
          },
        }),
        401,
        'signature_missing',
      ],
      [
        'with the signature of another key',
        () => ({ privateKey: stranger }),
        401,
        'signature_invalid',
      ],
      ['with a key that nobody knows', () => ({ keyId: `key_${UNKNOWN}` }), 401, 'key_unknown'],
      ['that is too old', () => ({ created: seconds() - 400 }), 401, 'signature_expired'],
      [
        'that comes from the future',
        () => ({ created: seconds() + 400 }),
        401,
        'signature_in_future',
      ],
      ['with a nonce that is too short', () => ({ nonce: 'abc' }), 401, 'nonce_invalid'],
      [
        'with another body than the one that was signed',
        () => ({ bodySent: JSON.stringify(payment()) }),
        401,
        'content_digest_mismatch',
      ],
      [
        'with a body that has no digest',
        () => ({ tamper: ({ headers }) => headers.delete('content-digest') }),
        401,
        'content_digest_missing',
      ],
      [
        'with another idempotency key than the one that was signed',
        () => ({ tamper: ({ headers }) => headers.set('idempotency-key', 'another') }),
        401,
        'signature_invalid',
      ],
      [
        'without an idempotency key',
        () => ({ idempotencyKey: null }),
        400,
        'idempotency_key_missing',
      ],
      ['that is not JSON', () => ({ body: '{"amount":' }), 400, 'json_malformed'],
    ]
    test.each(cases)('%s', async (_, make, status, code) => {
      const answer = await send(world, { path: PATH, body: payment(), ...make() })
      expect([answer.status, answer.json.code]).toEqual([status, code])
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
    })

    test('that arrives a second time, byte for byte', async () => {
      const nonce = newNumber()
      const call = { path: `${PATH}?limit=1`, nonce }
      expect((await send(world, call)).status).toBe(200)
      const replay = await send(world, call)
      expect([replay.status, replay.json.code]).toEqual([401, 'nonce_replayed'])
      const write = { path: PATH, body: payment(), nonce: newNumber() }
      expect((await send(world, write)).status).toBe(201)
      const again = await send(world, write)
      expect([again.status, again.json.code]).toEqual([401, 'nonce_replayed'])
    })

    test('whose key lacks the scope', async () => {
      const reader = await world.restricted(['payments:read'])
      await expect(reader.payments.list({ limit: 1 })).resolves.toMatchObject({ object: 'list' })
      const call = reader.payments.create(payment())
      await expectRefusal(call, { status: 403, code: 'scope_missing', outcome: 'failed' })
    })

    test('for an address, or a method, that does not exist', async () => {
      const nowhere = await send(world, { path: '/v1/nothing' })
      expect([nowhere.status, nowhere.json.code]).toEqual([404, 'route_not_found'])
      const wrong = await send(world, { method: 'DELETE', path: PATH })
      expect([wrong.status, wrong.json.code]).toEqual([405, 'method_not_allowed'])
    })
  })

  describe('a write', () => {
    test('with the same key and body is one write, answered byte for byte', async () => {
      const call = { path: '/v1/payments', body: payment(), idempotencyKey: newNumber() }
      const first = await send(world, call)
      const second = await send(world, call)
      expect([first.status, second.status]).toEqual([201, 201])
      expect(second.json).toEqual(first.json)
      expect(first.headers.get('idempotent-replayed')).toBeNull()
      expect(second.headers.get('idempotent-replayed')).toBe('true')
    })

    test('with the same key and another body is refused', async () => {
      const idempotencyKey = newNumber()
      await send(world, { path: '/v1/payments', body: payment(), idempotencyKey })
      const other = await send(world, { path: '/v1/payments', body: payment(), idempotencyKey })
      expect([other.status, other.json.code]).toEqual([422, 'idempotency_key_reused'])
    })

    test('that was refused on its merits stays refused under its key', async () => {
      const { id } = await newPaidPayment(world)
      const call = { path: `/v1/payments/${id}/close`, body: {}, idempotencyKey: newNumber() }
      const first = await send(world, call)
      const second = await send(world, call)
      expect(first.json.code).toBe('payment_not_closable')
      expect(second.json).toEqual(first.json)
      expect(second.headers.get('idempotent-replayed')).toBe('true')
    })

    test('that was refused before it was carried out leaves its key free', async () => {
      const idempotencyKey = newNumber()
      const path = '/v1/payments'
      const refused = await send(world, { path, body: payment({ amount: 0 }), idempotencyKey })
      expect(refused.status).toBe(400)
      expect((await send(world, { path, body: payment(), idempotencyKey })).status).toBe(201)
    })
  })

  describe("the caller's own number", () => {
    const post = (path: string, body: object) => send(world, { path, body })

    test.each([
      ['/v1/payments', 'payment_conflict', async () => payment(), { amount: 101 }],
      [
        '/v1/fee_items',
        'fee_item_conflict',
        async () => ({ code: newNumber(), name: '学费', kind: 'tuition' }),
        { name: '住宿费' },
      ],
      [
        '/v1/payers',
        'payer_conflict',
        async () => ({
          ...{ kind: 'student', number_type: 'student_no', number: newNumber(), name: '李四' },
        }),
        { name: '王五' },
      ],
      [
        '/v1/bills',
        'bill_conflict',
        async () => {
          const { fee_item, payer } = await newBill(world)
          return { fee_item, payer, out_bill_no: newNumber(), amount: 100 }
        },
        { amount: 101 },
      ],
      [
        '/v1/refunds',
        'refund_conflict',
        async () => {
          const { id } = await newPaidPayment(world)
          return { payment: id, out_refund_no: newNumber(), amount: 100 }
        },
        { amount: 101 },
      ],
    ])(
      'of %s is the same object again, and %s with other parameters',
      async (path, code, make, change) => {
        const body = await make()
        const first = await post(path, body)
        expect(first.status).toBe(201)
        const again = await post(path, body)
        expect([again.status, again.json.id]).toEqual([200, first.json.id])
        const other = await post(path, { ...body, ...change })
        expect([other.status, other.json.code, other.json.outcome]).toEqual([409, code, 'failed'])
      },
    )
  })

  describe('a body that does not fit is refused, with the place and the reason', () => {
    test.each<[string, string, object, [string, string][]]>([
      [
        'several problems at once',
        '/v1/payments',
        { out_trade_no: '', amount: 1.5, subject: 7, wrong: 1 },
        [
          ['/out_trade_no', 'field_out_of_range'],
          ['/out_trade_no', 'field_format_invalid'],
          ['/amount', 'field_type_invalid'],
          ['/subject', 'field_type_invalid'],
          ['/wrong', 'field_unknown'],
        ],
      ],
      ['a missing field', '/v1/payments', {}, [['/out_trade_no', 'field_missing']]],
      [
        'a number out of range',
        '/v1/payments',
        { out_trade_no: 'x', amount: 0, subject: 'x' },
        [['/amount', 'field_out_of_range']],
      ],
      [
        'a choice that there is not',
        '/v1/payments',
        { out_trade_no: 'x', amount: 1, subject: 'x', channel: 'cheque' },
        [['/channel', 'field_value_invalid']],
      ],
      [
        'a time that is none',
        '/v1/payments',
        { out_trade_no: 'x', amount: 1, subject: 'x', expires_at: 'tomorrow' },
        [['/expires_at', 'field_format_invalid']],
      ],
      [
        'an address that is none',
        '/v1/payments',
        { out_trade_no: 'x', amount: 1, subject: 'x', return_url: 'here' },
        [['/return_url', 'field_format_invalid']],
      ],
      [
        'metadata that is not text',
        '/v1/payments',
        { out_trade_no: 'x', amount: 1, subject: 'x', metadata: { a: 1 } },
        [['/metadata/a', 'field_type_invalid']],
      ],
      [
        'an id of another kind',
        '/v1/refunds',
        { payment: `bill_${UNKNOWN}`, out_refund_no: 'x' },
        [['/payment', 'field_format_invalid']],
      ],
      [
        'a field inside a list',
        '/v1/checkouts',
        { items: [{ bill: `bill_${UNKNOWN}`, more: 1 }] },
        [['/items/0/more', 'field_unknown']],
      ],
      ['no element in a list', '/v1/checkouts', { items: [] }, [['/items', 'field_out_of_range']]],
      [
        'a phone and an address of a payer',
        '/v1/payers',
        {
          ...{ kind: 'student', number_type: 'student_no', number: 'x', name: 'x' },
          ...{ phone: '12', email: 'x' },
        },
        [
          ['/phone', 'field_format_invalid'],
          ['/email', 'field_format_invalid'],
        ],
      ],
    ])('%s', async (_, path, body, expected) => {
      const answer = await send(world, { path, body })
      expect(answer.status).toBe(400)
      expect(answer.json.code).toBe(expected[0]?.[1])
      const { errors } = answer.json
      const found = Array.isArray(errors) ? errors : []
      const places = found.map(({ code, pointer }) => [pointer, code])
      expect(places).toEqual(expected)
    })

    test('a query that there is not', async () => {
      const unknown = await send(world, { path: '/v1/payments?colour=red' })
      expect([unknown.status, unknown.json.code]).toEqual([400, 'field_unknown'])
      const tooMany = await send(world, { path: '/v1/payments?limit=101' })
      expect([tooMany.status, tooMany.json.code]).toEqual([400, 'field_out_of_range'])
    })
  })

  describe('what is not there', () => {
    test.each([
      [`/v1/payments/pay_${UNKNOWN}`, 'payment_not_found'],
      [`/v1/refunds/ref_${UNKNOWN}`, 'refund_not_found'],
      [`/v1/bills/bill_${UNKNOWN}`, 'bill_not_found'],
      [`/v1/checkouts/chk_${UNKNOWN}`, 'checkout_not_found'],
      [`/v1/payers/payer_${UNKNOWN}`, 'payer_not_found'],
      [`/v1/fee_items/item_${UNKNOWN}`, 'fee_item_not_found'],
      [`/v1/events/evt_${UNKNOWN}`, 'event_not_found'],
      [`/v1/webhook_endpoints/whk_${UNKNOWN}`, 'webhook_endpoint_not_found'],
      ['/v1/payments/anything', 'payment_not_found'],
    ])('%s is %s', async (path, code) => {
      const answer = await send(world, { path })
      expect([answer.status, answer.json.code, answer.json.retryable]).toEqual([404, code, false])
    })
  })

  describe('a list', () => {
    test('has pages, newest first, until there is no more', async () => {
      const checkout = await world.bursar.checkouts.create({ amount: 100, title: '捐款' })
      const made: string[] = []
      for (let index = 0; index < 5; index += 1) {
        const { id } = await newPayment(world, { checkout: checkout.id })
        await world.bursar.payments.close(id)
        made.unshift(id)
      }
      const first = await world.bursar.payments.list({ checkout: checkout.id, limit: 2 })
      expect(first).toMatchObject({ object: 'list', has_more: true })
      expect(first.data.map(({ id }) => id)).toEqual(made.slice(0, 2))
      expect(first.next_cursor).not.toBeNull()
      const all = await world.bursar.payments.list({ checkout: checkout.id, limit: 2 }).toArray({
        limit: 10,
      })
      expect(all.map(({ id }) => id)).toEqual(made)
      const status = await world.bursar.payments.list({ checkout: checkout.id, status: 'pending' })
      expect(status).toMatchObject({ data: [], has_more: false, next_cursor: null })
    })

    test('finds a payment by its number', async () => {
      const { id, out_trade_no } = await newPayment(world)
      const { data } = await world.bursar.payments.list({ out_trade_no })
      expect(data.map((one) => one.id)).toEqual([id])
    })
  })

  describe('people and prices', () => {
    test('a payer is masked, and updated', async () => {
      const { bursar } = world
      const payer = await bursar.payers.create({
        ...{ kind: 'employee', number_type: 'employee_no', number: `20260${newNumber()}` },
        ...{ name: '张三丰', phone: '138 1234 5678', email: 'zsf@example.edu' },
      })
      expect(payer).toMatchObject({
        name_masked: '张*丰',
        phone_masked: '138****5678',
        email_masked: 'z***@example.edu',
      })
      expect(payer.number_masked).toMatch(/^\*{4}.{4}$/)
      const changed = await bursar.payers.update(payer.id, { name: '张三', phone: null })
      expect(changed).toMatchObject({ name_masked: '张*', phone_masked: null })
    })

    test('a fee item whose rules contradict each other is refused', async () => {
      const create = (rules: object) => newFeeItem(world, rules)
      const minimum = create({ partial_payment: { minimum: 1 } })
      const invalid = { status: 400, code: 'fee_item_partial_invalid' }
      await expectRefusal(minimum, { ...invalid, pointers: ['/partial_payment/minimum'] })
      const window = create({
        window_starts_at: '2030-01-02T00:00:00Z',
        window_ends_at: '2030-01-01T00:00:00Z',
      })
      const refusal = { status: 400, code: 'fee_item_window_invalid' }
      await expectRefusal(window, { ...refusal, pointers: ['/window_ends_at'] })
    })
  })

  describe('webhooks', () => {
    test('come truly signed, with the event that the API knows', async () => {
      const { bursar, receiver, until, webhookPublicKey } = world
      const endpoint = await bursar.webhookEndpoints.create({ url: receiver.url })
      expect(endpoint).toMatchObject({ status: 'enabled', event_types: [], disabled_reason: null })
      const secret = endpoint.secret ?? ''
      expect(secret).toMatch(/^whsec_/)
      expect(await bursar.webhookEndpoints.get(endpoint.id)).not.toHaveProperty('secret')
      const { id } = await newPayer(world).then(() => newPayment(world))
      const [webhook] = await until(
        async () => (await receiver.received()).filter(({ body }) => body.includes(id)),
        (found) => found.length >= 2,
      )
      const { body = '', headers = {} } = webhook ?? {}
      const event = await webhooks.verify(body, headers, { secret })
      expect(await webhooks.verify(body, headers, { publicKey: webhookPublicKey })).toEqual(event)
      const published = webhooks.platformKeys(world.baseUrl, { fetch: world.fetch })
      expect(await webhooks.verify(body, headers, { platformKeys: published })).toEqual(event)
      const { created_at, data, type } = await bursar.events.get(event.id)
      expect(event).toMatchObject({ id: headers['webhook-id'], created_at, data, type })
      const deliveries = await until(
        async () => (await bursar.webhookEndpoints.listDeliveries(endpoint.id)).data,
        (found) =>
          found.some(({ event_id, status }) => event_id === event.id && status !== 'pending'),
      )
      expect(deliveries.find(({ event_id }) => event_id === event.id)).toMatchObject({
        ...{
          endpoint_id: endpoint.id,
          status: 'delivered',
          attempt_count: 1,
          next_attempt_at: null,
        },
        attempts: [{ position: 1, url: receiver.url, request_body: body }],
      })
      expect(await bursar.webhookEndpoints.delete(endpoint.id)).toMatchObject({ deleted: true })
      const gone = bursar.webhookEndpoints.get(endpoint.id)
      await expectRefusal(gone, { status: 404, code: 'webhook_endpoint_not_found' })
    })

    test.each(['nowhere', 'ftp://a.example', 'http://a.example/', 'https://u:p@a.example/'])(
      'are not sent to %s',
      async (url) => {
        const call = world.bursar.webhookEndpoints.create({ url })
        const refusal = { status: 400, code: 'webhook_endpoint_url_refused', pointers: ['/url'] }
        await expectRefusal(call, refusal)
      },
    )
  })
}

import { describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import {
  feeItemBody,
  newBill,
  newPaidPayment,
  newPendingPayment,
  paymentBody,
} from '../support/fixtures.js'
import { expectNothingWritten } from '../support/nothing-written.js'
import { newKey, type RawRequest } from '../support/raw-request.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const UNKNOWN = '01jd0000000000000000000000'

let ids = { paid: '', pending: '', bill: '', foreignPayment: '', foreignBill: '' }
expectNothingWritten(
  () => stage.own,
  async () => {
    ids = {
      paid: (await newPaidPayment(stage.own)).id,
      pending: (await newPendingPayment(stage.own)).id,
      bill: (await newBill(stage.own)).id,
      foreignPayment: (await newPendingPayment(stage.neighbour)).id,
      foreignBill: (await newBill(stage.neighbour)).id,
    }
  },
)

describe('a field of a payment', () => {
  test.each([
    ['that does not exist', { colour: 'red' }, 'field_unknown', '/colour'],
    ['amount as text', { amount: '100' }, 'field_type_invalid', '/amount'],
    ['amount as null', { amount: null }, 'field_type_invalid', '/amount'],
    ['amount as a list', { amount: [100] }, 'field_type_invalid', '/amount'],
    ['amount zero', { amount: 0 }, 'field_out_of_range', '/amount'],
    ['amount below zero', { amount: -1 }, 'field_out_of_range', '/amount'],
    ['amount with a fraction', { amount: 1.5 }, 'field_type_invalid', '/amount'],
    ['amount of 2^53', { amount: 2 ** 53 }, 'json_number_out_of_range', '/amount'],
    ['amount of 1e300', { amount: 1e300 }, 'json_number_out_of_range', '/amount'],
    ['number missing', { out_trade_no: undefined }, 'field_missing', '/out_trade_no'],
    ['number with spaces', { out_trade_no: 'a b' }, 'field_format_invalid', '/out_trade_no'],
    ['number too long', { out_trade_no: 'a'.repeat(65) }, 'field_out_of_range', '/out_trade_no'],
    ['number as a number', { out_trade_no: 5 }, 'field_type_invalid', '/out_trade_no'],
    ['subject empty', { subject: '' }, 'field_out_of_range', '/subject'],
    ['subject with a line break', { subject: 'a\nb' }, 'field_format_invalid', '/subject'],
    ['subject too long', { subject: '费'.repeat(121) }, 'field_out_of_range', '/subject'],
    ['currency in words', { currency: 'yuan' }, 'field_format_invalid', '/currency'],
    ['currency nobody collects', { currency: 'USD' }, 'currency_unsupported', '/currency'],
    ['channel unknown', { channel: 'pigeon' }, 'field_value_invalid', '/channel'],
    ['method unknown', { method: 'shout' }, 'field_value_invalid', '/method'],
    ['time in words', { expires_at: 'tomorrow' }, 'field_format_invalid', '/expires_at'],
    [
      'time without a zone',
      { expires_at: '2099-01-01T00:00:00' },
      'field_format_invalid',
      '/expires_at',
    ],
    [
      'a day that does not exist',
      { expires_at: '2099-02-30T00:00:00Z' },
      'field_format_invalid',
      '/expires_at',
    ],
    [
      'return_url of a script',
      { return_url: 'javascript:alert(1)' },
      'field_format_invalid',
      '/return_url',
    ],
    [
      'checkout of another kind',
      { checkout: `bill_${UNKNOWN}` },
      'field_format_invalid',
      '/checkout',
    ],
    ['metadata as a list', { metadata: ['a'] }, 'field_type_invalid', '/metadata'],
    ['metadata of numbers', { metadata: { a: 1 } }, 'field_type_invalid', '/metadata/a'],
    [
      'metadata too long',
      { metadata: { a: 'x'.repeat(501) } },
      'field_out_of_range',
      '/metadata/a',
    ],
    ['metadata of 51 pairs', { metadata: pairs(51) }, 'field_value_invalid', '/metadata'],
  ])('is refused: %s', async (_, change, code, pointer) => {
    const answer = await stage.own.send({
      path: '/v1/payments',
      body: { ...paymentBody(), ...change },
    })
    expectProblem(answer, 400, code)
    expect(answer.json.errors).toContainEqual({ pointer, code, detail: expect.any(String) })
  })

  test('is named with every other one that is wrong', async () => {
    const body = { ...paymentBody(), amount: -5, subject: 7, colour: 'red' }
    const answer = await stage.own.send({ path: '/v1/payments', body })
    expect(answer.status).toBe(400)
    const pointers = answer.json.errors.map((error: { pointer: string }) => error.pointer)
    expect(pointers.sort()).toEqual(['/amount', '/colour', '/subject'])
  })
})

describe('an id', () => {
  test.each([
    ['of no payment', () => ({ path: `/v1/payments/pay_${UNKNOWN}` }), 'payment_not_found'],
    [
      "of somebody else's payment",
      () => ({ path: `/v1/payments/${ids.foreignPayment}` }),
      'payment_not_found',
    ],
    [
      'in capitals',
      () => ({ path: `/v1/payments/${ids.pending.toUpperCase()}` }),
      'payment_not_found',
    ],
    ['with a null byte', () => ({ path: `/v1/payments/${ids.pending}%00` }), 'payment_not_found'],
    ['with SQL', () => ({ path: "/v1/payments/'%20or%201=1--" }), 'payment_not_found'],
    ['of no refund', () => ({ path: `/v1/refunds/ref_${UNKNOWN}` }), 'refund_not_found'],
    ['of no event', () => ({ path: `/v1/events/evt_${UNKNOWN}` }), 'event_not_found'],
    ["of somebody else's bill", () => collect({ bill: ids.foreignBill }), 'bill_not_found'],
    ['of no bill', () => collect({ bill: `bill_${UNKNOWN}` }), 'bill_not_found'],
    ["of somebody else's payment to refund", () => refund(ids.foreignPayment), 'payment_not_found'],
  ])('is unknown: %s', async (_, request: () => RawRequest, code) => {
    expectProblem(await stage.own.send(request()), 404, code)
  })
})

describe.each([
  ['bills', 'bill_not_found'],
  ['checkouts', 'checkout_not_found'],
  ['events', 'event_not_found'],
  ['fee_items', 'fee_item_not_found'],
  ['payers', 'payer_not_found'],
  ['payments', 'payment_not_found'],
  ['refunds', 'refund_not_found'],
  ['webhook_endpoints', 'webhook_endpoint_not_found'],
])('an id of %s', (resource, code) => {
  test.each(['%00', 'x%00', '%F0%9F%92%B0', '%25', '%22%7B', '0'.repeat(150)])(
    'is unknown as %s',
    async (id) => {
      expectProblem(await stage.own.send({ path: `/v1/${resource}/${id}` }), 404, code)
    },
  )
})

describe('a value that PostgreSQL cannot hold', () => {
  test.each([
    ['a null character in metadata', '"metadata":{"a":"x\\u0000"}'],
    ['a null character in a key of metadata', '"metadata":{"a\\u0000":"x"}'],
    ['half a character in metadata', '"metadata":{"a":"\\ud800"}'],
    ['half a character in a return_url', '"return_url":"https://a.example/\\ud800"'],
  ])('is refused: %s', async (_, field) => {
    const body = `{"out_trade_no":"t-1","amount":1,"subject":"x",${field}}`
    const answer = await stage.own.send({ path: '/v1/payments', body })
    expect([answer.status, answer.json.code]).toEqual([400, expect.any(String)])
  })

  test.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999-23:59'])(
    'is refused: the time %s',
    async (time) => {
      const path = `/v1/payments?created_at%5Bgte%5D=${encodeURIComponent(time)}`
      expectProblem(await stage.own.send({ path }), 400, 'field_value_invalid')
      const body = { ...feeItemBody(), window_ends_at: time }
      const answer = await stage.own.send({ path: '/v1/fee_items', body })
      expectProblem(answer, 400, 'field_value_invalid')
      expect(answer.json.errors[0].pointer).toBe('/window_ends_at')
    },
  )
})

describe('a call in the wrong state', () => {
  test.each([
    ['refunding what is not paid', () => refund(ids.pending), 'payment_not_refundable'],
    ['refunding more than was paid', () => refund(ids.paid, 12_801), 'refund_exceeds_payment'],
    ['closing what is paid', () => post(`/v1/payments/${ids.paid}/close`), 'payment_not_closable'],
    [
      'collecting more than is due',
      () => collect({ bill: ids.bill, amount: 12_801 }),
      'bill_overpaid',
    ],
    ['collecting a part', () => collect({ bill: ids.bill, amount: 1 }), 'bill_partial_not_allowed'],
  ])('is refused: %s', async (_, request: () => RawRequest, code) => {
    expectProblem(await stage.own.send(request()), 409, code)
  })
})

describe('an Idempotency-Key', () => {
  test.each([
    ['missing', { idempotencyKey: null }, 'idempotency_key_missing'],
    ['empty', { headers: { 'idempotency-key': '' } }, 'idempotency_key_missing'],
    ['too long', { idempotencyKey: 'k'.repeat(256) }, 'idempotency_key_invalid'],
    ['with a tab', { idempotencyKey: 'k\tk' }, 'idempotency_key_invalid'],
    ['beyond ASCII', { idempotencyKey: 'ké' }, 'signature_malformed'],
  ])('is refused: %s', async (_, change, code) => {
    for (const body of [paymentBody(), paymentBody({ channel: 'wechatpay' })]) {
      expectProblem(await stage.own.send({ path: '/v1/payments', body, ...change }), 400, code)
    }
  })
})

function pairs(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))
}

const post = (path: string, body?: object): RawRequest => ({
  method: 'POST',
  path,
  ...(body ? { body } : {}),
})
const collect = (item: object) => post('/v1/checkouts', { items: [item] })
const refund = (payment: string, amount = 1) =>
  post('/v1/refunds', { payment, out_refund_no: newKey(), amount })

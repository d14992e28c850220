import { describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import {
  feeItemBody,
  newBill,
  newFeeItem,
  newNumber,
  newPaidPayment,
  newPayer,
  payerBody,
  paymentBody,
} from '../support/fixtures.js'
import { expectNothingWritten } from '../support/nothing-written.js'
import type { TestApp } from '../support/platform.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()

interface Things {
  readonly payer: string
  readonly fee_item: string
  readonly bill: string
  readonly checkout: string
  readonly payment: string
  readonly refund: string
  readonly webhook_endpoint: string
}

type UnpaidThings = Omit<Things, 'payment' | 'refund'>

async function unpaidThingsOf(app: TestApp): Promise<UnpaidThings> {
  const [payer, fee_item] = [(await newPayer(app)).id, (await newFeeItem(app)).id]
  const bill = (await newBill(app, { payer, fee_item })).id
  const checkout = await app.bursar.checkouts.create({ items: [{ bill }] })
  const { id: webhook_endpoint } = await app.bursar.webhookEndpoints.create({
    url: 'http://localhost:9/',
  })
  return { payer, fee_item, bill, checkout: checkout.id, webhook_endpoint }
}

async function thingsOf(app: TestApp): Promise<Things> {
  const unpaid = await unpaidThingsOf(app)
  const payment = await newPaidPayment(app)
  const refund = await app.bursar.refunds.create({
    payment: payment.id,
    out_refund_no: newNumber(),
    amount: 1,
  })
  // Its last event comes when the channel has given the money back.
  await until(
    () => app.bursar.refunds.get(refund.id),
    ({ status }) => status === 'succeeded',
  )
  return { ...unpaid, payment: payment.id, refund: refund.id }
}

const things: Record<'own' | 'neighbour' | 'outsider', Things | undefined> = {
  own: undefined,
  neighbour: undefined,
  outsider: undefined,
}
const of = (name: keyof typeof things): Things => {
  const found = things[name]
  if (!found) throw new Error('made before the first test')
  return found
}
expectNothingWritten(
  () => stage.own,
  async () => {
    things.own = await thingsOf(stage.own)
    things.neighbour = await thingsOf(stage.neighbour)
    // Without an account at a provider, nothing can be paid there.
    const payment = await stage.outsider.bursar.payments.create(paymentBody())
    things.outsider = { ...(await unpaidThingsOf(stage.outsider)), payment: payment.id, refund: '' }
  },
)

/** A body that is accepted, for every address that takes one. */
const CREATES: readonly (readonly [string, () => object])[] = [
  ['/v1/payers', payerBody],
  ['/v1/fee_items', feeItemBody],
  ['/v1/bills', () => billBody()],
  ['/v1/checkouts', () => ({ amount: 5, title: '捐赠' })],
  ['/v1/payments', () => paymentBody()],
  ['/v1/refunds', () => ({ payment: of('own').payment, out_refund_no: newNumber(), amount: 1 })],
  ['/v1/webhook_endpoints', () => ({ url: 'http://localhost:9/' })],
]
const billBody = (changes: object = {}) => ({
  payer: of('own').payer,
  fee_item: of('own').fee_item,
  out_bill_no: newNumber(),
  amount: 1,
  ...changes,
})

describe.each(CREATES)('a body for %s', (path, bodyOf) => {
  test.each([
    ['id', 'pay_01jd0000000000000000000000'],
    ['object', 'payment'],
    ['livemode', true],
    ['institution_id', 'inst_01jd0000000000000000000000'],
    ['app_id', 'app_01jd0000000000000000000000'],
    ['department', 'dept_01jd0000000000000000000000'],
    ['status', 'succeeded'],
    ['amount_paid', 1],
    ['amount_refunded', 0],
    ['created_at', '2020-01-01T00:00:00Z'],
    ['succeeded_at', '2020-01-01T00:00:00Z'],
    ['scopes', ['payments:write']],
    ['secret', 'whsec_AAAA'],
  ])('cannot set %s', async (name, value) => {
    const answer = await stage.own.send({ path, body: { ...bodyOf(), [name]: value } })
    expectProblem(answer, 400, 'field_unknown')
    expect(answer.json.errors).toContainEqual(
      expect.objectContaining({ pointer: `/${name}`, code: 'field_unknown' }),
    )
  })

  test.each([
    ['__proto__', '{"polluted":true}', 'json_malformed'],
    ['constructor', '{"prototype":{"polluted":true}}', 'field_unknown'],
    ['prototype', '{"polluted":true}', 'field_unknown'],
    ['toString', '"x"', 'field_unknown'],
    ['hasOwnProperty', 'true', 'field_unknown'],
    ['\\u005f\\u005fproto\\u005f\\u005f', '{"polluted":true}', 'json_malformed'],
  ])('cannot reach the prototype by %s', async (name, value, code) => {
    const body = `${JSON.stringify(bodyOf()).slice(0, -1)},"${name}":${value}}`
    expectProblem(await stage.own.send({ path, body }), 400, code)
  })

  test.each([
    ['a full-width letter', 'ａmount'],
    ['a Cyrillic letter', 'аmount'],
    ['a zero-width space', 'amount\u200b'],
    ['a byte order mark', '\ufeffamount'],
    ['a combining mark', 'amoun\u0074\u0301'],
    ['another case', 'Amount'],
    ['a right-to-left mark', '\u202eamount'],
  ])('knows no field with %s', async (_, name) => {
    const answer = await stage.own.send({ path, body: { ...bodyOf(), [name]: 1 } })
    expectProblem(answer, 400, 'field_unknown')
  })
})

test('a name that every object has is an ordinary name in metadata', async () => {
  const metadata = { constructor: 'a', prototype: 'b', toString: 'c' }
  const { id } = await stage.neighbour.bursar.payments.create(paymentBody({ metadata }))
  const { json } = await stage.neighbour.send({ path: `/v1/payments/${id}` })
  expect(Object.entries(json.metadata).sort()).toEqual(Object.entries(metadata).sort())
  const body = `{"out_trade_no":"x","amount":1,"subject":"x","metadata":{"__proto__":"x"}}`
  expectProblem(await stage.own.send({ path: '/v1/payments', body }), 400, 'json_malformed')
})

describe("somebody else's thing in a body is as unknown as one that is not there", () => {
  const missing = (prefix: string) => `${prefix}_01jd0000000000000000000000`
  const cases: readonly (readonly [
    string,
    string,
    string,
    (id: string) => object,
    keyof Things,
  ])[] = [
    ['a fee item', '/v1/bills', 'item', (fee_item) => billBody({ fee_item }), 'fee_item'],
    ['a payer', '/v1/bills', 'payer', (payer) => billBody({ payer }), 'payer'],
    ['a bill', '/v1/checkouts', 'bill', (bill) => ({ items: [{ bill }] }), 'bill'],
    [
      'a checkout',
      '/v1/payments',
      'chk',
      (checkout) => ({ out_trade_no: newNumber(), subject: 'x', checkout }),
      'checkout',
    ],
    [
      'a payment',
      '/v1/refunds',
      'pay',
      (payment) => ({ payment, out_refund_no: newNumber(), amount: 1 }),
      'payment',
    ],
  ]
  test.each(cases)('%s for %s', async (_, path, prefix, bodyOf, thing) => {
    const absent = await stage.own.send({ path, body: bodyOf(missing(prefix)) })
    expect(absent.status).toBe(404)
    // Payers belong to the whole institution.
    const others =
      thing === 'payer' ? (['outsider'] as const) : (['neighbour', 'outsider'] as const)
    for (const other of others) {
      const id = of(other)[thing]
      const answer = await stage.own.send({ path, body: bodyOf(id) })
      expectProblem(answer, 404, absent.json.code)
      expect(answer.json.detail.replaceAll(id, '')).toBe(
        absent.json.detail.replaceAll(missing(prefix), ''),
      )
    }
  })
})

describe("somebody else's thing in a filter finds nothing", () => {
  test.each([
    ['/v1/bills?payer=', 'payer'],
    ['/v1/bills?fee_item=', 'fee_item'],
    ['/v1/payments?checkout=', 'checkout'],
    ['/v1/refunds?payment=', 'payment'],
    ['/v1/request_logs?object_id=', 'payment'],
  ] as const)('%s', async (path, thing) => {
    const { status, json } = await stage.own.send({ path: `${path}${of('outsider')[thing]}` })
    expect([status, json.data]).toEqual([200, []])
  })

  test.each([
    ['/v1/payments', 'payment'],
    ['/v1/bills', 'bill'],
    ['/v1/refunds', 'refund'],
    ['/v1/payers', 'payer'],
    ['/v1/fee_items', 'fee_item'],
    ['/v1/checkouts', 'checkout'],
    ['/v1/webhook_endpoints', 'webhook_endpoint'],
  ] as const)('nor as the cursor of %s, which shows only what is ours', async (path, thing) => {
    const theirs = of('neighbour')[thing]
    const listed = await stage.own.send({ path: `${path}?limit=100&cursor=${theirs}` })
    expect([listed.status, listed.json.object]).toEqual([200, 'list'])
    // Payers belong to the whole institution; a cursor itself is never in its own page.
    expect(listed.text).not.toContain(theirs)
    if (thing !== 'payer') expect(listed.text).not.toContain(stage.neighbour.department_id)
  })
})

describe('a page', () => {
  test.each([
    ...['payments', 'bills', 'refunds', 'payers', 'fee_items', 'checkouts', 'events'],
    ...['webhook_endpoints', 'request_logs'],
  ])('of %s has a hundred entries at most', async (resource) => {
    for (const limit of ['101', '1000000', '-1', '1e3', '9'.repeat(400), '%00', '1;2']) {
      const answer = await stage.own.send({ path: `/v1/${resource}?limit=${limit}` })
      expect([limit, answer.status]).toEqual([limit, 400])
    }
  })
})

describe('a character that is not text', () => {
  test.each(['%0d%0aX-Injected:%201', '%0a', '%00', '%e2%80%a8'])(
    'in a query changes no header and breaks nothing: %s',
    async (text) => {
      for (const path of [
        `/v1/payments?out_trade_no=${text}`,
        `/v1/payments/${text}`,
        `/v1/${text}`,
        `/v1/request_logs?path_prefix=${text}`,
      ]) {
        const answer = await stage.own.send({ path })
        expect(answer.status).toBeLessThan(500)
        expect(answer.headers.get('x-injected')).toBeNull()
        expect(answer.text).not.toMatch(/\r\nX-Injected/)
      }
    },
  )
})

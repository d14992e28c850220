import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { TEST_API_VERSION, type TestTenant, withNewKey } from '../../../test/support/callers.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import {
  fen,
  makeRefundFixture,
  orderRefOf,
  type RefundFixture,
  SUCCEEDED_AT,
} from './refund.fixture.js'
import { CreateRefund, Refund, RefundListQuery } from './refund.schema.js'

let at: RefundFixture
let tenant: TestTenant
let caller: Caller
beforeAll(async () => {
  at = await makeRefundFixture()
})
afterAll(() => at.db.drop())
beforeEach(async () => {
  tenant = await at.tenant()
  caller = tenant.caller
  at.channel.sent.length = 0
})

function input(payment: string, changes: object = {}): CreateRefund {
  return CreateRefund.parse({ payment, out_refund_no: newId('req'), ...changes })
}

/** The code of a refusal, and what it says about the money. */
async function refusalOf(creating: Promise<unknown>) {
  const error = await creating.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (typeof error !== 'object' || error === null) throw new Error('it was not refused')
  return { ...error }
}

describe('create', () => {
  test('gives back a part of a direct payment', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const body = input(payment.id, { amount: 30, reason: '退课', metadata: { a: '1' } })
    const reply = await at.refunds.create(withNewKey(caller), body)
    expect(reply.status).toBe(201)
    expect(Refund.parse(reply.body)).toEqual({
      id: expect.stringMatching(/^ref_/),
      object: 'refund',
      livemode: false,
      payment: payment.id,
      department: caller.department_id,
      out_refund_no: body.out_refund_no,
      amount: 30,
      currency: 'CNY',
      reason: '退课',
      status: 'succeeded',
      approval: null,
      failure: null,
      items: [{ bill: null, department: caller.department_id, amount: 30 }],
      succeeded_at: SUCCEEDED_AT.toISOString(),
      created_at: '2026-12-01T00:00:00.000Z',
      metadata: { a: '1' },
    })
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 30n, amount_refunding: 0n })
  })

  test('tells the channel which order, how much of it, and where to answer', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const { body } = await at.refunds.create(caller, input(payment.id, { amount: 30 }))
    expect(at.channel.sent).toEqual([
      {
        order: orderRefOf(payment, fen(100n)),
        refund_no: body.id.slice('ref_'.length).toUpperCase(),
        amount: fen(30n),
        requested_at: new Date(body.created_at),
        reason: '',
        notify_url: `https://pay.example.edu/notify/wechatpay/${payment.account_id}/refunds`,
      },
    ])
  })

  test('books what the channel gave back, once', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const { body } = await at.refunds.create(caller, input(payment.id, { amount: 30 }))
    expect(await at.entriesOf(body.id)).toEqual([
      `refund: debit department_payable:${caller.department_id} 30`,
      `refund: credit channel_clearing:${payment.account_id} 30`,
    ])
  })

  test('tells the app in its own version, with the object right after each change', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const { body } = await at.refunds.create(caller, input(payment.id))
    const events = await at.eventsOf(body.id)
    expect(events).toMatchObject([
      { type: 'refund.created', api_version: TEST_API_VERSION, object: { status: 'created' } },
      { type: 'refund.succeeded', api_version: TEST_API_VERSION, object: body },
    ])
  })

  test('without an amount gives back all that is left', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    await at.refunds.create(caller, input(payment.id, { amount: 30 }))
    const { body } = await at.refunds.create(caller, input(payment.id))
    expect(body.amount).toBe(70)
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 100n, amount_refunding: 0n })
  })

  test('gives back bills from the last to the first, and says so to the bills', async () => {
    const payment = await at.payment(caller, { bills: [60n, 40n] })
    const { body } = await at.refunds.create(caller, input(payment.id, { amount: 50 }))
    expect(body.items.map(({ bill, amount }) => ({ bill, amount }))).toEqual([
      { bill: payment.bills[1], amount: 40 },
      { bill: payment.bills[0], amount: 10 },
    ])
    const refunded = await Promise.all(payment.bills.map((id) => at.row(id)))
    expect(refunded.map(({ amount_refunded }) => amount_refunded)).toEqual([10n, 40n])
  })

  test('gives back the bills that are named', async () => {
    const payment = await at.payment(caller, { bills: [60n, 40n] })
    const items = [{ bill: payment.bills[0], amount: 25 }]
    const { body } = await at.refunds.create(caller, input(payment.id, { items }))
    expect(body.amount).toBe(25)
    expect(body.items).toMatchObject([{ bill: payment.bills[0], amount: 25 }])
    const [first, second] = await Promise.all(payment.bills.map((id) => at.row(id)))
    expect([first?.amount_refunded, second?.amount_refunded]).toEqual([25n, 0n])
  })

  test('queues the question what became of it, in case nobody lives to hear the answer', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const { body } = await at.refunds.create(caller, input(payment.id))
    const { institution_id, livemode } = caller
    expect(await at.jobOf(`refund-poll:${body.id}`)).toEqual({
      wait_ms: 5_000,
      payload: { institution_id, livemode, refund_id: body.id },
    })
  })
})

describe('create refuses', () => {
  const refused = (code: string, status: number) => ({
    code,
    spec: { status, retryable: false },
    options: expect.objectContaining({ outcome: 'failed' }),
  })

  test('more than the payment, and more than is left', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const over = at.refunds.create(caller, input(payment.id, { amount: 101 }))
    expect(await refusalOf(over)).toMatchObject(refused('refund_exceeds_payment', 409))
    await at.refunds.create(caller, input(payment.id, { amount: 60 }))
    const rest = at.refunds.create(caller, input(payment.id, { amount: 41 }))
    expect(await refusalOf(rest)).toMatchObject(refused('refund_exceeds_payment', 409))
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 60n, amount_refunding: 0n })
  })

  test('all that is left when nothing is left', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    await at.refunds.create(caller, input(payment.id))
    const again = at.refunds.create(caller, input(payment.id))
    expect(await refusalOf(again)).toMatchObject(refused('refund_exceeds_payment', 409))
  })

  test.each(['created', 'pending', 'processing', 'failed', 'closed'])(
    'a payment that is %s',
    async (status) => {
      const payment = await at.payment(caller, { amount: 100n, status })
      const creating = at.refunds.create(caller, input(payment.id))
      expect(await refusalOf(creating)).toMatchObject(refused('payment_not_refundable', 409))
    },
  )

  test('more of a bill than it was paid with', async () => {
    const payment = await at.payment(caller, { bills: [60n, 40n] })
    const items = [{ bill: payment.bills[1], amount: 41 }]
    const creating = at.refunds.create(caller, input(payment.id, { items }))
    expect(await refusalOf(creating)).toMatchObject(refused('refund_items_invalid', 400))
  })

  test('items that do not add up to the amount', async () => {
    const payment = await at.payment(caller, { bills: [60n] })
    const items = [{ bill: payment.bills[0], amount: 10 }]
    const creating = at.refunds.create(caller, input(payment.id, { items, amount: 11 }))
    expect(await refusalOf(creating)).toMatchObject(refused('refund_items_mismatch', 400))
  })

  test.each(['otherAppCaller', 'otherInstitutionCaller', 'liveCaller'] as const)(
    'the payment of somebody else, as if it did not exist (%s)',
    async (who) => {
      const payment = await at.payment(caller, { amount: 100n })
      const missing = newId('pay')
      const [theirs, none] = await Promise.all([
        refusalOf(at.refunds.create(tenant[who], input(payment.id))),
        refusalOf(at.refunds.create(tenant[who], input(missing))),
      ])
      expect(theirs).toMatchObject({ code: 'payment_not_found', spec: { status: 404 } })
      expect(none).toMatchObject({ code: 'payment_not_found', spec: { status: 404 } })
    },
  )

  test('and then nothing was sent, recorded or queued', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    await refusalOf(at.refunds.create(caller, input(payment.id, { amount: 101 })))
    expect(at.channel.sent).toEqual([])
    expect(await at.refunds.list(caller, RefundListQuery.parse({}))).toMatchObject({ data: [] })
  })
})

describe('create with a number that was used before', () => {
  test('answers with the refund, also under a new idempotency key, and sends nothing', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const body = input(payment.id, { amount: 30, reason: '退课' })
    const first = await at.refunds.create(withNewKey(caller), body)
    const again = await at.refunds.create(withNewKey(caller), body)
    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
    expect(at.channel.sent).toHaveLength(1)
  })

  test('still answers when nothing is left to refund', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const body = input(payment.id)
    const first = await at.refunds.create(caller, body)
    expect(await at.refunds.create(caller, body)).toEqual({ status: 200, body: first.body })
  })

  test.each([{ amount: 31 }, { amount: 30, reason: 'other' }])(
    'refuses other parameters: %j',
    async (change) => {
      const payment = await at.payment(caller, { amount: 100n })
      const body = input(payment.id, { amount: 30, reason: '退课' })
      await at.refunds.create(caller, body)
      const other = at.refunds.create(caller, CreateRefund.parse({ ...body, ...change }))
      expect(await refusalOf(other)).toMatchObject({
        code: 'refund_conflict',
        spec: { status: 409 },
        options: { outcome: 'failed' },
      })
    },
  )

  test('belongs to the app and mode alone', async () => {
    const { otherAppCaller, liveCaller } = tenant
    const out_refund_no = newId('req')
    for (const who of [caller, otherAppCaller, liveCaller]) {
      const payment = await at.payment(who, { amount: 100n })
      expect((await at.refunds.create(who, input(payment.id, { out_refund_no }))).status).toBe(201)
    }
  })

  test('sent 50 times at once makes one refund and one call', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const body = input(payment.id)
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => at.refunds.create(withNewKey(caller), body)),
    )
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1)
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(at.channel.sent).toHaveLength(1)
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 100n, amount_refunding: 0n })
  })

  test('on two payments at once leaves nothing reserved on the one that lost', async () => {
    const payments = await Promise.all([1, 2].map(() => at.payment(caller, { amount: 100n })))
    const out_refund_no = newId('req')
    const results = await Promise.allSettled(
      payments.map(({ id }) => at.refunds.create(caller, input(id, { out_refund_no }))),
    )
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const amounts = await Promise.all(payments.map(({ id }) => at.amountsOf(id)))
    const total = amounts.reduce((sum, one) => sum + one.amount_refunded + one.amount_refunding, 0n)
    expect(total).toBe(100n)
  })
})

describe('refunds together never pass the payment', () => {
  test('when 50 come at once that exceed it', async () => {
    const payment = await at.payment(caller, { amount: 1_000n })
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        at.refunds.create(withNewKey(caller), input(payment.id, { amount: 30 })),
      ),
    )
    const made = results.filter(({ status }) => status === 'fulfilled')
    expect(made).toHaveLength(33)
    expect(at.channel.sent).toHaveLength(33)
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 990n, amount_refunding: 0n })
  })

  test('whatever their amounts and however they end', async () => {
    const ask = fc.record({
      amount: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
      kind: fc.constantFrom('succeeded', 'failed', 'processing'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 1, maxLength: 8 }), async (asks) => {
        const payment = await at.payment(caller, { bills: [60n, 40n] })
        let [given, held] = [0n, 0n]
        for (const { amount, kind } of asks) {
          if (kind === 'processing') at.channel.refundScripts.push(() => ({ kind }))
          if (kind === 'failed') {
            at.channel.refundScripts.push(() => ({ kind, code: 'no', message: 'no' }))
          }
          const asked = at.refunds.create(caller, input(payment.id, { amount }))
          const reply = await asked.catch(() => null)
          at.channel.refundScripts.length = 0
          const moved = BigInt(reply?.body.amount ?? 0)
          if (kind === 'succeeded') given += moved
          if (kind === 'processing') held += moved
        }
        expect(given + held).toBeLessThanOrEqual(100n)
        expect(await at.amountsOf(payment.id)).toEqual({
          amount_refunded: given,
          amount_refunding: held,
        })
        const bills = await Promise.all(payment.bills.map((id) => at.row(id)))
        expect(bills.reduce((sum, bill) => sum + bill.amount_refunded, 0n)).toBe(given)
      }),
      { numRuns: 8 },
    )
  })
})

describe('get and list', () => {
  test('show a refund to its app, and to nobody else', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const { body } = await at.refunds.create(caller, input(payment.id))
    expect(await at.refunds.get(caller, body.id)).toEqual(body)
    const { otherAppCaller, otherInstitutionCaller, liveCaller } = tenant
    for (const who of [otherAppCaller, otherInstitutionCaller, liveCaller]) {
      const refusal = { code: 'refund_not_found', spec: { status: 404 } }
      await expect(at.refunds.get(who, body.id)).rejects.toMatchObject(refusal)
      const query = RefundListQuery.parse({ payment: payment.id })
      expect(await at.refunds.list(who, query)).toMatchObject({ data: [] })
    }
  })

  test.each([newId('ref'), 'ref_nonsense', "ref_' or 1=1", ''])('find no %j', async (id) => {
    await expect(at.refunds.get(caller, id)).rejects.toMatchObject({ code: 'refund_not_found' })
  })

  test('filter by payment, status and number, newest first and page by page', async () => {
    const payment = await at.payment(caller, { amount: 100n })
    const other = await at.payment(caller, { amount: 100n })
    at.channel.refundScripts.push(() => ({ kind: 'processing' }))
    const first = (await at.refunds.create(caller, input(payment.id, { amount: 1 }))).body
    const second = (await at.refunds.create(caller, input(payment.id, { amount: 2 }))).body
    const third = (await at.refunds.create(caller, input(other.id, { amount: 3 }))).body
    const idsOf = async (query: object) => {
      const list = await at.refunds.list(caller, RefundListQuery.parse(query))
      return list.data.map(({ id }) => id)
    }
    expect(await idsOf({})).toEqual([third.id, second.id, first.id])
    expect(await idsOf({ payment: payment.id })).toEqual([second.id, first.id])
    expect(await idsOf({ status: 'processing' })).toEqual([first.id])
    expect(await idsOf({ out_refund_no: third.out_refund_no })).toEqual([third.id])
    const page = await at.refunds.list(caller, RefundListQuery.parse({ limit: '2' }))
    expect(page).toMatchObject({ has_more: true, next_cursor: second.id })
    expect(await idsOf({ cursor: page.next_cursor })).toEqual([first.id])
  })
})

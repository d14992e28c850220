import { describe, expect, test } from '@jest/globals'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newBill, newFeeItem, newNumber, newPayer } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const id = async () => (await newBill(stage.own)).id
const bills = describeResource(stage, {
  collection: '/v1/bills',
  id,
  missing: 'bill_not_found',
})

const billBody = async () => ({
  payer: (await newPayer(stage.own)).id,
  fee_item: (await newFeeItem(stage.own)).id,
  out_bill_no: newNumber(),
  amount: 12_800,
})

describe('POST /v1/bills', () => {
  describeWrite(stage, {
    path: () => '/v1/bills',
    body: billBody,
    status: 201,
    invalid: {
      body: { out_bill_no: newNumber(), amount: 0 },
      code: 'field_missing',
      pointer: '/amount',
    },
  })

  test('creates an open bill of which everything is due', async () => {
    const body = await billBody()
    const lines = [
      { description: '学费', amount: 12_000 },
      { description: '教材费', amount: 800 },
    ]
    expect(await stage.own.bursar.bills.create({ ...body, lines })).toMatchObject({
      ...body,
      lines,
      object: 'bill',
      status: 'open',
      title: '学费',
      currency: 'CNY',
      amount_paid: 0,
      amount_refunded: 0,
      amount_due: 12_800,
    })
  })

  test('gives the bill back when the out_bill_no is known with the same parameters', async () => {
    const body = await billBody()
    const first = await stage.own.send({ path: '/v1/bills', body })
    const second = await stage.own.send({ path: '/v1/bills', body })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.json).toEqual(first.json)
  })

  test('refuses a known out_bill_no with another amount', async () => {
    const body = await billBody()
    await stage.own.bursar.bills.create(body)
    const answer = await stage.own.send({ path: '/v1/bills', body: { ...body, amount: 1 } })
    expectProblem(answer, 409, 'bill_conflict')
  })

  test('refuses lines that do not add up, another currency, and an expiry in the past', async () => {
    const body = await billBody()
    const lines = [{ description: '学费', amount: 1 }]
    const wrong = [
      [{ lines }, 'bill_lines_mismatch', '/lines'],
      [{ currency: 'USD' }, 'currency_unsupported', '/currency'],
      [{ expires_at: '2020-01-01T00:00:00Z' }, 'bill_expiry_invalid', '/expires_at'],
    ] as const
    for (const [change, code, pointer] of wrong) {
      const answer = await stage.own.send({ path: '/v1/bills', body: { ...body, ...change } })
      expectProblem(answer, 400, code)
      expect(answer.json.errors[0].pointer).toBe(pointer)
    }
  })

  test("refuses somebody else's payer and fee item as unknown", async () => {
    const body = await billBody()
    const payer = (await newPayer(stage.outsider)).id
    const foreignPayer = await stage.own.send({ path: '/v1/bills', body: { ...body, payer } })
    expectProblem(foreignPayer, 404, 'payer_not_found')
    expect(foreignPayer.json.errors[0].pointer).toBe('/payer')
    const fee_item = (await newFeeItem(stage.neighbour)).id
    const foreignItem = await stage.own.send({ path: '/v1/bills', body: { ...body, fee_item } })
    expectProblem(foreignItem, 404, 'fee_item_not_found')
  })
})

describe('GET /v1/bills/{id}', () => {
  test('gives the bill as it was created', async () => {
    const bill = await newBill(stage.own)
    expect(await stage.own.bursar.bills.get(bill.id)).toEqual(bill)
  })
})

describe('POST /v1/bills/{id}', () => {
  bills.describeChange({
    body: () => ({ metadata: { class: '3' } }),
    invalid: { body: { amount: 1 }, code: 'field_unknown', pointer: '/amount' },
  })

  test('moves the expiry and tells of it', async () => {
    const bill = await newBill(stage.own)
    const expires_at = new Date(Date.now() + 86_400_000).toISOString()
    const moved = await stage.own.bursar.bills.update(bill.id, { expires_at })
    expect(moved).toMatchObject({ ...bill, expires_at, updated_at: expect.any(String) })
    const events = await stage.own.bursar.events.list({ type: 'bill.updated' })
    expect(events.data[0]?.data.object).toMatchObject({ id: bill.id, expires_at })
  })
})

describe('POST /v1/bills/{id}/void', () => {
  bills.describeChange({ action: 'void' })

  test('voids an open bill, and again without harm', async () => {
    const bill = await newBill(stage.own)
    const first = await stage.own.bursar.bills.void(bill.id)
    expect(first.status).toBe('void')
    expect(await stage.own.bursar.bills.void(bill.id)).toEqual(first)
  })

  test('leaves nothing that could be changed or collected', async () => {
    const bill = await newBill(stage.own)
    await stage.own.bursar.bills.void(bill.id)
    const expires_at = new Date(Date.now() + 86_400_000).toISOString()
    const extended = await stage.own.send({ path: bills.path(bill.id), body: { expires_at } })
    expectProblem(extended, 409, 'bill_not_extendable')
    const items = [{ bill: bill.id }]
    const collected = await stage.own.send({ path: '/v1/checkouts', body: { items } })
    expectProblem(collected, 409, 'bill_not_payable')
  })
})

describe('GET /v1/bills', () => {
  test('filters by payer, item, status and number', async () => {
    const bill = await newBill(stage.own)
    const { payer, fee_item, out_bill_no } = bill
    for (const filter of [
      { payer },
      { fee_item },
      { out_bill_no },
      { payer, status: 'open' },
    ] as const) {
      expect((await stage.own.bursar.bills.list(filter)).data).toEqual([bill])
    }
    expect((await stage.own.bursar.bills.list({ payer, status: 'paid' })).data).toEqual([])
  })

  test('shows another app none of them', async () => {
    const { out_bill_no } = await newBill(stage.own)
    expect((await stage.neighbour.bursar.bills.list({ out_bill_no })).data).toEqual([])
  })
})

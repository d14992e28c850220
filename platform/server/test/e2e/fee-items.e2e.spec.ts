import { describe, expect, test } from '@jest/globals'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { feeItemBody, newBill, newFeeItem, newNumber, newPayer } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const id = async () => (await newFeeItem(stage.own)).id
const feeItems = describeResource(stage, {
  collection: '/v1/fee_items',
  id,
  missing: 'fee_item_not_found',
})

describe('POST /v1/fee_items', () => {
  describeWrite(stage, {
    path: () => '/v1/fee_items',
    body: feeItemBody,
    status: 201,
    invalid: {
      body: { ...feeItemBody(), channels: ['pigeon'] },
      code: 'field_value_invalid',
      pointer: '/channels/0',
    },
  })

  test('creates an open fee item of the department of the app, in CNY', async () => {
    const body = feeItemBody()
    expect(await stage.own.bursar.feeItems.create(body)).toMatchObject({
      ...body,
      object: 'fee_item',
      status: 'open',
      currency: 'CNY',
      department: stage.own.department_id,
      partial_payment: { allowed: false, minimum: null },
      channels: [],
    })
  })

  test('gives the item back when the code is known with the same parameters', async () => {
    const body = feeItemBody()
    const first = await stage.own.send({ path: '/v1/fee_items', body })
    const second = await stage.own.send({ path: '/v1/fee_items', body })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.json).toEqual(first.json)
  })

  test('refuses a known code with other parameters', async () => {
    const body = feeItemBody()
    await stage.own.bursar.feeItems.create(body)
    const answer = await stage.own.send({
      path: '/v1/fee_items',
      body: { ...body, name: '住宿费' },
    })
    expectProblem(answer, 409, 'fee_item_conflict')
  })

  test('lets another app use the same code', async () => {
    const body = feeItemBody()
    const mine = await stage.own.bursar.feeItems.create(body)
    const theirs = await stage.neighbour.bursar.feeItems.create(body)
    expect(theirs.id).not.toBe(mine.id)
  })

  test('refuses a window that ends before it starts', async () => {
    const window = {
      window_starts_at: '2026-09-02T00:00:00Z',
      window_ends_at: '2026-09-01T00:00:00Z',
    }
    const answer = await stage.own.send({
      path: '/v1/fee_items',
      body: { ...feeItemBody(), ...window },
    })
    expectProblem(answer, 400, 'fee_item_window_invalid')
    expect(answer.json.errors[0].pointer).toBe('/window_ends_at')
  })

  test('keeps the split of the revenue', async () => {
    const revenue_split = [
      { department: stage.neighbour.department_id, share: 2_000 },
      { department: stage.own.department_id, share: 8_000 },
    ]
    const item = await stage.own.bursar.feeItems.create({ ...feeItemBody(), revenue_split })
    expect(item.revenue_split).toEqual(revenue_split)
  })

  test("refuses another institution's department in the split", async () => {
    const revenue_split = [{ department: stage.outsider.department_id, share: 1 }]
    const body = { ...feeItemBody(), revenue_split }
    const answer = await stage.own.send({ path: '/v1/fee_items', body })
    expectProblem(answer, 400, 'fee_item_split_invalid')
    expect(answer.json.errors[0].pointer).toBe('/revenue_split/0/department')
  })

  test('refuses a minimum without partial payment', async () => {
    const body = { ...feeItemBody(), partial_payment: { minimum: 100 } }
    const answer = await stage.own.send({ path: '/v1/fee_items', body })
    expectProblem(answer, 400, 'fee_item_partial_invalid')
  })
})

describe('GET /v1/fee_items/{id}', () => {
  test('gives the item as it was created', async () => {
    const item = await newFeeItem(stage.own)
    expect(await stage.own.bursar.feeItems.get(item.id)).toEqual(item)
  })
})

describe('POST /v1/fee_items/{id}', () => {
  feeItems.describeChange({
    body: () => ({ name: '住宿费' }),
    invalid: { body: { status: 'gone' }, code: 'field_value_invalid', pointer: '/status' },
  })

  test('stops an item, after which nothing is billed for it', async () => {
    const item = await newFeeItem(stage.own)
    const stopped = await stage.own.bursar.feeItems.update(item.id, { status: 'stopped' })
    expect(stopped).toMatchObject({ ...item, status: 'stopped', updated_at: expect.any(String) })
    const payer = (await newPayer(stage.own)).id
    const body = { payer, fee_item: item.id, out_bill_no: newNumber(), amount: 100 }
    expectProblem(await stage.own.send({ path: '/v1/bills', body }), 409, 'fee_item_stopped')
    await stage.own.bursar.feeItems.update(item.id, { status: 'open' })
    expect(await newBill(stage.own, { fee_item: item.id })).toMatchObject({ status: 'open' })
  })
})

describe('GET /v1/fee_items', () => {
  test('finds an item by its code', async () => {
    const item = await newFeeItem(stage.own)
    const found = await stage.own.bursar.feeItems.list({ code: item.code })
    expect(found.data).toEqual([item])
    expect([found.has_more, found.next_cursor]).toEqual([false, null])
  })

  test('shows another app none of them', async () => {
    const { code } = await newFeeItem(stage.own)
    expect((await stage.neighbour.bursar.feeItems.list({ code })).data).toEqual([])
  })
})

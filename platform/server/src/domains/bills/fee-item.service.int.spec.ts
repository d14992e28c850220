import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { withNewKey } from '../../../test/support/callers.js'
import { newId } from '../../kernel/id.js'
import { type BillFixture, LATER, makeBillFixture, NOW } from './bill.fixture.js'
import { CreateFeeItem, FeeItem, FeeItemListQuery, UpdateFeeItem } from './fee-item.schema.js'

let fixture: BillFixture
beforeAll(async () => {
  fixture = await makeBillFixture()
})
afterAll(() => fixture.db.drop())

const input = (changes: object = {}) =>
  CreateFeeItem.parse({ code: 'tuition-2026', name: '学费', kind: 'tuition', ...changes })

describe('create', () => {
  test('makes an open item of the app and its department', async () => {
    const { caller } = await fixture.tenant()
    const reply = await fixture.feeItems.create(
      caller,
      input({
        academic_year: '2026-2027',
        term: '1',
        window_starts_at: '2026-11-01T00:00:00+08:00',
        window_ends_at: LATER,
        partial_payment: { allowed: true, minimum: 100 },
        accounting_code: '4101',
        channels: ['wechatpay'],
        metadata: { a: '1' },
      }),
    )
    expect(reply.status).toBe(201)
    expect(FeeItem.parse(reply.body)).toEqual({
      id: expect.stringMatching(/^item_/),
      object: 'fee_item',
      livemode: false,
      department: caller.department_id,
      code: 'tuition-2026',
      name: '学费',
      kind: 'tuition',
      academic_year: '2026-2027',
      term: '1',
      currency: 'CNY',
      window_starts_at: '2026-10-31T16:00:00.000Z',
      window_ends_at: LATER,
      status: 'open',
      partial_payment: { allowed: true, minimum: 100 },
      accounting_code: '4101',
      channels: ['wechatpay'],
      revenue_split: [],
      created_at: NOW.toISOString(),
      updated_at: NOW.toISOString(),
      metadata: { a: '1' },
    })
    expect(await fixture.feeItems.get(caller, reply.body.id)).toEqual(reply.body)
  })

  test('gives the same item for the same code and parameters, refuses others', async () => {
    const { caller } = await fixture.tenant()
    const first = await fixture.feeItems.create(
      withNewKey(caller),
      input({ window_ends_at: LATER }),
    )
    const again = await fixture.feeItems.create(
      withNewKey(caller),
      input({ window_ends_at: '2026-12-31T08:00:00+08:00' }),
    )
    expect(again).toEqual({ status: 200, body: first.body })
    const creating = fixture.feeItems.create(caller, input({ name: '住宿费' }))
    await expect(creating).rejects.toMatchObject({
      code: 'fee_item_conflict',
      spec: { status: 409 },
    })
  })

  test('50 calls at once make one item', async () => {
    const { caller } = await fixture.tenant()
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => fixture.feeItems.create(withNewKey(caller), input())),
    )
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1)
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1)
  })

  test('a code belongs to one app in one mode', async () => {
    const { caller, otherAppCaller, otherInstitutionCaller, liveCaller } = await fixture.tenant()
    for (const owner of [caller, otherAppCaller, otherInstitutionCaller, liveCaller]) {
      expect((await fixture.feeItems.create(owner, input())).status).toBe(201)
    }
  })

  test('refuses rules that do not fit together', async () => {
    const { caller } = await fixture.tenant()
    const window = { window_starts_at: LATER, window_ends_at: LATER }
    await expect(fixture.feeItems.create(caller, input(window))).rejects.toMatchObject({
      code: 'fee_item_window_invalid',
      options: { errors: [{ pointer: '/window_ends_at' }] },
    })
    const minimum = fixture.feeItems.create(caller, input({ partial_payment: { minimum: 1 } }))
    await expect(minimum).rejects.toMatchObject({ code: 'fee_item_partial_invalid' })
  })

  test('refuses a channel that does not exist, and one named twice', () => {
    expect(() => input({ channels: ['paypal'] })).toThrow()
    expect(() => input({ channels: ['wechatpay', 'wechatpay'] })).toThrow()
  })
})

describe('get and list', () => {
  test("do not reveal another app's, institution's or mode's item", async () => {
    const { caller, otherAppCaller, otherInstitutionCaller, liveCaller } = await fixture.tenant()
    const { id } = await fixture.feeItem(caller)
    for (const stranger of [otherAppCaller, otherInstitutionCaller, liveCaller]) {
      const missing = { code: 'fee_item_not_found', spec: { status: 404 } }
      await expect(fixture.feeItems.get(stranger, id)).rejects.toMatchObject(missing)
      await expect(fixture.feeItems.update(stranger, id, {})).rejects.toMatchObject(missing)
      expect((await fixture.feeItems.list(stranger, FeeItemListQuery.parse({}))).data).toEqual([])
    }
    await expect(fixture.feeItems.get(caller, newId('item'))).rejects.toMatchObject({
      code: 'fee_item_not_found',
    })
  })

  test('filter by code and status, newest first', async () => {
    const { caller } = await fixture.tenant()
    const first = await fixture.feeItem(caller, { code: 'a' })
    const second = await fixture.feeItem(caller, { code: 'b' })
    await fixture.feeItems.update(caller, first.id, { status: 'stopped' })
    const idsOf = async (query: object) => {
      const list = await fixture.feeItems.list(caller, FeeItemListQuery.parse(query))
      return list.data.map((item) => item.id)
    }
    expect(await idsOf({})).toEqual([second.id, first.id])
    expect(await idsOf({ code: 'a' })).toEqual([first.id])
    expect(await idsOf({ status: 'open' })).toEqual([second.id])
    expect(await idsOf({ code: 'a', status: 'open' })).toEqual([])
  })
})

describe('update', () => {
  test('changes what is said, clears what is null, and keeps the rest', async () => {
    const { caller } = await fixture.tenant()
    const item = await fixture.feeItem(caller, { window_ends_at: LATER, metadata: { a: '1' } })
    const body = UpdateFeeItem.parse({
      name: '住宿费',
      status: 'stopped',
      window_ends_at: null,
      partial_payment: { allowed: true, minimum: 500 },
      channels: ['wechatpay'],
    })
    const updated = await fixture.feeItems.update(caller, item.id, body)
    expect(updated).toEqual({ ...item, ...body })
    expect(await fixture.feeItems.get(caller, item.id)).toEqual(updated)
  })

  test('forbidding parts takes the minimum with it', async () => {
    const { caller } = await fixture.tenant()
    const rules = { partial_payment: { allowed: true, minimum: 500 } }
    const { id } = await fixture.feeItem(caller, rules)
    const updated = await fixture.feeItems.update(caller, id, {
      partial_payment: { allowed: false },
    })
    expect(updated).toMatchObject({ partial_payment: { allowed: false, minimum: null } })
  })

  test('refuses what does not fit the rest, and then changes nothing', async () => {
    const { caller } = await fixture.tenant()
    const item = await fixture.feeItem(caller, { window_ends_at: LATER })
    const updating = fixture.feeItems.update(caller, item.id, {
      name: 'x',
      window_starts_at: LATER,
    })
    await expect(updating).rejects.toMatchObject({ code: 'fee_item_window_invalid' })
    expect(await fixture.feeItems.get(caller, item.id)).toEqual(item)
  })
})

describe('a revenue split', () => {
  test('is kept as it was said, and replaced as a whole', async () => {
    const { caller, otherAppCaller } = await fixture.tenant()
    const revenue_split = [
      { department: otherAppCaller.department_id, share: 3 },
      { department: caller.department_id, share: 7 },
    ]
    const item = await fixture.feeItem(caller, { revenue_split })
    expect(item.revenue_split).toEqual(revenue_split)
    const only = [{ department: caller.department_id, share: 1 }]
    const update = (body: object) =>
      fixture.feeItems.update(caller, item.id, UpdateFeeItem.parse(body))
    expect((await update({ revenue_split: only })).revenue_split).toEqual(only)
    expect((await update({ name: 'x' })).revenue_split).toEqual(only)
    expect((await update({ revenue_split: [] })).revenue_split).toEqual([])
  })

  test('names only departments of the institution', async () => {
    const { caller, otherInstitutionCaller } = await fixture.tenant()
    for (const department of [otherInstitutionCaller.department_id, newId('dept')]) {
      const revenue_split = [
        { department: caller.department_id, share: 1 },
        { department, share: 1 },
      ]
      const refusal = { code: 'fee_item_split_invalid' }
      await expect(fixture.feeItem(caller, { revenue_split })).rejects.toMatchObject(refusal)
      const { id } = await fixture.feeItem(caller)
      const updating = fixture.feeItems.update(caller, id, UpdateFeeItem.parse({ revenue_split }))
      await expect(updating).rejects.toMatchObject(refusal)
    }
  })

  test.each([
    ['a department twice', (department: string) => [department, department].map(share)],
    ['a share of nothing', (department: string) => [{ department, share: 0 }]],
    ['half a share', (department: string) => [{ department, share: 0.5 }]],
  ])('does not name %s', (_, splitOf) => {
    const revenue_split = splitOf(newId('dept'))
    expect(UpdateFeeItem.safeParse({ revenue_split }).success).toBe(false)
  })
})

const share = (department: string) => ({ department, share: 1 })

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { TEST_API_VERSION, withNewKey } from '../../../test/support/callers.js'
import { AppClockRepository } from '../../infra/clock/app-clock.repository.js'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { type BillFixture, LATER, makeBillFixture, NOW } from './bill.fixture.js'
import { Bill, BillListQuery, CreateBill } from './bill.schema.js'
import { BillExpireJob } from './bill-expire.job.js'

let fixture: BillFixture
beforeAll(async () => {
  fixture = await makeBillFixture()
})
afterAll(() => fixture.db.drop())

/** What a create needs, all of it there. */
async function input(caller: Caller, changes: object = {}): Promise<CreateBill> {
  const payer = await fixture.payer(caller)
  const fee_item = (await fixture.feeItem(caller)).id
  return CreateBill.parse({ payer, fee_item, out_bill_no: 'B-1', amount: 10000, ...changes })
}

describe('create', () => {
  test('makes an open bill, with what is left out from the fee item, and tells it', async () => {
    const { caller } = await fixture.tenant()
    const item = await fixture.feeItem(caller, { window_ends_at: LATER })
    const body = await input(caller, { fee_item: item.id, metadata: { a: '1' } })
    const reply = await fixture.bills.create(caller, body)
    expect(reply.status).toBe(201)
    expect(Bill.parse(reply.body)).toEqual({
      id: expect.stringMatching(/^bill_/),
      object: 'bill',
      livemode: false,
      payer: body.payer,
      fee_item: item.id,
      department: caller.department_id,
      out_bill_no: 'B-1',
      title: '学费',
      currency: 'CNY',
      amount: 10000,
      amount_paid: 0,
      amount_refunded: 0,
      amount_due: 10000,
      status: 'open',
      lines: [],
      expires_at: LATER,
      created_at: NOW.toISOString(),
      updated_at: NOW.toISOString(),
      metadata: { a: '1' },
    })
    expect(await fixture.bills.get(caller, reply.body.id)).toEqual(reply.body)
    expect(await fixture.eventsOf(reply.body.id)).toEqual([
      { type: 'bill.created', object: reply.body, api_version: TEST_API_VERSION },
    ])
  })

  test('keeps its own title, lines and expiry', async () => {
    const { caller } = await fixture.tenant()
    const own = {
      title: '2026 学年学费',
      lines: [
        { description: '学费', amount: 9000 },
        { description: '教材', amount: 1000 },
      ],
      expires_at: '2026-12-05T00:00:00.000Z',
      currency: 'CNY',
    }
    const { body } = await fixture.bills.create(caller, await input(caller, own))
    expect(body).toMatchObject(own)
  })

  test('gives the same bill for the same number and parameters, with one event', async () => {
    const { caller } = await fixture.tenant()
    const body = await input(caller, { metadata: { a: '1', b: '2' } })
    const first = await fixture.bills.create(withNewKey(caller), body)
    const again = { ...body, metadata: { b: '2', a: '1' } }
    expect(await fixture.bills.create(withNewKey(caller), again)).toEqual({
      status: 200,
      body: first.body,
    })
    expect(await fixture.eventsOf(first.body.id)).toHaveLength(1)
  })

  test('gives the bill that was made also when its fee item has been stopped since', async () => {
    const { caller } = await fixture.tenant()
    const body = await input(caller)
    const first = await fixture.bills.create(caller, body)
    await fixture.feeItems.update(caller, body.fee_item, { status: 'stopped', name: '旧' })
    expect((await fixture.bills.create(caller, body)).body).toEqual(first.body)
  })

  test.each([
    ['amount', { amount: 9999 }],
    ['title', { title: '别的' }],
    ['lines', { lines: [{ description: 'x', amount: 10000 }] }],
    ['expiry', { expires_at: LATER }],
    ['metadata', { metadata: { a: '2' } }],
    ['currency', { currency: 'USD' }],
  ])('refuses a known number with another %s', async (_, change) => {
    const { caller } = await fixture.tenant()
    const body = await input(caller)
    await fixture.bills.create(caller, body)
    const creating = fixture.bills.create(caller, { ...body, ...change })
    await expect(creating).rejects.toMatchObject({ code: 'bill_conflict', spec: { status: 409 } })
  })

  test('50 calls at once make one bill and one event', async () => {
    const { caller } = await fixture.tenant()
    const body = await input(caller)
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => fixture.bills.create(withNewKey(caller), body)),
    )
    const [id, ...others] = new Set(replies.map((reply) => reply.body.id))
    expect(others).toEqual([])
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1)
    expect(await fixture.eventsOf(id ?? '')).toHaveLength(1)
  })

  test('the same call again after a crash gives the bill it made', async () => {
    const { caller } = await fixture.tenant()
    const keyed = withNewKey(caller)
    const body = await input(caller)
    const first = await fixture.bills.create(keyed, body)
    expect(first.body.id).toBe(`bill_${keyed.idempotency?.allotted_id}`)
    expect((await fixture.bills.create(keyed, body)).body).toEqual(first.body)
  })

  test.each([
    [
      'lines that do not add up',
      { lines: [{ description: 'x', amount: 1 }] },
      'bill_lines_mismatch',
      '/lines',
    ],
    [
      "another currency than its fee item's",
      { currency: 'USD' },
      'bill_currency_mismatch',
      '/currency',
    ],
    [
      'an expiry that has passed',
      { expires_at: NOW.toISOString() },
      'bill_expiry_invalid',
      '/expires_at',
    ],
    ['a payer that is not there', { payer: newId('payer') }, 'payer_not_found', '/payer'],
    [
      'a fee item that is not there',
      { fee_item: newId('item') },
      'fee_item_not_found',
      '/fee_item',
    ],
  ])('refuses %s, and points at it', async (_, change, code, pointer) => {
    const { caller } = await fixture.tenant()
    const creating = fixture.bills.create(caller, { ...(await input(caller)), ...change })
    await expect(creating).rejects.toMatchObject({ code, options: { errors: [{ pointer }] } })
  })

  test('refuses a fee item that is stopped, or outside its window', async () => {
    const { caller } = await fixture.tenant()
    const stopped = await fixture.feeItem(caller)
    await fixture.feeItems.update(caller, stopped.id, { status: 'stopped' })
    const early = await fixture.feeItem(caller, { window_starts_at: LATER })
    const over = await fixture.feeItem(caller, { window_ends_at: NOW.toISOString() })
    for (const [item, code] of [
      [stopped, 'fee_item_stopped'],
      [early, 'fee_item_closed'],
      [over, 'fee_item_closed'],
    ] as const) {
      const creating = fixture.bills.create(caller, await input(caller, { fee_item: item.id }))
      await expect(creating).rejects.toMatchObject({ code, spec: { status: 409 } })
    }
  })

  test("refuses another app's fee item and another institution's payer", async () => {
    const { caller, otherAppCaller, otherInstitutionCaller } = await fixture.tenant()
    const { id: fee_item } = await fixture.feeItem(otherAppCaller)
    await expect(
      fixture.bills.create(caller, await input(caller, { fee_item })),
    ).rejects.toMatchObject({ code: 'fee_item_not_found', spec: { status: 404 } })
    const payer = await fixture.payer(otherInstitutionCaller)
    await expect(
      fixture.bills.create(caller, await input(caller, { payer })),
    ).rejects.toMatchObject({ code: 'payer_not_found', spec: { status: 404 } })
  })
})

describe('get, list, update and void', () => {
  test("do not reveal another app's, institution's or mode's bill", async () => {
    const { caller, otherAppCaller, otherInstitutionCaller, liveCaller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    const missing = { code: 'bill_not_found', spec: { status: 404 } }
    for (const stranger of [otherAppCaller, otherInstitutionCaller, liveCaller]) {
      await expect(fixture.bills.get(stranger, id)).rejects.toMatchObject(missing)
      await expect(fixture.bills.update(stranger, id, {})).rejects.toMatchObject(missing)
      await expect(fixture.bills.void(stranger, id)).rejects.toMatchObject(missing)
      expect((await fixture.bills.list(stranger, BillListQuery.parse({}))).data).toEqual([])
    }
    for (const nothing of [newId('bill'), 'bill_\0', 'x']) {
      await expect(fixture.bills.get(caller, nothing)).rejects.toMatchObject(missing)
      await expect(fixture.bills.void(caller, nothing)).rejects.toMatchObject(missing)
    }
  })

  test('find leaves out what is missing or not of the tenant', async () => {
    const { caller, otherInstitutionCaller, liveCaller } = await fixture.tenant()
    const { id, payer } = await fixture.bill(caller)
    const found = await fixture.bills.find(caller, [id, newId('bill')])
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ id, payer_id: payer, title: '学费', amount: 10000n })
    expect(await fixture.bills.find(otherInstitutionCaller, [id])).toEqual([])
    expect(await fixture.bills.find(liveCaller, [id])).toEqual([])
  })
})

describe('list', () => {
  test('pages newest first and filters', async () => {
    const { caller } = await fixture.tenant()
    const first = await fixture.bill(caller)
    const second = await fixture.bill(caller)
    const third = await fixture.bill(caller, { fee_item: first.fee_item })
    await fixture.bills.void(caller, second.id)
    const idsOf = async (query: object) => {
      const list = await fixture.bills.list(caller, BillListQuery.parse(query))
      return list.data.map((bill) => bill.id)
    }
    expect(await idsOf({})).toEqual([third.id, second.id, first.id])
    expect(await idsOf({ fee_item: first.fee_item })).toEqual([third.id, first.id])
    expect(await idsOf({ payer: second.payer })).toEqual([second.id])
    expect(await idsOf({ status: 'open' })).toEqual([third.id, first.id])
    expect(await idsOf({ out_bill_no: first.out_bill_no })).toEqual([first.id])
    expect(await idsOf({ limit: 2 })).toEqual([third.id, second.id])
    expect(await idsOf({ limit: 2, cursor: second.id })).toEqual([first.id])
    expect(await idsOf({ 'created_at[lt]': NOW.toISOString() })).toEqual([])
  })
})

describe('void', () => {
  test('voids an open bill once, and tells it once', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    const voided = await fixture.bills.void(caller, id)
    expect(voided.status).toBe('void')
    expect(await fixture.bills.void(caller, id)).toEqual(voided)
    const events = await fixture.eventsOf(id)
    expect(events.map((event) => event.type)).toEqual(['bill.created', 'bill.voided'])
    expect(events[1]?.object).toEqual(voided)
  })

  test('waits for a payment in progress, and refuses once something is paid', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    const items = [{ bill_id: id, amount: 10000n }]
    await fixture.db.database.transaction((tx) => fixture.bills.reserve(tx, caller, items))
    await expect(fixture.bills.void(caller, id)).rejects.toMatchObject({
      code: 'bill_being_paid',
      spec: { status: 409, retryable: true },
    })
    await fixture.db.database.transaction((tx) => fixture.bills.settle(tx, caller, items, '1'))
    await expect(fixture.bills.void(caller, id)).rejects.toMatchObject({
      code: 'bill_not_voidable',
    })
  })
})

describe('update', () => {
  test('extends, and tells it once however often it is said', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    const extended = await fixture.bills.update(caller, id, { expires_at: LATER })
    expect(extended).toMatchObject({ status: 'open', expires_at: LATER })
    const same = '2026-12-31T08:00:00+08:00'
    expect(await fixture.bills.update(caller, id, { expires_at: same })).toEqual(extended)
    const types = (await fixture.eventsOf(id)).map((event) => event.type)
    expect(types).toEqual(['bill.created', 'bill.updated'])
  })

  test('replaces the metadata also of a bill that is over, whose expiry stays', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    await fixture.bills.void(caller, id)
    const updated = await fixture.bills.update(caller, id, { metadata: { a: '1' } })
    expect(updated).toMatchObject({ status: 'void', metadata: { a: '1' } })
    await expect(fixture.bills.update(caller, id, { expires_at: LATER })).rejects.toMatchObject({
      code: 'bill_not_extendable',
    })
  })

  test('refuses an expiry that has passed', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    const updating = fixture.bills.update(caller, id, { expires_at: NOW.toISOString() })
    await expect(updating).rejects.toMatchObject({ code: 'bill_expiry_invalid' })
  })
})

describe('expiring', () => {
  const job = () =>
    new BillExpireJob(fixture.bills, new AppClocks(new AppClockRepository(fixture.db.database)))
  const HOUR_MS = 3_600_000
  const inAnHour = () => new Date(fixture.clock.now().getTime() + HOUR_MS).toISOString()

  test('expires what is over and not held, tells it, and extending reopens it', async () => {
    const { caller, liveCaller } = await fixture.tenant()
    const expires_at = inAnHour()
    const over = await fixture.bill(caller, { expires_at })
    const live = await fixture.bill(liveCaller, { expires_at })
    const held = await fixture.bill(caller, { expires_at })
    const never = await fixture.bill(caller)
    const items = [{ bill_id: held.id, amount: 10000n }]
    await fixture.db.database.transaction((tx) => fixture.bills.reserve(tx, caller, items))

    await job().run()
    expect((await fixture.row(over.id)).status).toBe('open')
    fixture.clock.advance(HOUR_MS)
    await Promise.all([job().run(), job().run(), job().run()])

    for (const bill of [over, live]) {
      expect((await fixture.row(bill.id)).status).toBe('expired')
      const events = await fixture.eventsOf(bill.id)
      expect(events.map((event) => event.type)).toEqual(['bill.created', 'bill.expired'])
      expect(events[1]).toMatchObject({
        api_version: TEST_API_VERSION,
        object: { status: 'expired' },
      })
    }
    expect((await fixture.row(held.id)).status).toBe('open')
    expect((await fixture.row(never.id)).status).toBe('open')

    await fixture.db.database.transaction((tx) => fixture.bills.release(tx, caller, items))
    await job().run()
    expect((await fixture.row(held.id)).status).toBe('expired')

    const unmoved = await fixture.bills.update(caller, over.id, {
      expires_at,
      metadata: { a: '1' },
    })
    expect(unmoved).toMatchObject({ status: 'expired', metadata: { a: '1' } })
    const reopened = await fixture.bills.update(caller, over.id, { expires_at: inAnHour() })
    expect(reopened.status).toBe('open')
  })

  test('a bill that was paid in part is partially paid again when it is extended', async () => {
    const { caller } = await fixture.tenant()
    const item = await fixture.feeItem(caller, { partial_payment: { allowed: true } })
    const { id } = await fixture.bill(caller, { fee_item: item.id, expires_at: inAnHour() })
    const items = [{ bill_id: id, amount: 4000n }]
    await fixture.db.database.transaction(async (tx) => {
      await fixture.bills.reserve(tx, caller, items)
      await fixture.bills.settle(tx, caller, items, TEST_API_VERSION)
    })
    fixture.clock.advance(HOUR_MS)
    await job().run()
    expect((await fixture.row(id)).status).toBe('expired')
    const reopened = await fixture.bills.update(caller, id, { expires_at: null })
    expect(reopened).toMatchObject({ status: 'partially_paid', amount_due: 6000, expires_at: null })
  })

  test('goes on batch after batch', async () => {
    const { caller } = await fixture.tenant()
    const expires_at = inAnHour()
    for (let count = 0; count < 5; count++) await fixture.bill(caller, { expires_at })
    fixture.clock.advance(HOUR_MS)
    expect(await fixture.bills.expireDue(3)).toBe(3)
    expect(await fixture.bills.expireDue(3)).toBe(2)
    expect(await fixture.bills.expireDue(3)).toBe(0)
  })
})

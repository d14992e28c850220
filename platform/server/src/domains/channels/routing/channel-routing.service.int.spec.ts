import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTenant, withNewKey } from '../../../../test/support/callers.js'
import type { Caller } from '../../../infra/http/caller.js'
import { newId } from '../../../kernel/id.js'
import { CreateChannelAccount } from '../accounts/channel-account.schema.js'
import { type ChannelFixture, makeChannelFixture } from '../channel.fixture.js'
import type { ChannelOrder } from '../channel.port.js'
import { makeWechatpayFixture } from '../wechatpay/wechatpay-fixture.conformance.js'
import { CreateChannelRoute, UpdateChannelRoute } from './channel-route.schema.js'

const settings = { ...makeWechatpayFixture().settings, base_url: 'https://api.example.com' }
const unknown = { kind: 'unknown', reason: 'timeout' } as const

let f: ChannelFixture
let caller: Caller
beforeAll(async () => {
  f = await makeChannelFixture()
})
beforeEach(async () => {
  caller = (await createTenant(f.database, f.vault)).caller
  f.provider.order = { kind: 'placed', next_action: { type: 'show_qr', code_url: 'x:y' } }
  f.provider.state = { kind: 'waiting' }
})
afterAll(() => f.db.drop())

const account = async (changes: object = {}) =>
  (
    await f.admin.create(
      withNewKey(caller),
      CreateChannelAccount.parse({
        ...{ channel: 'wechatpay', name: 'a', merchant_id: '1900', settings },
        ...changes,
      }),
    )
  ).body.id
const rule = async (body: object) =>
  (await f.routes.create(withNewKey(caller), CreateChannelRoute.parse(body))).body
const payment = (amount = 500n) => {
  const { institution_id, livemode, department_id, app_id } = caller
  return { institution_id, livemode, department_id, app_id, id: newId('pay'), amount }
}
const wish = (items: readonly string[] = []) => ({
  ...{ channel: 'wechatpay' as const, method: 'native' as const },
  feeItemIds: async () => items,
})
const route = async (process: Pick<ChannelFixture, 'routing'> = f, amount?: bigint) =>
  (await process.routing.account(payment(amount), wish())).id
const codeOf = (working: Promise<unknown>) =>
  working.then(
    () => null,
    (error: { code: string }) => error.code,
  )
/** Sends an order by an account, as a payment does. */
const place = async (process: Pick<ChannelFixture, 'registry' | 'accounts'>, id: string) => {
  const opened = await process.accounts.get(caller.institution_id, caller.livemode, id)
  const order: ChannelOrder = {
    ...{ order_no: 'O1', method: 'native', amount: { minor: 1n, currency: 'CNY' } },
    ...{ placed_at: f.clock.now(), description: 'x', expires_at: f.clock.now() },
    ...{ notify_url: 'https://x', return_url: 'https://x' },
    payer: { ip: null, channel_user_id: null },
  }
  return process.registry.of().placeOrder(opened, order)
}
const fail = async (
  process: Pick<ChannelFixture, 'registry' | 'accounts'>,
  id: string,
  times = 5,
) => {
  f.provider.order = unknown
  for (let index = 0; index < times; index++) await place(process, id)
}
const events = async () =>
  (
    await f.database.query<{ type: string }>(
      'select type from events where institution_id = $1 order by id',
      [caller.institution_id],
    )
  ).map(({ type }) => type)

describe('which account takes a payment', () => {
  test('none, when there is none', async () => {
    expect(await codeOf(route())).toBe('channel_account_missing')
  })

  test('the department’s own, unless a rule says another', async () => {
    await account()
    const own = await account({ department: caller.department_id })
    const shared = await account()
    expect(await route()).toBe(own)
    const { id } = await rule({ account: shared, amount_min: 1_000 })
    expect(await route(f, 999n)).toBe(own)
    expect(await route(f, 1_000n)).toBe(shared)
    await f.routes.update(withNewKey(caller), id, UpdateChannelRoute.parse({ amount_min: null }))
    expect(await route(f, 1n)).toBe(shared)
    await f.routes.delete(caller, id)
    expect(await route(f, 1_000n)).toBe(own)
  })

  test('asks for fee items only when a rule speaks of them', async () => {
    const first = await account()
    const second = await account()
    const asked: string[] = []
    const feeItemIds = async () => {
      asked.push('asked')
      return ['item_01jd0000000000000000000000']
    }
    const choose = async () => (await f.routing.account(payment(), { ...wish(), feeItemIds })).id
    expect(await choose()).toBe(second)
    expect(asked).toEqual([])
    await rule({ account: first, fee_item: 'item_01jd0000000000000000000000' })
    expect(await choose()).toBe(first)
    expect(asked).toEqual(['asked'])
  })

  test('none that was disabled, refused by the provider or whose secrets do not open', async () => {
    const broken = await account()
    expect(await route()).toBe(broken)
    await f.database.query("update channel_accounts set settings = '\\x00' where id = $1", [broken])
    expect(await codeOf(route(f.process()))).toBe('channel_account_unusable')
    f.provider.check = { kind: 'works' }
    const refused = await account()
    f.provider.check = { kind: 'refused', code: 'X', message: 'x' }
    await f.admin.check(caller, refused)
    f.provider.check = { kind: 'works' }
    expect(await codeOf(route(f.process()))).toBe('channel_account_unusable')
    const good = await account()
    expect(await route(f.process())).toBe(good)
    await f.admin.disable(caller, good)
    expect(await codeOf(route(f.process()))).toBe('channel_account_unusable')
  })

  test('none whose settings no longer fit, which is asked about its old orders all the same', async () => {
    const id = await account()
    const { institution_id, livemode } = caller
    const opened = await f.accounts.get(institution_id, livemode, id)
    const expired = await f.accounts.sealed({ ...opened, settings: { app_id: 'wx1' } })
    await f.database.query('update channel_accounts set settings = $1 where id = $2', [
      expired.settings,
      id,
    ])
    const process = f.process()
    const refused = await process.routing.account(payment(), wish()).catch((error) => error)
    expect(refused).toMatchObject({
      code: 'channel_account_unusable',
      message: expect.stringContaining('/settings/api_v3_key'),
    })
    expect((await process.accounts.get(institution_id, livemode, id)).settings).toEqual({
      app_id: 'wx1',
    })
  })

  test('a rule may not name an account of another department, nor bounds that nothing fits', async () => {
    const own = await account({ department: caller.department_id })
    expect(await codeOf(rule({ account: own }))).toBe('channel_route_invalid')
    await rule({ account: own, department: caller.department_id })
    expect(
      await codeOf(
        rule({ account: own, department: caller.department_id, amount_min: 2, amount_max: 1 }),
      ),
    ).toBe('channel_route_invalid')
    expect(await codeOf(rule({ account: newId('cha') }))).toBe('channel_account_not_found')
  })
})

describe('an account that does not answer', () => {
  test('is avoided by every process while another one answers, and tried again after a while', async () => {
    const second = f.process()
    const other = await account()
    const dead = await account()
    expect(await route(second)).toBe(dead)
    await fail(f, dead, 4)
    expect(await route()).toBe(dead)
    await fail(f, dead, 1)
    expect(await route()).toBe(other)
    // A process that has just looked knows within its two seconds; a fresh one at once.
    expect(await route(f.process())).toBe(other)
    f.clock.advance(5_000)
    expect(await route()).toBe(dead)
    // One order tries; meanwhile the others go on where they went.
    expect(await route()).toBe(other)
    expect(await route(f.process())).toBe(other)
    f.provider.order = { kind: 'already_paid' }
    await place(f, dead)
    expect(await route()).toBe(dead)
    expect(await f.health.find(caller, dead)).toMatchObject({ state: 'closed', trips: 0 })
  })

  test('with no other leaves the payment unwritten and says to try again', async () => {
    const dead = await account()
    await fail(f, dead)
    const refused = await route().catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'channel_unavailable',
      spec: { status: 503, retryable: true },
      options: { outcome: 'failed', retryAfterSeconds: expect.any(Number) },
    })
  })

  test('waits longer when the order that tries fails', async () => {
    const dead = await account()
    await fail(f, dead)
    f.clock.advance(5_000)
    expect(await route()).toBe(dead)
    await fail(f, dead, 1)
    f.clock.advance(9_999)
    expect(await codeOf(route())).toBe('channel_unavailable')
    f.clock.advance(1)
    expect(await route()).toBe(dead)
  })

  test('lets exactly one of many try, in whatever process', async () => {
    const dead = await account()
    await fail(f, dead)
    f.clock.advance(5_000)
    const processes = [f, f.process(), f.process()]
    const tried = await Promise.all(
      Array.from({ length: 30 }, (_, index) => codeOf(route(processes[index % 3] ?? f))),
    )
    expect(tried.filter((code) => code === null)).toHaveLength(1)
    expect(new Set(tried)).toEqual(new Set([null, 'channel_unavailable']))
  })

  test('lets another order try when the one that tried was never heard of again', async () => {
    const dead = await account()
    await fail(f, dead)
    f.clock.advance(5_000)
    expect(await route()).toBe(dead)
    f.clock.advance(15_000)
    expect(await route()).toBe(dead)
  })

  test('still answers queries, which never close it', async () => {
    const dead = await account()
    await fail(f, dead)
    const opened = await f.accounts.get(caller.institution_id, caller.livemode, dead)
    const ref = { order_no: 'O1', method: 'native' as const, placed_at: f.clock.now() }
    const amount = { minor: 1n, currency: 'CNY' }
    const state = await f.registry.of().queryOrder(opened, { ...ref, amount })
    expect(state).toEqual({ kind: 'waiting' })
    expect(await f.health.find(caller, dead)).toMatchObject({ state: 'open' })
  })

  test('may be tried at once after somebody saw it work', async () => {
    const dead = await account()
    await fail(f, dead)
    expect(await codeOf(route())).toBe('channel_unavailable')
    const shown = await f.admin.check(caller, dead)
    expect(shown.health.state).toBe('half_open')
    expect(await route()).toBe(dead)
  })

  test('is told to the apps that look after it, once each way', async () => {
    await f.database.query(
      "update apps set scopes = array['channel_accounts:read'] where institution_id = $1 and id = $2",
      [caller.institution_id, caller.app_id],
    )
    const dead = await account()
    await fail(f, dead, 12)
    f.clock.advance(5_000)
    await route()
    await fail(f, dead, 1)
    expect(await events()).toEqual(['channel_account.unhealthy'])
    f.clock.advance(10_000)
    await route()
    f.provider.order = { kind: 'refused', code: 'X', message: 'a clear answer' }
    await place(f, dead)
    expect(await events()).toEqual(['channel_account.unhealthy', 'channel_account.recovered'])
    expect((await f.admin.get(caller, dead)).health).toMatchObject({
      ...{ state: 'closed', last_error: 'timeout', retry_at: null },
    })
  })

  test('writes nothing while it is well', async () => {
    const well = await account()
    const rows = () => f.database.query('select from channel_health')
    const before = (await rows()).length
    for (let index = 0; index < 50; index++) await place(f, well)
    await fail(f, well, 4)
    expect(await rows()).toHaveLength(before)
  })

  test('counts no refund that the provider clearly said somebody must finish', async () => {
    const well = await account()
    const opened = await f.accounts.get(caller.institution_id, caller.livemode, well)
    f.provider.refundState = { kind: 'unknown', reason: 'refund_abnormal' }
    const amount = { minor: 1n, currency: 'CNY' }
    const now = f.clock.now()
    const order = { order_no: 'O1', method: 'native' as const, placed_at: now, amount }
    const refund = { refund_no: 'R1', amount, requested_at: now }
    for (let index = 0; index < 6; index++) {
      const paid = { ...order, transaction_no: 'T1' }
      await f.registry.of().queryRefund(opened, { ...refund, order: paid })
    }
    expect(await f.health.find(caller, well)).toBeNull()
  })
})

describe('what a channel said', () => {
  const list = async (id: string) => (await f.incidentList.list(caller, id, { limit: 100 })).data

  test('is kept when nobody understands it, sealed and bounded', async () => {
    const id = await account()
    const evidence = Buffer.alloc(100_000, '<html>')
    f.provider.sends = evidence
    await place(f, id)
    f.provider.order = { ...unknown, reason: 'HTTP 200 without JSON' }
    await place(f, id)
    f.provider.sends = null
    await place(f, id)
    await f.incidents.settled()
    // An answer that was understood leaves nothing, and neither does silence.
    const [incident, ...more] = await list(id)
    expect(more).toEqual([])
    expect(incident).toMatchObject({
      ...{ kind: 'answer_unreadable', reason: 'HTTP 200 without JSON', account: id },
      ...{ length: 100_000, suppressed: 0 },
    })
    const kept = Buffer.from(incident?.excerpt ?? '', 'base64')
    expect(kept).toEqual(evidence.subarray(0, kept.length))
    expect(kept.length).toBe(3_072)
    const [row] = await f.database.query<{ excerpt: Buffer }>(
      'select excerpt from channel_incidents where account_id = $1',
      [id],
    )
    expect(row?.excerpt.includes('<html>')).toBe(false)
    expect(row?.excerpt.includes(evidence.toString('base64').slice(0, 20))).toBe(false)
  })

  test('in its name is kept too, and a thousand forgeries fill nothing', async () => {
    const id = await account()
    const opened = await f.accounts.get(caller.institution_id, caller.livemode, id)
    const raw = { headers: {}, body: Buffer.from('{"forged":true}') }
    for (let index = 0; index < 1_000; index++) {
      expect(() => f.registry.of().readNotification(opened, raw)).toThrow('the signature is wrong')
    }
    await f.incidents.settled()
    expect(await list(id)).toHaveLength(10)
    f.clock.advance(30_000)
    expect(() => f.registry.of().readNotification(opened, raw)).toThrow()
    await f.incidents.settled()
    expect((await list(id))[0]).toMatchObject({ kind: 'notification_refused', suppressed: 990 })
  })

  test('goes after 90 days', async () => {
    const id = await account()
    const opened = await f.accounts.get(caller.institution_id, caller.livemode, id)
    f.incidents.keep({ account: opened, kind: 'disagreement', reason: 'amount' })
    await f.incidents.settled()
    await f.incidentClean.run()
    expect(await list(id)).toHaveLength(1)
    f.clock.advance(90 * 24 * 3_600_000 + 1)
    await f.incidentClean.run()
    expect(await list(id)).toEqual([])
  })

  test('is nobody else’s to read', async () => {
    const id = await account()
    const stranger = (await createTenant(f.database, f.vault)).caller
    const reading = f.incidentList.list(stranger, id, { limit: 1 })
    expect(await codeOf(reading)).toBe('channel_account_not_found')
  })
})

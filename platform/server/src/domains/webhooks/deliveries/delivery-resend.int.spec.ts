import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import { assert } from '../../../kernel/assert.js'
import {
  emit,
  makeCaller,
  makeDue,
  makeWebhooks,
  startReceiver,
  until,
} from '../webhooks.fixture.js'
import { ATTEMPTS_MAX } from './retry-schedule.rules.js'

let db: TestDatabase
let receiver: Awaited<ReturnType<typeof startReceiver>>
let answers: (() => number) | undefined
beforeAll(async () => {
  db = await createTestDatabase()
  receiver = await startReceiver((_, response) => response.writeHead(answers?.() ?? 204).end())
})
beforeEach(() => {
  answers = undefined
})
afterAll(async () => {
  await receiver.close()
  await db.drop()
})

async function stage() {
  const caller = makeCaller()
  const webhooks = makeWebhooks(db.database)
  const create = async (event_types: 'bill.paid'[] = []) => {
    const body = { url: `${receiver.url}/${caller.app_id}`, event_types, metadata: {} }
    return (await webhooks.endpoints.create(caller, body)).body.id
  }
  const endpoint_id = await create()
  const { institution_id, livemode } = caller
  const wake = async (id = endpoint_id) => {
    await webhooks.dispatch.wake({ institution_id, livemode, endpoint_id: id })
    await webhooks.dispatch.drain()
  }
  const only = async () => {
    const { data } = await webhooks.list.listAll(caller, { limit: 100 })
    assert(data[0], 'there is a delivery')
    return data[0]
  }
  const happen = async (count = 1) => {
    await emit(db.database, caller, 'bill.created', count)
    await webhooks.relay.relayAll()
    await wake()
  }
  const received = () => receiver.received.filter(({ path }) => path === `/${caller.app_id}`)
  return { caller, webhooks, endpoint_id, create, wake, only, happen, received }
}

describe('one delivery, sent again', () => {
  test('is a further attempt with the same webhook-id, also when it was delivered', async () => {
    const { caller, webhooks, wake, only, happen, received } = await stage()
    await happen()
    const { id } = await only()
    const asked = await webhooks.resend.resend(caller, id)
    expect(asked).toMatchObject({ id, status: 'pending', attempt_count: 1 })
    await wake()
    const again = await webhooks.list.get(caller, id)
    expect(again).toMatchObject({ status: 'delivered', attempt_count: 2, next_attempt_at: null })
    expect(again.attempts.map(({ cause }) => cause)).toEqual(['first', 'resend'])
    const [first, second] = received()
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
  })

  test('has its whole schedule before it again when it was given up', async () => {
    const { caller, webhooks, endpoint_id, wake, only, happen } = await stage()
    answers = () => 503
    await happen()
    for (let made = 1; made < ATTEMPTS_MAX; made++) {
      await makeDue(db.database, endpoint_id)
      await wake()
    }
    const { id, status, attempts } = await only()
    expect([status, attempts.length]).toEqual(['exhausted', ATTEMPTS_MAX])
    expect(attempts[0]?.problem).toMatchObject({ code: 'receiver_failed' })
    expect((await webhooks.endpoints.get(caller, endpoint_id)).failing_since).not.toBeNull()
    await webhooks.resend.resend(caller, id)
    await wake()
    const waiting = await webhooks.list.get(caller, id)
    expect(waiting).toMatchObject({ status: 'pending', attempt_count: ATTEMPTS_MAX + 1 })
    expect(Date.parse(waiting.next_attempt_at ?? '') - Date.now()).toBeLessThan(6_000)
    answers = undefined
    await makeDue(db.database, endpoint_id)
    await wake()
    const done = await webhooks.list.get(caller, id)
    expect(done.status).toBe('delivered')
    expect(done.attempts.slice(-2).map(({ cause }) => cause)).toEqual(['resend', 'retry'])
    expect((await webhooks.endpoints.get(caller, endpoint_id)).failing_since).toBeNull()
  })

  test('is not sent twice when a try is under way', async () => {
    const { caller, webhooks, only, endpoint_id, received } = await stage()
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    const { institution_id, livemode } = caller
    const ref = { institution_id, livemode, endpoint_id }
    const [claimed] = await webhooks.deliveries.claim(ref, 10)
    assert(claimed, 'it was due')
    await webhooks.resend.resend(caller, (await only()).id)
    expect(await webhooks.deliveries.claim(ref, 10)).toEqual([])
    await webhooks.attempts.attempt(claimed)
    expect(await only()).toMatchObject({ status: 'delivered', attempt_count: 1 })
    expect(received()).toHaveLength(1)
  })

  test('while its very last try is under way, goes on after that one', async () => {
    const { caller, webhooks, only, endpoint_id } = await stage()
    answers = () => 500
    await emit(db.database, caller, 'bill.created')
    await webhooks.relay.relayAll()
    await db.database.query(
      `update webhook_deliveries set attempt_count = $2 where endpoint_id = $1`,
      [endpoint_id, ATTEMPTS_MAX - 1],
    )
    const { institution_id, livemode } = caller
    const [last] = await webhooks.deliveries.claim({ institution_id, livemode, endpoint_id }, 1)
    assert(last, 'it was due')
    await webhooks.resend.resend(caller, (await only()).id)
    await webhooks.attempts.attempt(last)
    expect(await only()).toMatchObject({ status: 'pending', attempt_count: ATTEMPTS_MAX })
  })

  test('is refused when the endpoint is disabled, and to strangers', async () => {
    const { caller, webhooks, endpoint_id, only, happen } = await stage()
    await happen()
    const { id } = await only()
    const missing = { code: 'webhook_delivery_not_found' }
    await expect(webhooks.resend.resend(makeCaller(), id)).rejects.toMatchObject(missing)
    const live = { ...caller, livemode: true }
    await expect(webhooks.list.get(live, id)).rejects.toMatchObject(missing)
    await webhooks.endpoints.disable(caller, endpoint_id, {})
    await expect(webhooks.resend.resend(caller, id)).rejects.toMatchObject({
      code: 'webhook_endpoint_disabled',
    })
  })
})

describe('one event, sent again', () => {
  test('goes to every endpoint that wants it, and to one that is named', async () => {
    const { caller, webhooks, endpoint_id, create, wake, happen, received } = await stage()
    await happen()
    const unwilling = await create(['bill.paid'])
    const late = await create()
    const [event] = (await webhooks.events.list(caller, { limit: 1 })).data
    assert(event, 'it happened')
    const all = await webhooks.resend.resendEvent(caller, event.id, {})
    expect(all.data.map((one) => one.endpoint_id).sort()).toEqual([endpoint_id, late].sort())
    const named = await webhooks.resend.resendEvent(caller, event.id, { endpoint: unwilling })
    expect(named.data).toMatchObject([{ endpoint_id: unwilling, status: 'pending' }])
    for (const id of [endpoint_id, late, unwilling]) await wake(id)
    expect(new Set(received().map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([event.id]),
    )
    expect(received()).toHaveLength(4)
  })

  test('is refused when nobody wants it, and when it is somebody else’s', async () => {
    const { caller, webhooks, endpoint_id, happen } = await stage()
    await happen()
    const [event] = (await webhooks.events.list(caller, { limit: 1 })).data
    assert(event, 'it happened')
    await webhooks.endpoints.disable(caller, endpoint_id, {})
    const asked = (who: typeof caller, body = {}) =>
      webhooks.resend.resendEvent(who, event.id, body)
    await expect(asked(caller)).rejects.toMatchObject({ code: 'event_resend_not_possible' })
    await expect(asked(makeCaller())).rejects.toMatchObject({ code: 'event_not_found' })
  })
})

describe('the events of a time, sent again', () => {
  const hour = 3_600_000
  const range = (changes = {}) => ({
    from: new Date(Date.now() - hour).toISOString(),
    to: new Date(Date.now() + hour).toISOString(),
    ...{ event_types: [], only_failed: true, ...changes },
  })

  async function finish(made: Awaited<ReturnType<typeof stage>>, id: string) {
    const { institution_id, livemode } = made.caller
    await until(async () => {
      await made.webhooks.resends.step({ institution_id, livemode, id })
      await made.wake()
      return (await made.webhooks.resends.get(made.caller, id)).status !== 'running'
    }, 20_000)
    await made.wake()
    return made.webhooks.resends.get(made.caller, id)
  }

  test('are those that failed, and those that were missed while it was disabled', async () => {
    const made = await stage()
    const { caller, webhooks, endpoint_id, happen, received } = made
    await happen(3)
    await webhooks.endpoints.disable(caller, endpoint_id, {})
    await emit(db.database, caller, 'bill.created', 250)
    await webhooks.relay.relayAll()
    await webhooks.endpoints.enable(caller, endpoint_id)
    const { body: asked } = await webhooks.resends.create(caller, endpoint_id, range())
    expect(asked).toMatchObject({ status: 'running', event_count: 250, sent_count: 0 })
    expect(await finish(made, asked.id)).toMatchObject({ status: 'finished', sent_count: 250 })
    expect(received()).toHaveLength(253)
    expect(new Set(received().map(({ headers }) => headers['webhook-id'])).size).toBe(253)
  }, 60_000)

  test('are all of them when that is asked for, of the types that are', async () => {
    const made = await stage()
    const { caller, webhooks, endpoint_id, happen, received } = made
    await happen(3)
    await emit(db.database, caller, 'bill.paid', 2)
    await webhooks.relay.relayAll()
    await made.wake()
    const count = async (changes: object) => {
      const { body } = await webhooks.resends.create(caller, endpoint_id, range(changes))
      return (await finish(made, body.id)).sent_count
    }
    expect(await count({})).toBe(0)
    expect(await count({ only_failed: false, event_types: ['bill.paid'] })).toBe(2)
    expect(await count({ only_failed: false })).toBe(5)
    const past = new Date(Date.now() - hour / 2).toISOString()
    expect(await count({ only_failed: false, to: past })).toBe(0)
    expect(received()).toHaveLength(5 + 2 + 5)
  })

  test('go on only as fast as they are taken', async () => {
    const made = await stage()
    const { caller, webhooks, endpoint_id } = made
    await emit(db.database, caller, 'bill.created', 300)
    await webhooks.relay.relayAll()
    const { body } = await webhooks.resends.create(
      caller,
      endpoint_id,
      range({ only_failed: false }),
    )
    const { institution_id, livemode } = caller
    for (let step = 0; step < 3; step++) {
      await webhooks.resends.step({ institution_id, livemode, id: body.id })
    }
    expect((await webhooks.resends.get(caller, body.id)).sent_count).toBe(0)
    await webhooks.endpoints.disable(caller, endpoint_id, {})
    await webhooks.resends.step({ institution_id, livemode, id: body.id })
    expect((await webhooks.resends.get(caller, body.id)).status).toBe('stopped')
  })

  test('are refused twice at once, to strangers, and to a disabled endpoint', async () => {
    const { caller, webhooks, endpoint_id } = await stage()
    const ask = (who = caller) => webhooks.resends.create(who, endpoint_id, range())
    const { body } = await ask()
    await expect(ask()).rejects.toMatchObject({ code: 'webhook_resend_conflict' })
    const missing = { code: 'webhook_resend_not_found' }
    await expect(webhooks.resends.get(makeCaller(), body.id)).rejects.toMatchObject(missing)
    await expect(ask(makeCaller())).rejects.toMatchObject({ code: 'webhook_endpoint_not_found' })
    await webhooks.endpoints.disable(caller, endpoint_id, {})
    await expect(ask()).rejects.toMatchObject({ code: 'webhook_endpoint_disabled' })
  })
})

test('an endpoint that has accepted nothing for five days is disabled, and says why', async () => {
  const { caller, webhooks, endpoint_id, wake, only } = await stage()
  answers = () => 500
  await emit(db.database, caller, 'bill.created')
  await webhooks.relay.relayAll()
  await db.database.query(
    `update webhook_deliveries set attempt_count = $2 where endpoint_id = $1`,
    [endpoint_id, ATTEMPTS_MAX - 1],
  )
  await db.database.query(
    `update webhook_endpoints set failing_since = now() - interval '5 days 1 minute' where id = $1`,
    [endpoint_id],
  )
  await wake()
  expect((await only()).status).toBe('exhausted')
  expect(await webhooks.endpoints.get(caller, endpoint_id)).toMatchObject({
    ...{ status: 'disabled', disabled_reason: 'exhausted', disabled_at: expect.any(String) },
    disabled_note: expect.stringContaining('5 days'),
  })
  expect(await webhooks.endpoints.enable(caller, endpoint_id)).toMatchObject({
    failing_since: null,
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import type { Transaction } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { API_VERSION_LATEST } from '../../../versions/versions.js'
import { emit, makeCaller, makeWebhooks } from '../webhooks.fixture.js'
import { EventRelayRepository } from './event-relay.repository.js'
import { EventRelayService } from './event-relay.service.js'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
beforeEach(async () => {
  await db.database.query(
    'truncate events, webhook_deliveries, webhook_attempts, webhook_endpoints',
  )
  await db.database.query('delete from graphile_worker._private_jobs')
})
afterAll(() => db.drop())

const webhooks = () => makeWebhooks(db.database)

async function endpoint(caller: Caller, event_types: ('bill.created' | 'bill.paid')[] = []) {
  const url = 'https://example.com/hook'
  const { body } = await webhooks().endpoints.create(caller, { url, event_types, metadata: {} })
  return body.id
}

async function counts() {
  const [row] = await db.database.query<{ unrelayed: number; deliveries: number; jobs: number }>(
    `select (select count(*)::int from events where relayed_at is null) as unrelayed,
            (select count(*)::int from webhook_deliveries) as deliveries,
            (select count(*)::int from graphile_worker._private_jobs) as jobs`,
  )
  return row
}

describe('the relay', () => {
  test('makes a delivery per endpoint that wants the event, and a job per endpoint', async () => {
    const caller = makeCaller()
    const all = await endpoint(caller)
    const paid = await endpoint(caller, ['bill.paid'])
    await emit(db.database, caller, 'bill.created', 3)
    await emit(db.database, caller, 'bill.paid', 2)
    await webhooks().relay.relayAll()
    const rows = await db.database.prisma.webhook_delivery.groupBy({
      by: ['endpoint_id', 'status'],
      _count: true,
    })
    expect(new Map(rows.map((row) => [row.endpoint_id, row._count]))).toEqual(
      new Map([
        [all, 5],
        [paid, 2],
      ]),
    )
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['pending']))
    expect(await counts()).toEqual({ unrelayed: 0, deliveries: 7, jobs: 2 })
  })

  test('crosses neither institutions nor modes nor apps, and skips closed endpoints', async () => {
    const caller = makeCaller()
    await endpoint(makeCaller({ app_id: caller.app_id }))
    await endpoint({ ...caller, livemode: true })
    await endpoint({ ...caller, app_id: makeCaller().app_id })
    await webhooks().endpoints.update(caller, await endpoint(caller), { status: 'disabled' })
    await webhooks().endpoints.delete(caller, await endpoint(caller))
    await emit(db.database, caller, 'bill.created')
    await webhooks().relay.relayAll()
    expect(await counts()).toEqual({ unrelayed: 0, deliveries: 0, jobs: 0 })
  })

  test('works off a backlog of several batches in one run', async () => {
    const caller = makeCaller()
    await endpoint(caller)
    await endpoint(caller)
    await emit(db.database, caller, 'bill.created', 450)
    await webhooks().relay.relayAll()
    expect(await counts()).toEqual({ unrelayed: 0, deliveries: 900, jobs: 6 })
  })

  test('makes no delivery twice when several relays run at once', async () => {
    const caller = makeCaller()
    await endpoint(caller)
    await emit(db.database, caller, 'bill.created', 500)
    await Promise.all(Array.from({ length: 5 }, () => webhooks().relay.relayAll()))
    await webhooks().relay.relayAll()
    expect(await counts()).toMatchObject({ unrelayed: 0, deliveries: 500 })
  })

  test.each(['insertDeliveries', 'markRelayed'] as const)(
    'that dies before %s loses no event: the next run does all of it',
    async (step) => {
      class Dying extends EventRelayRepository {
        override insertDeliveries(
          tx: Transaction,
          rows: Parameters<EventRelayRepository['insertDeliveries']>[1],
        ) {
          if (step === 'insertDeliveries') throw new Error('killed')
          return super.insertDeliveries(tx, rows)
        }
        override markRelayed(): Promise<void> {
          throw new Error('killed')
        }
      }
      const caller = makeCaller()
      await endpoint(caller)
      await emit(db.database, caller, 'bill.created', 5)
      const dying = new EventRelayService(db.database, new Dying())
      await expect(dying.relayAll()).rejects.toThrow('killed')
      expect(await counts()).toEqual({ unrelayed: 5, deliveries: 0, jobs: 0 })
      await webhooks().relay.relayAll()
      expect(await counts()).toEqual({ unrelayed: 0, deliveries: 5, jobs: 1 })
    },
  )
})

describe('events', () => {
  test('are listed newest first, filtered by type and time, and are nobody else’s', async () => {
    const caller = makeCaller()
    await emit(db.database, caller, 'bill.created', 2)
    await emit(db.database, caller, 'bill.paid')
    const { events } = webhooks()
    const all = await events.list(caller, { limit: 20 })
    expect(all.data.map(({ type }) => type)).toEqual(['bill.paid', 'bill.created', 'bill.created'])
    expect(all.data[0]).toMatchObject({
      object: 'event',
      livemode: false,
      metadata: {},
      api_version: API_VERSION_LATEST,
      data: { object: { object: 'bill', amount: 9_007_199_254_740_991 } },
    })
    expect((await events.list(caller, { limit: 20, type: 'bill.paid' })).data).toHaveLength(1)
    const later = new Date(Date.now() + 60_000).toISOString()
    expect((await events.list(caller, { limit: 20, 'created_at[gte]': later })).data).toEqual([])
    expect((await events.list(caller, { limit: 20, 'created_at[lt]': later })).data).toHaveLength(3)

    const id = all.data[0]?.id ?? ''
    expect(await events.get(caller, id)).toEqual(all.data[0])
    const strangers = [
      makeCaller(),
      { ...caller, livemode: true },
      { ...caller, app_id: makeCaller().app_id },
    ]
    for (const stranger of strangers) {
      expect((await events.list(stranger, { limit: 20 })).data).toEqual([])
      await expect(events.get(stranger, id)).rejects.toMatchObject({ code: 'event_not_found' })
    }
  })
})

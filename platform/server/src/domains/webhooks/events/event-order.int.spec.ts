import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { appendEvents } from '../../../infra/outbox/event.js'
import { causedBy } from '../../../infra/outbox/event-cause.js'
import { newId } from '../../../kernel/id.js'
import { emit, makeCaller, makeWebhooks, until } from '../webhooks.fixture.js'
import { EventListQuery } from './event.schema.js'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const listened = (caller: Caller, query: object = {}) =>
  makeWebhooks(db.database).events.list(
    caller,
    EventListQuery.parse({ order: 'asc', limit: 100, ...query }),
  )
const relay = () => makeWebhooks(db.database).relay.relayAll()

function newEvent(caller: Caller, note: string) {
  const { institution_id, livemode, app_id, api_version } = caller
  const object = { id: newId('bill'), object: 'bill', note }
  return { institution_id, livemode, app_id, type: 'bill.created', api_version, object }
}

/** A transaction that has written its event and is not committed until it is told so. */
async function openTransaction(caller: Caller, note: string) {
  let commit = () => {}
  const mayCommit = new Promise<void>((resolve) => {
    commit = resolve
  })
  let isWritten = () => {}
  const written = new Promise<void>((resolve) => {
    isWritten = resolve
  })
  const done = db.database.transaction(async (tx) => {
    await appendEvents(tx, [newEvent(caller, note)])
    isWritten()
    await mayCommit
  })
  await written
  return async () => {
    commit()
    await done
  }
}

const notesOf = (page: { data: readonly { data: { object: unknown } }[] }) =>
  page.data.map(({ data }) => (data.object as { note: string }).note)

describe('events in the order for listeners', () => {
  test('an event whose id is older, but which is committed later, is read later and not lost', async () => {
    const caller = makeCaller()
    const commitFirst = await openTransaction(caller, 'made first, committed last')
    const commitSecond = await openTransaction(caller, 'made last, committed first')
    await commitSecond()
    await relay()
    const before = await listened(caller)
    expect(notesOf(before)).toEqual(['made last, committed first'])
    await commitFirst()
    await relay()
    const after = await listened(caller, { after: before.next_cursor })
    expect(notesOf(after)).toEqual(['made first, committed last'])
    expect((after.data[0]?.id ?? '') < (before.data[0]?.id ?? '')).toBe(true)
  })

  test('a listener beside many writers and several relays reads every event once', async () => {
    const caller = makeCaller()
    const WRITERS = 8
    const EACH = 25
    const total = WRITERS * EACH
    let isWriting = true
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let no = 0; no < EACH; no++) {
        await db.database.transaction(async (tx) => {
          await appendEvents(tx, [newEvent(caller, `${writer}-${no}`)])
          // Between the insert and the commit others overtake.
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 15))
        })
      }
    })
    const relays = Array.from({ length: 3 }, async () => {
      while (isWriting) await relay()
    })
    const seen: string[] = []
    const listening = (async () => {
      let after: string | undefined
      while (seen.length < total) {
        const page = await listened(caller, { limit: 7, ...(after ? { after } : {}) })
        seen.push(...notesOf(page))
        after = page.next_cursor ?? undefined
      }
    })()
    await Promise.all(writers)
    await Promise.race([listening, new Promise((resolve) => setTimeout(resolve, 10_000))])
    isWriting = false
    await Promise.all(relays)
    expect(seen).toHaveLength(total)
    expect(new Set(seen).size).toBe(total)
    // What one writer did one after the other is read in that order.
    for (let writer = 0; writer < WRITERS; writer++) {
      const own = seen.filter((note) => note.startsWith(`${writer}-`))
      expect(own).toEqual(Array.from({ length: EACH }, (_, no) => `${writer}-${no}`))
    }
  }, 30_000)

  test('no relay gives positions while another has not committed its own', async () => {
    const caller = makeCaller()
    await emit(db.database, caller, 'bill.created', 3)
    const { EventRelayRepository } = await import('./event-relay.repository.js')
    const repository = new EventRelayRepository()
    await db.database.transaction(async (tx) => {
      expect(await repository.lock(tx)).toBe(true)
      await repository.markRelayed(tx, await repository.take(tx, 200))
      await emit(db.database, caller, 'bill.paid')
      // On another connection: it finds the lock taken and leaves everything as it is.
      await relay()
      expect((await listened(caller)).data).toEqual([])
    })
    expect((await listened(caller)).data).toHaveLength(3)
    await relay()
    expect((await listened(caller)).data.map(({ type }) => type)).toEqual([
      ...['bill.created', 'bill.created', 'bill.created'],
      'bill.paid',
    ])
  })
})

describe('a listener', () => {
  test('goes on from an event, and from the end of a page that was not full', async () => {
    const caller = makeCaller()
    await emit(db.database, caller, 'bill.created', 5)
    await relay()
    const first = await listened(caller, { limit: 2 })
    expect(first).toMatchObject({ has_more: true, next_cursor: first.data[1]?.id })
    const rest = await listened(caller, { cursor: first.next_cursor })
    expect(rest.data).toHaveLength(3)
    expect(rest).toMatchObject({ has_more: false, next_cursor: rest.data[2]?.id })
    const end = await listened(caller, { after: rest.next_cursor })
    expect(end).toMatchObject({ data: [], has_more: false, next_cursor: rest.next_cursor })
  })

  test('that wants one type goes on behind all the others it passed over', async () => {
    const caller = makeCaller()
    await emit(db.database, caller, 'bill.paid')
    await emit(db.database, caller, 'bill.created', 3)
    await relay()
    const page = await listened(caller, { type: 'bill.paid' })
    expect(page.data).toHaveLength(1)
    const [newest] = (await listened(caller)).data.slice(-1)
    expect(page.next_cursor).toBe(newest?.id)
  })

  test('may begin with what is still to come', async () => {
    const caller = makeCaller()
    expect(await listened(caller, { after: 'now' })).toMatchObject({ data: [], next_cursor: null })
    await emit(db.database, caller, 'bill.created', 2)
    await relay()
    const now = await listened(caller, { after: 'now' })
    expect(now.data).toEqual([])
    await emit(db.database, caller, 'bill.paid')
    await relay()
    const page = await listened(caller, { after: now.next_cursor })
    expect(page.data.map(({ type }) => type)).toEqual(['bill.paid'])
  })

  test('that goes on from an event without a position waits until it has one', async () => {
    const caller = makeCaller()
    await emit(db.database, caller, 'bill.created')
    const row = await db.database.prisma.event.findFirstOrThrow({
      where: { app_id: caller.app_id },
    })
    expect((await listened(caller, { after: row.id })).data).toEqual([])
    await emit(db.database, caller, 'bill.paid')
    await relay()
    const { data } = await listened(caller, { after: row.id })
    expect(data.map(({ type }) => type)).toEqual(['bill.paid'])
  })

  test('cannot go on from an event of somebody else', async () => {
    const caller = makeCaller()
    await emit(db.database, caller, 'bill.created')
    await relay()
    const [event] = (await listened(caller)).data
    const missing = { code: 'event_not_found' }
    const after = event?.id
    await expect(listened(makeCaller(), { after })).rejects.toMatchObject(missing)
    await expect(listened({ ...caller, livemode: true }, { after })).rejects.toMatchObject(missing)
  })

  test('is answered as soon as something happens, holding no connection meanwhile', async () => {
    const caller = makeCaller()
    const { events, waiting: waits } = makeWebhooks(db.database)
    const query = EventListQuery.parse({ order: 'asc', wait_seconds: 10 })
    const startedAt = Date.now()
    const waiting = Array.from({ length: 20 }, () => events.list(caller, query))
    await until(() => waits.count === 20, 2_000)
    await until(() => db.pool.idleCount === db.pool.totalCount, 2_000)
    await expect(events.list(caller, query)).rejects.toMatchObject({
      code: 'event_wait_limit_reached',
    })
    await emit(db.database, caller, 'bill.created')
    await relay()
    for (const page of await Promise.all(waiting)) expect(page.data).toHaveLength(1)
    expect(Date.now() - startedAt).toBeLessThan(5_000)
  })

  test('is answered with an empty page when nothing happens', async () => {
    const startedAt = Date.now()
    const page = await listened(makeCaller(), { wait_seconds: 1 })
    expect(page).toMatchObject({ data: [], next_cursor: null })
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990)
  })
})

describe('what led to an event', () => {
  test('is the call of its own app, and never another app’s', async () => {
    const caller = makeCaller()
    const other = makeCaller({ institution_id: caller.institution_id })
    await causedBy(caller, async () => {
      await db.database.transaction((tx) =>
        appendEvents(tx, [newEvent(caller, 'own'), newEvent(other, 'other')]),
      )
    })
    await emit(db.database, caller, 'bill.paid')
    await relay()
    const { data } = await listened(caller, { request_id: caller.request_id })
    expect(data).toMatchObject([{ request_id: caller.request_id, type: 'bill.created' }])
    expect((await listened(caller)).data.map((event) => event.request_id)).toEqual([
      caller.request_id,
      null,
    ])
    expect((await listened(other)).data).toMatchObject([{ request_id: null }])
  })

  test('what happened to one object can be listed', async () => {
    const caller = makeCaller()
    const event = newEvent(caller, 'a')
    await db.database.transaction((tx) =>
      appendEvents(tx, [event, newEvent(caller, 'b'), { ...event, type: 'bill.paid' }]),
    )
    await relay()
    const { data } = await listened(caller, { object_id: event.object.id })
    expect(data.map(({ type }) => type)).toEqual(['bill.created', 'bill.paid'])
  })
})

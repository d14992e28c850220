import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import { ManualClock } from '../../../kernel/clock.js'
import { type RecordKind, SimulatorStore } from './simulator.store.js'

const COUNTER: RecordKind<{ count: number }> = {
  kind: 'counter',
  schema: z.object({ count: z.int() }),
}
const clock = new ManualClock(new Date('2026-01-01T00:00:00Z'))
let database: TestDatabase
let store: SimulatorStore

beforeAll(async () => {
  database = await createTestDatabase()
  store = new SimulatorStore(database.pool, 'test', clock)
})
afterAll(() => database.drop())

test('a locked document is changed by one transaction at a time', async () => {
  await store.transaction((tx) => tx.insert(COUNTER, 'locked', { count: 0 }))
  const increment = () =>
    store.transaction(async (tx) => {
      const found = await tx.lock(COUNTER, 'locked')
      await tx.save(COUNTER, 'locked', { count: (found?.count ?? 0) + 1 })
    })
  await Promise.all(Array.from({ length: 20 }, increment))
  expect(await store.find(COUNTER, 'locked')).toEqual({ count: 20 })
})

test('a transaction that throws stores nothing', async () => {
  const failed = store.transaction(async (tx) => {
    await tx.insert(COUNTER, 'failed', { count: 1 })
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(await store.find(COUNTER, 'failed')).toBeNull()
})

test('a document that lost its shape is refused when it is read', async () => {
  await store.transaction((tx) => tx.insert(COUNTER, 'broken', { count: 0.5 }))
  await expect(store.find(COUNTER, 'broken')).rejects.toThrow()
})

test('a due row is given to one of many claimers, and again when its lease is over', async () => {
  await store.transaction((tx) => tx.insert(COUNTER, 'due', { count: 0 }, clock.now()))
  const claim = () => store.claimDue(['counter'], 10, 30_000)
  const claims = await Promise.all(Array.from({ length: 8 }, claim))
  expect(claims.flat()).toEqual([{ kind: 'counter', key: 'due' }])
  clock.advance(29_999)
  expect(await claim()).toEqual([])
  clock.advance(1)
  expect(await claim()).toEqual([{ kind: 'counter', key: 'due' }])
})

test('rows of another channel are invisible', async () => {
  const other = new SimulatorStore(database.pool, 'other', clock)
  await store.transaction((tx) => tx.insert(COUNTER, 'mine', { count: 1 }))
  expect(await other.find(COUNTER, 'mine')).toBeNull()
  expect(await other.list(COUNTER, 'mi')).toEqual([])
  expect(await store.list(COUNTER, 'mi')).toEqual([{ count: 1 }])
})

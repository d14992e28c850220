import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { Random } from './random.js'
import { Scheduler } from './scheduler.js'
import { SimulatedDatabase } from './simulated-database.js'

let db: TestDatabase
let database: SimulatedDatabase

beforeAll(async () => {
  db = await createTestDatabase()
  database = new SimulatedDatabase(db.url, { connectionsMax: 2 })
  database.scheduler = new Scheduler({
    random: new Random(1),
    waitingForLocks: async () => new Set(),
    onTrace: () => undefined,
  })
})
afterAll(async () => {
  await database.close()
  await db.drop()
})

/** How the work of one task ends. */
async function endOf(work: () => Promise<unknown>): Promise<string> {
  let end = 'still running'
  const said = async () => {
    end = await work().then(
      () => 'well',
      (error: Error) => error.message,
    )
  }
  await database.scheduler?.start('a task', said)
  await database.scheduler?.runAll()
  return end
}

test('one connection per line of work is all that it takes', async () => {
  const end = endOf(async () => {
    await database.query('select 1')
    await database.transaction((tx) => tx.query('select 1'))
    await database.query('select 1')
  })
  expect(await end).toBe('well')
})

test('whoever asks by a second connection inside a transaction is found out', async () => {
  const end = endOf(() =>
    database.transaction(async (tx) => {
      await tx.query('select 1')
      await database.query('select 2')
    }),
  )
  expect(await end).toBe('a second connection inside the transaction of a task, at select 1')
})

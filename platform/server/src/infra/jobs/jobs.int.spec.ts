import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { Database } from '../database/database.js'
import { addJob, addJobs, JobRunner } from './jobs.js'

const until = async (isDone: () => boolean, timeoutMs = 15_000) => {
  const deadline = Date.now() + timeoutMs
  while (!isDone() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('jobs', () => {
  let testDatabase: TestDatabase
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
  })
  afterAll(() => testDatabase.drop())

  const runnerOf = (database: Database, seen: unknown[]) =>
    new JobRunner({
      pool: database.pool,
      handlers: [{ name: 'note', run: async (payload) => void seen.push(payload) }],
      periodic: [],
      onError: () => {},
    })

  test('runs a job that was added in a committed transaction, and none of a rolled-back one', async () => {
    const seen: unknown[] = []
    const runner = runnerOf(testDatabase.database, seen)
    await runner.start()
    await testDatabase.database.transaction((tx) => addJob(tx, { name: 'note', payload: { n: 1 } }))
    await testDatabase.database
      .transaction(async (tx) => {
        await addJob(tx, { name: 'note', payload: { n: 2 } })
        throw new Error('crash')
      })
      .catch(() => {})
    await until(() => seen.length > 0)
    await runner.stop()
    expect(seen).toEqual([{ n: 1 }])
  })

  test('goes on with repeated work when the clock is set back', async () => {
    let runs = 0
    const runner = new JobRunner({
      pool: testDatabase.pool,
      handlers: [],
      periodic: [{ name: 'tick', everyMs: 50, run: async () => void runs++ }],
      onError: () => {},
    })
    await runner.start()
    await until(() => runs > 0)
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0)
    const runsBefore = runs
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    clock.mockRestore()
    await runner.stop()
    expect(runs).toBeGreaterThan(runsBefore + 3)
  })

  test('delays by the clock of the database, alone and among others', async () => {
    await testDatabase.database.transaction(async (tx) => {
      await addJob(tx, { name: 'later', payload: {}, key: 'alone', delayMs: 90_000 })
      await addJobs(tx, [
        { name: 'later', payload: {}, key: 'among', delayMs: 90_000 },
        { name: 'later', payload: {}, key: 'now' },
      ])
    })
    const { rows } = await testDatabase.pool.query(
      `select key, round(extract(epoch from run_at - created_at)) as seconds
         from graphile_worker.jobs where key in ('alone', 'among', 'now') order by key`,
    )
    await testDatabase.pool.query(
      `select graphile_worker.remove_job(key) from unnest('{alone,among,now}'::text[]) as key`,
    )
    expect(rows.map(({ key, seconds }) => [key, Number(seconds)])).toEqual([
      ['alone', 90],
      ['among', 90],
      ['now', 0],
    ])
  })

  test('frees the jobs of a worker that was killed, within seconds', async () => {
    await testDatabase.database.transaction((tx) => addJob(tx, { name: 'note', payload: { n: 3 } }))
    await testDatabase.pool.query(
      `update graphile_worker._private_jobs set locked_by = 'worker-killed', locked_at = now() - interval '3 seconds'`,
    )
    const seen: unknown[] = []
    const runner = runnerOf(testDatabase.database, seen)
    await runner.start()
    await until(() => seen.length > 0)
    await runner.stop()
    expect(seen).toEqual([{ n: 3 }])
  })

  test('leaves the jobs of another living worker alone', async () => {
    const other = new Database(testDatabase.url, { connectionsMax: 6 })
    let finish: () => void = () => {}
    const started: unknown[] = []
    const slow = new JobRunner({
      pool: other.pool,
      handlers: [
        {
          name: 'slow',
          run: (payload) => {
            started.push(payload)
            return new Promise((resolve) => {
              finish = resolve
            })
          },
        },
      ],
      periodic: [],
      onError: () => {},
    })
    await slow.start()
    await testDatabase.database.transaction((tx) => addJob(tx, { name: 'slow', payload: {} }))
    await until(() => started.length > 0)
    const neighbour = runnerOf(testDatabase.database, [])
    await neighbour.start()
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    expect(started).toHaveLength(1)
    const { rows } = await testDatabase.pool.query(
      'select locked_by from graphile_worker._private_jobs where locked_by is not null',
    )
    finish()
    await Promise.all([neighbour.stop(), slow.stop()])
    await other.close()
    expect(rows).toHaveLength(1)
  }, 60_000)
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { ManualClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import type { Caller } from '../http/caller.js'
import { addJob, addJobs, bringJobsForward, dueJobCount, JobRunner } from '../jobs/jobs.js'
import { AppClockRepository } from './app-clock.repository.js'
import { AppClocks } from './app-clocks.js'
import { appClock, toRealTime } from './app-time.js'

const HOUR_MS = 3_600_000
const NOW = new Date('2026-12-01T00:00:00.000Z')
const real = new ManualClock(NOW)
const clock = appClock(real)
const inAnHour = () => new Date(Date.now() + HOUR_MS)
let db: TestDatabase
let clocks: AppClocks
let caller: Caller

beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  caller = (await createTenant(db.database, createTestVault(db.database))).caller
  clocks = new AppClocks(new AppClockRepository(db.database))
})

const giveClock = (offsetMs: number, livemode = false) =>
  db.pool.query(
    `insert into test_clocks (institution_id, livemode, id, app_id, offset_ms, created_at, updated_at)
     values ($1, $2, $3, $4, $5, now(), now())`,
    [caller.institution_id, livemode, newId('clk'), caller.app_id, offsetMs],
  )
const setForward = (offsetMs: number) =>
  db.pool.query('update test_clocks set offset_ms = $2 where app_id = $1', [
    caller.app_id,
    offsetMs,
  ])
const jobs = async () => {
  const { rows } = await db.pool.query<{ clock_app_id: string | null; minutes: number }>(
    `select payload ->> 'clock_app_id' as clock_app_id,
            round(extract(epoch from run_at - now()) / 60)::int as minutes
       from graphile_worker._private_jobs order by id`,
  )
  return rows
}
const note = (runAt: Date) => ({ name: 'note', payload: { n: 1 }, runAt })

describe('the time of an app', () => {
  test('is the real one without a clock', async () => {
    await clocks.refresh()
    expect(clocks.has(caller.app_id)).toBe(false)
    for (const app of [caller.app_id, null, undefined]) {
      expect(await clocks.within(app, async () => clock.now())).toEqual(NOW)
    }
  })

  test('is ahead with one, for its work alone, also where that waits', async () => {
    await giveClock(HOUR_MS)
    await clocks.refresh()
    const ahead = new Date(NOW.getTime() + HOUR_MS)
    const seen = await clocks.within(caller.app_id, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return [clock.now(), toRealTime(ahead)]
    })
    expect(seen).toEqual([ahead, NOW])
    expect(await clocks.within(newId('app'), async () => clock.now())).toEqual(NOW)
    expect([clock.now(), toRealTime(ahead)]).toEqual([NOW, ahead])
  })

  test('is never that of a moment ago', async () => {
    await giveClock(HOUR_MS)
    await clocks.refresh()
    await setForward(2 * HOUR_MS)
    const later = await clocks.within(caller.app_id, async () => clock.now())
    expect(later.getTime() - NOW.getTime()).toBe(2 * HOUR_MS)
    await db.pool.query('delete from test_clocks where app_id = $1', [caller.app_id])
    expect(await clocks.within(caller.app_id, async () => clock.now())).toEqual(NOW)
  })

  test('goes forward only, exists once per app, and never in live mode', async () => {
    await giveClock(HOUR_MS)
    await expect(setForward(0)).rejects.toThrow('forward only')
    await expect(giveClock(0)).rejects.toThrow('duplicate key')
    await expect(giveClock(0, true)).rejects.toThrow('test_clocks_test_mode_check')
  })
})

describe('jobs', () => {
  beforeEach(() => db.pool.query('delete from graphile_worker._private_jobs'))

  test('of an app with a clock wait in real time and are marked; nobody else’s are', async () => {
    await giveClock(HOUR_MS)
    await clocks.refresh()
    const add = (appId: string) =>
      clocks.within(appId, () =>
        db.database.transaction(async (tx) => {
          await addJob(tx, note(new Date(Date.now() + 2 * HOUR_MS)))
          await addJobs(tx, [note(new Date(Date.now() + 2 * HOUR_MS))])
        }),
      )
    await add(caller.app_id)
    await add(newId('app'))
    const mine = { clock_app_id: caller.app_id, minutes: 60 }
    const others = { clock_app_id: null, minutes: 120 }
    expect(await jobs()).toEqual([mine, mine, others, others])
  })

  test('come nearer when the clock is set forward, and run in its time', async () => {
    await giveClock(HOUR_MS)
    await clocks.refresh()
    await db.database.transaction((tx) => addJob(tx, note(inAnHour())))
    await clocks.within(caller.app_id, () =>
      db.database.transaction((tx) => addJob(tx, note(new Date(Date.now() + 2 * HOUR_MS)))),
    )
    const seen: Date[] = []
    const runner = new JobRunner({
      pool: db.pool,
      handlers: [{ name: 'note', run: async () => void seen.push(clock.now()) }],
      periodic: [],
      onError: () => {},
      within: (appId, work) => clocks.within(appId, work),
    })
    await db.database.transaction((tx) => bringJobsForward(tx, caller.app_id, HOUR_MS))
    expect(await dueJobCount(db.database, caller.app_id)).toBe(1)
    await runner.start()
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    await runner.stop()
    expect(seen).toEqual([new Date(NOW.getTime() + HOUR_MS)])
    expect(await dueJobCount(db.database, caller.app_id)).toBe(0)
    expect(await jobs()).toEqual([{ clock_app_id: null, minutes: 60 }])
  })
})

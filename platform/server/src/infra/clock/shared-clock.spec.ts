import { expect, test } from '@jest/globals'
import { SharedClock } from './shared-clock.js'

const START_MS = Date.UTC(2026, 10, 23)
const TEN_MINUTES_MS = 600_000

function startedAt(startMs: number) {
  const elapsed = { ms: 5_000 }
  const clock = new SharedClock(() => elapsed.ms, startMs)
  return { elapsed, clock, shown: () => clock.now().getTime() }
}

test('it goes by the monotonic clock, whatever happens to that of the machine', () => {
  const { elapsed, shown } = startedAt(START_MS)
  expect(shown()).toBe(START_MS)
  elapsed.ms += 1_234
  expect(shown()).toBe(START_MS + 1_234)
})

test.each([TEN_MINUTES_MS, -TEN_MINUTES_MS])('one that is %p ms off is set right', async (off) => {
  const { clock, shown } = startedAt(START_MS + off)
  expect(await clock.align(async () => START_MS)).toBe(-off)
  expect(shown()).toBe(START_MS)
  expect(await clock.align(async () => START_MS)).toBe(0)
})

test('half of the round trip has passed since the database looked at its clock', async () => {
  const { elapsed, clock, shown } = startedAt(START_MS + TEN_MINUTES_MS)
  await clock.align(async () => {
    elapsed.ms += 200
    return START_MS
  })
  expect(shown()).toBe(START_MS + 100)
})

test('a difference that is none to speak of changes nothing', async () => {
  const { clock, shown } = startedAt(START_MS)
  expect(await clock.align(async () => START_MS + 999)).toBe(0)
  expect(shown()).toBe(START_MS)
})

test('an answer that took long is not believed', async () => {
  const { elapsed, clock, shown } = startedAt(START_MS)
  const late = async () => {
    elapsed.ms += 501
    return START_MS + TEN_MINUTES_MS
  }
  expect(await clock.align(late)).toBe(0)
  expect(shown()).toBe(START_MS + 501)
})

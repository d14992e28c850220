import { TestClockError } from './test-clock.errors.js'
import type { AdvanceTestClock, CreateTestClock } from './test-clock.schema.js'

/** So far at once: a year, and a day for leap years. */
export const STEP_MS_MAX = 366 * 24 * 3_600_000

/** @throws TestClockError test_clock_backward, test_clock_too_far */
export function firstOffset({ now }: CreateTestClock, realNow: Date): number {
  if (now === undefined) return 0
  return checkedStep(Date.parse(now) - realNow.getTime(), '/now', 'the real time')
}

/** How far ahead the clock is afterwards. @throws TestClockError test_clock_backward, test_clock_too_far */
export function nextOffset(offsetMs: number, { to, by }: AdvanceTestClock, realNow: Date): number {
  if (to === undefined) return offsetMs + (by ?? 0) * 1000
  const step = Date.parse(to) - (realNow.getTime() + offsetMs)
  return offsetMs + checkedStep(step, '/to', 'what the clock shows')
}

function checkedStep(stepMs: number, pointer: string, now: string): number {
  if (stepMs < 0) {
    throw new TestClockError(
      'test_clock_backward',
      `That is before ${now}. A clock goes forward only: what happened stays in the past.`,
      pointer,
    )
  }
  if (stepMs <= STEP_MS_MAX) return stepMs
  throw new TestClockError(
    'test_clock_too_far',
    `That is more than 366 days after ${now}. Go there in several steps.`,
    pointer,
  )
}

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ATTEMPTS_MAX, RETRY_DELAYS_MS, retryDelayMs, triggerOf } from './retry-schedule.rules.js'

describe('the retry schedule', () => {
  test('waits 5 s, 30 s, 3 m, 10 m, 30 m, 1 h, 3 h, 6 h, 12 h, 24 h, then gives up', () => {
    const delays = Array.from({ length: 11 }, (_, index) => retryDelayMs(index + 1, 0.5))
    const seconds = [5, 30, 180, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400]
    expect(delays).toEqual([...seconds.map((value) => value * 1000), null])
    expect(ATTEMPTS_MAX).toBe(11)
  })

  test('never strays by more than a tenth', () => {
    const attempts = fc.integer({ min: 1, max: RETRY_DELAYS_MS.length })
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(attempts, random, (attemptsMade, value) => {
        const planned = RETRY_DELAYS_MS[attemptsMade - 1] ?? Number.NaN
        const delay = retryDelayMs(attemptsMade, value) ?? Number.NaN
        expect(Math.abs(delay - planned)).toBeLessThanOrEqual(planned / 10)
      }),
    )
  })
})

describe('an answer', () => {
  test.each([
    [200, 'accepted'],
    [204, 'accepted'],
    [299, 'accepted'],
    [199, 'refused'],
    [301, 'refused'],
    [404, 'refused'],
    [410, 'gone'],
    [500, 'refused'],
    [null, 'refused'],
  ])('%s is %s while tries are left', (status, trigger) => {
    expect(triggerOf(status, ATTEMPTS_MAX - 1)).toBe(trigger)
  })

  test.each([
    [200, 'accepted'],
    [410, 'gone'],
    [500, 'gave_up'],
    [null, 'gave_up'],
  ])('%s is %s on the last try', (status, trigger) => {
    expect(triggerOf(status, ATTEMPTS_MAX)).toBe(trigger)
  })
})

import { describe, expect, test } from '@jest/globals'
import { businessDate, ManualClock, systemClock } from './clock.js'

describe('businessDate', () => {
  test.each([
    ['2026-11-30T15:59:59.999Z', undefined, '2026-11-30'],
    ['2026-11-30T16:00:00Z', undefined, '2026-12-01'],
    ['2026-12-31T16:00:00Z', undefined, '2027-01-01'],
    ['2026-11-30T17:59:59Z', 'Asia/Urumqi', '2026-11-30'],
    ['2026-11-30T18:00:00Z', 'Asia/Urumqi', '2026-12-01'],
    ['2028-02-29T12:00:00Z', 'UTC', '2028-02-29'],
  ])('of %s in %s is %s', (moment, timeZone, date) => {
    expect(businessDate(new Date(moment), timeZone)).toBe(date)
  })

  test('follows daylight saving time', () => {
    const zone = 'Europe/Berlin'
    expect(businessDate(new Date('2026-07-01T22:00:00Z'), zone)).toBe('2026-07-02')
    expect(businessDate(new Date('2026-12-01T22:00:00Z'), zone)).toBe('2026-12-01')
  })
})

describe('ManualClock', () => {
  test('stands still until it is told to move, and lends its time to nobody', () => {
    const clock = new ManualClock(new Date('2026-12-01T00:00:00Z'))
    clock.now().setFullYear(1999)
    expect(clock.now().toISOString()).toBe('2026-12-01T00:00:00.000Z')
    clock.advance(1_500)
    expect(clock.now().toISOString()).toBe('2026-12-01T00:00:01.500Z')
  })
})

test('the system clock is the time of this machine', () => {
  expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1_000)
})

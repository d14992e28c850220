import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { momentsAfter } from './money-day.rules.js'

const named = (now: string, name: string) =>
  momentsAfter(new Date(now))
    .find((moment) => moment.name === name)
    ?.at.toISOString()

describe('momentsAfter', () => {
  test('ends the business day at midnight in Shanghai', () => {
    expect(named('2026-11-22T10:00:00Z', 'day_end')).toBe('2026-11-22T16:01:00.000Z')
    expect(named('2026-11-22T15:59:59Z', 'day_end')).toBe('2026-11-22T16:01:00.000Z')
    expect(named('2026-11-22T16:00:00Z', 'day_end')).toBe('2026-11-23T16:01:00.000Z')
  })

  test('has the statement on the morning after', () => {
    expect(named('2026-11-22T10:00:00Z', 'statement')).toBe('2026-11-23T03:00:00.000Z')
  })

  test('is always ahead and in order, and names each moment once', () => {
    const times = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(times, (now) => {
        const moments = momentsAfter(now)
        const times = [now, ...moments.map(({ at }) => at)].map((at) => at.getTime())
        expect(times).toEqual(times.toSorted((one, other) => one - other))
        expect(new Set(moments.map(({ name }) => name)).size).toBe(6)
      }),
    )
  })
})

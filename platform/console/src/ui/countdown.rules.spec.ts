import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { chooseClock, clockText, deadlineOf, sampleClock } from './countdown.rules.js'

const NOW_MS = Date.parse('2026-11-22T08:00:00.000Z')
const at = (offsetMs: number) => new Date(NOW_MS + offsetMs).toISOString()

describe('deadlineOf', () => {
  test('counts down within the last day', () => {
    expect(deadlineOf(at(14 * 60_000 + 32_000), NOW_MS)).toEqual({
      kind: 'near',
      clock: '14:32',
      isUrgent: false,
    })
    expect(deadlineOf(at(3_723_000), NOW_MS)).toMatchObject({ clock: '1:02:03' })
  })

  test('is urgent in the last minute', () => {
    expect(deadlineOf(at(60_000), NOW_MS)).toMatchObject({ clock: '01:00', isUrgent: true })
    expect(deadlineOf(at(61_000), NOW_MS)).toMatchObject({ isUrgent: false })
  })

  test('leaves a deadline more than a day ahead to a date', () => {
    expect(deadlineOf(at(86_400_001), NOW_MS)).toEqual({ kind: 'far' })
  })

  test('is over at the very moment, not a second later', () => {
    expect(deadlineOf(at(0), NOW_MS)).toEqual({ kind: 'over' })
    expect(deadlineOf(at(1), NOW_MS)).toMatchObject({ kind: 'near', clock: '00:01' })
  })

  test('knows orders without a deadline', () => {
    expect(deadlineOf(null, NOW_MS)).toEqual({ kind: 'none' })
  })
})

describe('clockText', () => {
  test('never goes up while time goes on', () => {
    const seconds = (text: string) =>
      text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    fc.assert(
      fc.property(fc.nat(86_400_000), fc.nat(5_000), (remainingMs, passedMs) => {
        const before = seconds(clockText(remainingMs))
        expect(seconds(clockText(remainingMs - passedMs))).toBeLessThanOrEqual(before)
        expect(before * 1_000).toBeGreaterThanOrEqual(remainingMs)
      }),
    )
  })
})

describe('the device clock is corrected by the server', () => {
  test('a device that runs an hour late gets an hour added', () => {
    const sample = sampleClock(at(0), NOW_MS - 3_600_100, NOW_MS - 3_599_900)
    expect(sample).toEqual({ offsetMs: 3_600_000, roundTripMs: 200 })
  })

  test('keeps the quickest of samples that agree', () => {
    const quick = { offsetMs: 1_000, roundTripMs: 20 }
    const slow = { offsetMs: 1_400, roundTripMs: 900 }
    expect(chooseClock(null, slow)).toBe(slow)
    expect(chooseClock(slow, quick)).toBe(quick)
    expect(chooseClock(quick, slow)).toBe(quick)
  })

  test('believes a new sample when the device clock was moved', () => {
    const known = { offsetMs: 0, roundTripMs: 5 }
    const moved = { offsetMs: -7_200_000, roundTripMs: 300 }
    expect(chooseClock(known, moved)).toBe(moved)
  })
})

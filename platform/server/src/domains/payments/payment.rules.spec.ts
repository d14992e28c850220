import { describe, expect, test } from '@jest/globals'
import { expiryOf, isForgotten, isUnwanted, queryDelayMs } from './payment.rules.js'
import { PAYMENT_STATUSES } from './payment.state.js'

const now = new Date('2026-12-01T00:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const time = { now, graceMs: MINUTE_MS }

describe('expiryOf', () => {
  test('is 30 minutes ahead unless asked otherwise', () => {
    expect(expiryOf(undefined, now)).toEqual(ago(-30 * MINUTE_MS))
  })

  test.each([
    ['2026-12-01T00:00:59.999Z', false],
    ['2026-12-01T00:01:00Z', true],
    ['2026-12-01T09:00:00+08:00', true],
    ['2026-12-08T00:00:00Z', true],
    ['2026-12-08T00:00:00.001Z', false],
    ['2026-11-30T00:00:00Z', false],
  ])('of %s is possible: %s', (asked, isPossible) => {
    expect(expiryOf(asked, now)).toEqual(isPossible ? new Date(asked) : null)
  })
})

describe('isUnwanted', () => {
  const expectations = {
    created: { young: false, old: true, expired: true },
    pending: { young: false, old: false, expired: true },
    processing: { young: true, old: true, expired: true },
    succeeded: { young: false, old: false, expired: false },
    failed: { young: false, old: false, expired: false },
    closed: { young: false, old: false, expired: false },
  }
  for (const status of PAYMENT_STATUSES) {
    test(`of an order that is ${status}`, () => {
      const at = (created_at: Date, expiresAt: Date) =>
        isUnwanted({ status, created_at }, true, expiresAt, time)
      expect({
        young: at(ago(MINUTE_MS - 1), ago(-MINUTE_MS)),
        old: at(ago(MINUTE_MS), ago(-MINUTE_MS)),
        expired: at(ago(DAY_MS), now),
      }).toEqual(expectations[status])
    })

    test(`of an order that is ${status}, once its payment waits for it no longer`, () => {
      const at = (created_at: Date) =>
        isUnwanted({ status, created_at }, false, ago(-MINUTE_MS), time)
      // An order on its way is left alone: closed before it arrives, it would still arrive.
      const { young, old } = expectations[status]
      const isPending = status === 'pending'
      expect([at(ago(MINUTE_MS - 1)), at(ago(MINUTE_MS))]).toEqual([
        young || isPending,
        old || isPending,
      ])
    })
  }
})

describe('isForgotten', () => {
  for (const status of PAYMENT_STATUSES) {
    test(`of an order that is ${status}`, () => {
      expect(isForgotten({ status }, ago(MINUTE_MS), time)).toBe(status === 'pending')
      expect(isForgotten({ status }, ago(MINUTE_MS - 1), time)).toBe(false)
    })
  }
})

describe('queryDelayMs', () => {
  test('grows to half a minute and stays there', () => {
    const seconds = Array.from({ length: 10 }, (_, count) => queryDelayMs(count) / 1000)
    expect(seconds).toEqual([3, 5, 5, 10, 10, 15, 30, 30, 30, 30])
  })
})

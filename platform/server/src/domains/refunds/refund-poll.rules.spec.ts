import { describe, expect, test } from '@jest/globals'
import {
  isGivenUp,
  lateSuccessRefundJob,
  pollDelayMs,
  refundPollJob,
  SENDING_MS_MAX,
} from './refund-poll.rules.js'

const DAY_MS = 24 * 60 * 60_000
const now = new Date('2026-12-01T00:00:00Z')
const tenant = { institution_id: 'inst_1', livemode: true }

describe('a channel is asked', () => {
  test('after 5, 10, 20, 30 and 60 seconds, then every 5 minutes for ever', () => {
    const secondsOf = (count: number) => pollDelayMs(count) / 1000
    expect([0, 1, 2, 3, 4].map(secondsOf)).toEqual([5, 10, 20, 30, 60])
    expect([5, 6, 100, 100_000].map(secondsOf)).toEqual([300, 300, 300, 300])
  })

  test('for 30 days', () => {
    const after = (ms: number) => isGivenUp(now, new Date(now.getTime() + ms))
    expect(after(30 * DAY_MS)).toBe(false)
    expect(after(30 * DAY_MS + 1)).toBe(true)
  })

  test('to send again only when no call that ends within 10 s can still be under way', () => {
    expect(SENDING_MS_MAX).toBeGreaterThan(10_000)
    expect(SENDING_MS_MAX).toBeLessThan(pollDelayMs(0) + pollDelayMs(1))
  })
})

describe('the job', () => {
  test('of a refund has one place in the queue', () => {
    expect(refundPollJob({ ...tenant, id: 'ref_1' }, 1)).toEqual({
      name: 'refund-poll',
      payload: { ...tenant, refund_id: 'ref_1' },
      delayMs: 10_000,
      key: 'refund-poll:ref_1',
    })
  })

  test('of late money counts by itself', () => {
    expect(lateSuccessRefundJob({ ...tenant, id: 'late_1' }, 9)).toEqual({
      name: 'late-success-refund',
      payload: { ...tenant, late_success_id: 'late_1', query_count: 9 },
      delayMs: 5 * 60_000,
      key: 'late-success-refund:late_1',
    })
  })
})

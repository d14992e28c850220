import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MemoryBuckets } from './memory-buckets.js'
import type { Rate } from './token-bucket.js'

const clockFrom = (startMs: number) => {
  let nowMs = startMs
  return { now: () => nowMs, advance: (ms: number) => (nowMs += ms) }
}

const rateOf = (perSecond: number, burst: number): Rate => ({ perSecond, burst })

/** The most that passed in any window beyond what the rate alone allows in it. */
function excessOf(passedAtMs: readonly number[], perSecond: number): number {
  let excess = 0
  for (const [first, fromMs] of passedAtMs.entries()) {
    for (const [later, toMs] of passedAtMs.slice(first).entries()) {
      excess = Math.max(excess, later + 1 - ((toMs - fromMs) * perSecond) / 1000)
    }
  }
  return excess
}

describe('a bucket', () => {
  test('gives its burst at once, then one token for each interval', () => {
    const clock = clockFrom(5_000)
    const buckets = new MemoryBuckets(10, clock.now)
    const take = () => buckets.take([{ name: 'a', rate: rateOf(2, 3) }])
    expect([take(), take(), take()].map(({ levels }) => levels[0]?.remaining)).toEqual([2, 1, 0])
    expect(take()).toEqual({ waitMs: 500, levels: [{ remaining: 0, fullInMs: 1500 }] })
    clock.advance(499)
    expect(take().waitMs).toBe(1)
    clock.advance(1)
    expect(take().waitMs).toBe(0)
    expect(take().waitMs).toBe(500)
  })

  test('holds no more than its burst, however long nobody came', () => {
    const clock = clockFrom(0)
    const buckets = new MemoryBuckets(10, clock.now)
    const take = () => buckets.take([{ name: 'a', rate: rateOf(10, 2) }]).waitMs
    clock.advance(3_600_000)
    expect([take(), take(), take()]).toEqual([0, 0, 100])
  })

  test('a refusal takes nothing out of it, so that insisting does not prolong the wait', () => {
    const clock = clockFrom(0)
    const buckets = new MemoryBuckets(10, clock.now)
    const take = () => buckets.take([{ name: 'a', rate: rateOf(1, 1) }]).waitMs
    expect(take()).toBe(0)
    for (let again = 0; again < 100; again += 1) expect(take()).toBe(1000)
    clock.advance(1000)
    expect(take()).toBe(0)
  })

  test('another one is not touched by it', () => {
    const buckets = new MemoryBuckets(10, () => 0)
    const rate = rateOf(1, 1)
    expect(buckets.take([{ name: 'a', rate }]).waitMs).toBe(0)
    expect(buckets.take([{ name: 'a', rate }]).waitMs).toBe(1000)
    expect(buckets.take([{ name: 'b', rate }]).waitMs).toBe(0)
  })

  test('of two asked together, either both give a token or neither does', () => {
    const buckets = new MemoryBuckets(10, () => 0)
    const wide = { name: 'wide', rate: rateOf(1, 10) }
    const narrow = { name: 'narrow', rate: rateOf(1, 1) }
    expect(buckets.take([narrow, wide]).waitMs).toBe(0)
    const refused = buckets.take([narrow, wide])
    expect(refused.waitMs).toBe(1000)
    expect(refused.levels.map(({ remaining }) => remaining)).toEqual([0, 9])
    expect(buckets.take([wide]).levels[0]?.remaining).toBe(8)
  })

  test('lets no more than burst + rate × t pass in any window, however requests arrive', () => {
    const request = fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 40 }))
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.array(request, { maxLength: 40 }),
        (perSecond, burst, startMs, requests) => {
          const clock = clockFrom(startMs)
          const buckets = new MemoryBuckets(10, clock.now)
          const passedAtMs: number[] = []
          for (const [pauseMs, count] of requests) {
            clock.advance(pauseMs)
            for (let n = 0; n < count; n += 1) {
              const bucket = { name: 'a', rate: rateOf(perSecond, burst) }
              if (buckets.take([bucket]).waitMs === 0) passedAtMs.push(clock.now())
            }
          }
          // Doubles of a clock this large are off by less than a hundredth of a token.
          expect(excessOf(passedAtMs, perSecond)).toBeLessThanOrEqual(burst + 0.01)
        },
      ),
    )
  })

  test('lets pass what keeps to the rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (perSecond) => {
        const clock = clockFrom(0)
        const buckets = new MemoryBuckets(10, clock.now)
        for (let n = 0; n < 200; n += 1) {
          expect(buckets.take([{ name: 'a', rate: rateOf(perSecond, 1) }]).waitMs).toBe(0)
          clock.advance(1000 / perSecond)
        }
      }),
    )
  })
})

describe('the memory', () => {
  test('forgets buckets that are full again, and keeps the limits of the others', () => {
    const clock = clockFrom(0)
    const buckets = new MemoryBuckets(100, clock.now)
    const rate = rateOf(1, 1)
    for (let n = 0; n < 100; n += 1) buckets.take([{ name: `idle ${n}`, rate }])
    clock.advance(1_000)
    buckets.take([{ name: 'busy', rate }])
    expect(buckets.size).toBe(1)
    expect(buckets.take([{ name: 'busy', rate }]).waitMs).toBe(1000)
  })

  test('is bounded, whatever comes', () => {
    const buckets = new MemoryBuckets(100, () => 0)
    for (let n = 0; n < 1_000; n += 1) buckets.take([{ name: `n ${n}`, rate: rateOf(1, 1) }])
    expect(buckets.size).toBe(100)
  })

  test('looks without taking', () => {
    const buckets = new MemoryBuckets(10, () => 0)
    const bucket = { name: 'a', rate: rateOf(1, 1) }
    expect([buckets.waitMs(bucket), buckets.waitMs(bucket)]).toEqual([0, 0])
    buckets.take([bucket])
    expect(buckets.waitMs(bucket)).toBe(1000)
  })
})

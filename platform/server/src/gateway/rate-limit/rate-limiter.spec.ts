import { describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { MemoryBuckets } from './memory-buckets.js'
import { type CallerRates, RateLimiter } from './rate-limiter.js'

const caller = (changes: Partial<Caller> = {}): Caller => ({
  institution_id: 'inst_1',
  app_id: 'app_1',
  department_id: 'dept_1',
  livemode: false,
  credential: 'signature',
  actor_id: 'key_1',
  key_id: 'key_1',
  operator: null,
  payer_id: null,
  scopes: new Set(),
  api_version: '2026-12-01',
  request_id: 'req_1',
  idempotency: null,
  ...changes,
})

const limiterOf = (rates: CallerRates) => new RateLimiter(rates, new MemoryBuckets(100, () => 0))

describe('the limits', () => {
  test('are per key', () => {
    const limiter = limiterOf({ key: { perSecond: 1, burst: 1 }, institution: null })
    expect(limiter.take(caller())).toMatchObject({ waitMs: 0 })
    expect(limiter.take(caller())).toMatchObject({ waitMs: 1000 })
    expect(limiter.take(caller({ actor_id: 'key_2' }))).toMatchObject({ waitMs: 0 })
  })

  test('are per institution too, over all of its keys, with test and live apart', () => {
    const limiter = limiterOf({
      key: { perSecond: 10, burst: 10 },
      institution: { perSecond: 1, burst: 2 },
    })
    expect(limiter.take(caller())).toMatchObject({ waitMs: 0 })
    expect(limiter.take(caller({ actor_id: 'key_2' }))).toMatchObject({ waitMs: 0 })
    expect(limiter.take(caller({ actor_id: 'key_3' }))).toMatchObject({ waitMs: 1000 })
    expect(limiter.take(caller({ actor_id: 'key_4', livemode: true }))).toMatchObject({ waitMs: 0 })
    expect(limiter.take(caller({ institution_id: 'inst_2', actor_id: 'key_5' }))).toMatchObject({
      waitMs: 0,
    })
  })

  test('can be off', () => {
    expect(limiterOf({ key: null, institution: null }).take(caller())).toBeNull()
  })
})

describe('the fields', () => {
  test('name both policies, and tell of the one that will be empty first', () => {
    const limiter = limiterOf({
      key: { perSecond: 5, burst: 4 },
      institution: { perSecond: 100, burst: 200 },
    })
    expect(limiter.take(caller())).toEqual({
      waitMs: 0,
      policy: '"default";q=4;w=1, "institution";q=200;w=2',
      state: '"default";r=3;t=1',
    })
    const narrow = limiterOf({
      key: { perSecond: 5, burst: 50 },
      institution: { perSecond: 1, burst: 2 },
    })
    expect(narrow.take(caller())).toMatchObject({ state: '"institution";r=1;t=1' })
  })

  test('tell of a refusal that nothing is left, and when', () => {
    const limiter = limiterOf({ key: { perSecond: 1, burst: 3 }, institution: null })
    for (let n = 0; n < 3; n += 1) expect(limiter.take(caller())).toMatchObject({ waitMs: 0 })
    expect(limiter.take(caller())).toEqual({
      waitMs: 1000,
      policy: '"default";q=3;w=3',
      state: '"default";r=0;t=3',
    })
  })
})

import { describe, expect, test } from '@jest/globals'
import {
  admissionOf,
  BREAKER_STATES,
  BREAKER_TRANSITIONS,
  BREAKER_TRIGGERS,
  type Breaker,
  movedBreaker,
  nextBreakerState,
  retryDelayMs,
  TRIAL_MS,
} from './channel-breaker.state.js'

const NOW = new Date('2026-12-01T00:00:00.000Z')
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds)
const open: Breaker = { state: 'open', since: NOW, trips: 1, retry_at: later(5_000) }

/** Every cell of the table, by hand: what is not here does not move. */
const MOVES: Readonly<Record<string, string>> = {
  'closed tripped': 'open',
  'open admitted': 'half_open',
  'open order_answered': 'closed',
  'open checked': 'half_open',
  'half_open admitted': 'half_open',
  'half_open order_answered': 'closed',
  'half_open order_failed': 'open',
  'half_open checked': 'half_open',
}

describe('the table of the breaker', () => {
  const cells = BREAKER_STATES.flatMap((state) =>
    BREAKER_TRIGGERS.map((trigger) => ({ state, trigger })),
  )

  test.each(cells)('$state on $trigger', ({ state, trigger }) => {
    const expected = MOVES[`${state} ${trigger}`] ?? null
    expect(nextBreakerState(state, trigger)).toBe(expected)
    const moved = movedBreaker({ ...open, state }, trigger, NOW)
    expect(moved?.state ?? null).toBe(expected)
  })

  test('leads out of every state', () => {
    for (const state of BREAKER_STATES) {
      const others = Object.values(BREAKER_TRANSITIONS[state]).filter((next) => next !== state)
      expect(others.length).toBeGreaterThan(0)
    }
  })
})

describe('a breaker that moves', () => {
  test('opens an account that was never unwell, and says since when', () => {
    expect(movedBreaker(null, 'tripped', NOW)).toEqual({
      ...{ state: 'open', since: NOW, trips: 1 },
      retry_at: later(retryDelayMs(1)),
    })
  })

  test('waits longer with every order that failed, up to a minute', () => {
    const delays = [1, 2, 3, 4, 5, 6, 100].map(retryDelayMs)
    expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
    const tried: Breaker = { ...open, state: 'half_open' }
    expect(movedBreaker(tried, 'order_failed', later(60_000))).toEqual({
      ...{ state: 'open', since: NOW, trips: 2 },
      retry_at: later(60_000 + 10_000),
    })
  })

  test('forgets how often it opened once an order was answered', () => {
    const tried: Breaker = { ...open, state: 'half_open', trips: 4 }
    expect(movedBreaker(tried, 'order_answered', later(1))).toMatchObject({
      ...{ state: 'closed', since: later(1), trips: 0 },
    })
  })
})

describe('admission', () => {
  test('lets everything through while closed', () => {
    expect(admissionOf(null, NOW)).toBe('take')
    expect(admissionOf({ ...open, state: 'closed' }, NOW)).toBe('take')
  })

  test('lets one order try when the wait is over, and no other while it tries', () => {
    expect(admissionOf(open, later(4_999))).toBe('avoid')
    expect(admissionOf(open, later(5_000))).toBe('try')
    const trying = movedBreaker(open, 'admitted', later(5_000))
    expect(admissionOf(trying, later(5_000 + TRIAL_MS - 1))).toBe('avoid')
    // The process that tried may be dead.
    expect(admissionOf(trying, later(5_000 + TRIAL_MS))).toBe('try')
  })

  test('lets an order try at once after somebody saw the account work', () => {
    expect(admissionOf(movedBreaker(open, 'checked', NOW), NOW)).toBe('try')
  })
})

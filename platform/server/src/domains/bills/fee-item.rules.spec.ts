import { describe, expect, test } from '@jest/globals'
import { refusalOfRules, refusalToBill } from './fee-item.rules.js'

const starts = new Date('2026-12-01T00:00:00Z')
const ends = new Date('2026-12-31T00:00:00Z')
const open = { id: 'item_1', status: 'open', window_starts_at: starts, window_ends_at: ends }

describe('billing for a fee item', () => {
  test.each([
    ['at the first moment of its window', open, starts],
    ['at the last', open, new Date(ends.getTime() - 1)],
    [
      'at any time without a window',
      { ...open, window_starts_at: null, window_ends_at: null },
      ends,
    ],
  ])('is allowed %s', (_, item, now) => {
    expect(refusalToBill(item, now)).toBeNull()
  })

  test.each([
    ['a moment before its window', open, new Date(starts.getTime() - 1), 'fee_item_closed'],
    ['when the window has ended', open, ends, 'fee_item_closed'],
    ['when it is stopped', { ...open, status: 'stopped' }, starts, 'fee_item_stopped'],
  ])('is refused %s', (_, item, now, code) => {
    expect(refusalToBill(item, now)).toMatchObject({ code, pointer: '/fee_item' })
  })
})

describe('the rules of a fee item', () => {
  const rules = {
    window_starts_at: starts,
    window_ends_at: ends,
    partial_payment_allowed: true,
    partial_payment_minimum: 1n,
  }

  test('may be as they should', () => {
    expect(refusalOfRules(rules)).toBeNull()
    expect(refusalOfRules({ ...rules, window_starts_at: null })).toBeNull()
  })

  test.each([
    ['an empty window', { window_ends_at: starts }, 'fee_item_window_invalid'],
    ['a minimum without parts', { partial_payment_allowed: false }, 'fee_item_partial_invalid'],
  ])('may not have %s', (_, change, code) => {
    expect(refusalOfRules({ ...rules, ...change })).toMatchObject({ code })
  })
})

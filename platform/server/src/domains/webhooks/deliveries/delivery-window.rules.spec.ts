import { describe, expect, test } from '@jest/globals'
import { nextWindow, WINDOW_MAX, WINDOW_START } from './delivery-window.rules.js'

describe('the window of an endpoint', () => {
  test('grows by one with each quick answer, up to its maximum', () => {
    expect(nextWindow(WINDOW_START, 30, true)).toBe(WINDOW_START + 1)
    expect(nextWindow(WINDOW_MAX, 30, true)).toBe(WINDOW_MAX)
  })

  test('halves whenever the endpoint keeps us waiting, down to one', () => {
    expect(nextWindow(WINDOW_MAX, 15_000, false)).toBe(WINDOW_MAX / 2)
    expect(nextWindow(3, 6_000, true)).toBe(1)
    expect(nextWindow(1, 15_000, false)).toBe(1)
  })

  test('stays when an answer was neither quick nor slow, or when there was none', () => {
    expect(nextWindow(7, 2_000, true)).toBe(7)
    expect(nextWindow(7, 2, false)).toBe(7)
  })
})

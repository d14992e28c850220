import { describe, expect, test } from '@jest/globals'
import { firstOffset, nextOffset, STEP_MS_MAX } from './test-clock.rules.js'

const NOW = new Date('2026-12-01T00:00:00.000Z')
const at = (ms: number) => new Date(NOW.getTime() + ms).toISOString()
const refused = (code: string, pointer: string) =>
  expect.objectContaining({
    code,
    options: expect.objectContaining({ errors: [expect.objectContaining({ code, pointer })] }),
  })

describe('a new clock', () => {
  test.each([
    [{}, 0],
    [{ now: at(0) }, 0],
    [{ now: at(5_000) }, 5_000],
    [{ now: at(STEP_MS_MAX) }, STEP_MS_MAX],
  ])('that is to show %j is %d ms ahead', (body, offset) => {
    expect(firstOffset(body, NOW)).toBe(offset)
  })

  test('is neither behind the real time nor more than a year ahead', () => {
    const first = (ms: number) => () => firstOffset({ now: at(ms) }, NOW)
    expect(first(-1)).toThrow(refused('test_clock_backward', '/now'))
    expect(first(STEP_MS_MAX + 1)).toThrow(refused('test_clock_too_far', '/now'))
  })
})

describe('a clock 10 s ahead', () => {
  test.each([
    [{ by: 1 }, 11_000],
    [{ to: at(10_000) }, 10_000],
    [{ to: at(70_000) }, 70_000],
  ])('that is set forward %j is %d ms ahead', (body, offset) => {
    expect(nextOffset(10_000, body, NOW)).toBe(offset)
  })

  test('goes neither back nor more than a year forward', () => {
    const next = (ms: number) => () => nextOffset(10_000, { to: at(ms) }, NOW)
    expect(next(9_999)).toThrow(refused('test_clock_backward', '/to'))
    expect(next(10_001 + STEP_MS_MAX)).toThrow(refused('test_clock_too_far', '/to'))
  })
})

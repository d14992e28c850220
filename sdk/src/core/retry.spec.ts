import { describe, expect, test } from '@jest/globals'
import { BursarApiError, BursarConflictError } from './errors.js'
import { isRetryable, parseRetryAfterMs, retryDelayMs } from './retry.js'

const NOW_MS = Date.parse('2026-12-01T00:00:00Z')

function unavailable(retryAfter?: string): BursarApiError {
  const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter })
  return new BursarApiError('down', { code: 'x', status: 503, retryable: true, headers })
}

describe('Retry-After', () => {
  test.each([
    ['7', 7_000],
    ['0', 0],
    ['Tue, 01 Dec 2026 00:00:09 GMT', 9_000],
    ['Mon, 30 Nov 2026 00:00:00 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('%p is %p ms', (value, expected) => {
    expect(parseRetryAfterMs(value, NOW_MS)).toBe(expected)
  })
})

describe('delay', () => {
  test('grows by full jitter from half a second to at most eight', () => {
    const upper = [0, 1, 2, 3, 4, 5, 50].map((n) => retryDelayMs(unavailable(), n, () => 1, NOW_MS))
    expect(upper).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000])
    expect(retryDelayMs(unavailable(), 3, () => 0, NOW_MS)).toBe(0)
  })

  test('is never shorter than the server asks', () => {
    expect(retryDelayMs(unavailable('3'), 0, () => 1, NOW_MS)).toBe(3_000)
    expect(retryDelayMs(unavailable('0'), 0, () => 1, NOW_MS)).toBe(500)
  })

  test('gives up instead of sleeping longer than a minute', () => {
    expect(retryDelayMs(unavailable('61'), 0, () => 1, NOW_MS)).toBeUndefined()
  })
})

describe('what is tried again', () => {
  test('a conflict only while the original is still running', () => {
    const conflict = (code: string) => new BursarConflictError('', { code, status: 409 })
    expect(isRetryable(conflict('idempotency_in_progress'))).toBe(true)
    expect(isRetryable(conflict('bill_conflict'))).toBe(false)
  })

  test('a 5xx unless the server says that it is pointless', () => {
    const error = (retryable: boolean) =>
      new BursarApiError('', { code: 'x', status: 500, retryable })
    expect(isRetryable(error(true))).toBe(true)
    expect(isRetryable(error(false))).toBe(false)
  })
})

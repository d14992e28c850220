import { describe, expect, test } from '@jest/globals'
import { readIdempotencyKey } from './idempotency-key.js'

describe('readIdempotencyKey', () => {
  test('takes a key bare or as a structured-field string, and they are the same key', () => {
    expect(readIdempotencyKey('a b"c')).toBe('a b"c')
    expect(readIdempotencyKey('"k-1"')).toBe('k-1')
    expect(readIdempotencyKey('"a\\"b\\\\c"')).toBe('a"b\\c')
    expect(readIdempotencyKey('x'.repeat(255))).toHaveLength(255)
  })

  test.each([undefined, ''])('asks for a missing key (%p)', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow('Idempotency-Key')
  })

  test.each(['x'.repeat(256), '键', 'a\tb', '""', '\u007f'])('refuses %p', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow('1 to 255')
  })
})

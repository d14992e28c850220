import { describe, expect, test } from '@jest/globals'
import { endOfPeriod, linesOf, wrongIp } from './key-form.rules.js'

describe('the form of a key', () => {
  test('takes addresses by line, comma or space', () => {
    expect(linesOf(' 10.0.0.1\n10.0.0.2, 10.0.0.0/8;;2001:db8::/32 ')).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.0/8',
      '2001:db8::/32',
    ])
    expect(linesOf(undefined)).toEqual([])
  })

  test.each(['10.0.0.1', '202.120.2.0/24', '2001:db8::1', '::ffff:10.0.0.1', ''])(
    '%s is fine',
    (text) => {
      expect(wrongIp(text)).toBeNull()
    },
  )

  test.each(['10.0.0', '10.0.0.256', '10.0.0.0/33', '10.0.0.0/8/9', 'example.edu', 'zz::1'])(
    '%s is not an address',
    (text) => {
      expect(wrongIp(`10.0.0.1\n${text}`)).toBe(text)
    },
  )

  test('ends a period a whole number of days from now', () => {
    const now = new Date('2026-11-23T01:00:00.000Z')
    expect(endOfPeriod('d90', now)).toBe('2027-02-21T01:00:00.000Z')
    expect(endOfPeriod('never', now)).toBeUndefined()
  })
})

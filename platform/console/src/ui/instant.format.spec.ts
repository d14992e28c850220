import { describe, expect, test } from '@jest/globals'
import { formatInstant } from './instant.format.js'

const PAID_AT = '2026-11-22T16:03:25.120Z'
const IN_CHINA = { withSeconds: true, deviceOffsetMinutes: 480, zoneName: '北京时间' }

describe('formatInstant', () => {
  test('writes Beijing time, over midnight too', () => {
    expect(formatInstant(PAID_AT, IN_CHINA)).toBe('2026-11-23 00:03:25')
  })

  test('leaves the seconds out where they say nothing', () => {
    expect(formatInstant(PAID_AT, { ...IN_CHINA, withSeconds: false })).toBe('2026-11-23 00:03')
  })

  test('names the zone on a device that lives in another', () => {
    const options = { ...IN_CHINA, deviceOffsetMinutes: 0, zoneName: 'Beijing time' }
    expect(formatInstant(PAID_AT, options)).toBe('2026-11-23 00:03:25 (Beijing time)')
  })
})

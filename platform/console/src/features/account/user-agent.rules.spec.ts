import { describe, expect, test } from '@jest/globals'
import { deviceName } from './user-agent.rules.js'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15'

describe('the name of a device', () => {
  test.each([
    [CHROME, 'Chrome · Windows'],
    [`${CHROME} Edg/140.0`, 'Edge · Windows'],
    [SAFARI, 'Safari · macOS'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', null],
    [null, null],
  ])('of %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name)
  })
})

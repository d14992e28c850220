import { describe, expect, test } from '@jest/globals'
import { generateSync } from 'otplib'
import { acceptedStep, newTotpSecret, totpAddress } from './one-time-code.rules.js'

// RFC 6238, appendix B: the secret "12345678901234567890" at 59 s gives 94287082; six digits of it.
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const at = (seconds: number) => new Date(seconds * 1000)

describe('a one-time code', () => {
  test('is that of the RFC', () => {
    expect(acceptedStep(RFC_SECRET, '287082', at(59), null)).toBe(1n)
  })

  test('may be a step early or late, and no more', () => {
    const secret = newTotpSecret()
    const code = generateSync({ secret, epoch: 1_000_000 })
    for (const seconds of [-30, 0, 30]) {
      expect(acceptedStep(secret, code, at(1_000_000 + seconds), null)).not.toBeNull()
    }
    for (const seconds of [-90, 90]) {
      expect(acceptedStep(secret, code, at(1_000_000 + seconds), null)).toBeNull()
    }
  })

  test('counts once, and an older one not at all after it', () => {
    const step = acceptedStep(RFC_SECRET, '287082', at(59), null)
    expect(acceptedStep(RFC_SECRET, '287082', at(59), step)).toBeNull()
    expect(acceptedStep(RFC_SECRET, '287082', at(59), 5n)).toBeNull()
  })

  test.each(['', '28708', '2870820', '28708a', '٢٨٧٠٨٢', "287082' or 1=1"])('is not %p', (code) => {
    expect(acceptedStep(RFC_SECRET, code, at(59), null)).toBeNull()
  })

  test('may be typed with a space', () => {
    expect(acceptedStep(RFC_SECRET, '287 082', at(59), null)).toBe(1n)
  })

  test('comes from an address that names who and where', () => {
    const address = new URL(totpAddress(RFC_SECRET, 'a@b.example', 'OpenBursar 示范大学'))
    expect([address.protocol, address.searchParams.get('secret')]).toEqual(['otpauth:', RFC_SECRET])
    expect(decodeURIComponent(address.pathname)).toContain('a@b.example')
  })
})

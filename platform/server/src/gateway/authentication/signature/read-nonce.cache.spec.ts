import { describe, expect, test } from '@jest/globals'
import { ReadNonceCache } from './read-nonce.cache.js'

const MINUTE = 60_000

function setUp(noncesMax = 1000) {
  const clock = { ms: 0 }
  return { clock, cache: new ReadNonceCache(noncesMax, () => clock.ms) }
}

describe('ReadNonceCache', () => {
  test('accepts a nonce once per key', () => {
    const { cache } = setUp()
    expect(cache.use('key_a', 'n')).toBe(true)
    expect(cache.use('key_a', 'n')).toBe(false)
    expect(cache.use('key_b', 'n')).toBe(true)
    expect(cache.use('key_a', 'm')).toBe(true)
  })

  test('remembers for 10 minutes, whenever the nonce was used, and not for 20', () => {
    for (const usedAt of [0, 1, 5, 9.9]) {
      const { clock, cache } = setUp()
      clock.ms = usedAt * MINUTE
      expect(cache.use('key_a', 'n')).toBe(true)
      for (let later = 0; later < 10; later += 1) {
        clock.ms = (usedAt + later) * MINUTE
        cache.use('key_a', `other ${later}`)
        expect(cache.use('key_a', 'n')).toBe(false)
      }
      clock.ms = (usedAt + 20) * MINUTE
      cache.use('key_a', 'other')
      clock.ms = (usedAt + 30) * MINUTE
      expect(cache.use('key_a', 'n')).toBe(true)
    }
  })

  test('forgets everything after a long silence', () => {
    const { clock, cache } = setUp()
    cache.use('key_a', 'n')
    clock.ms = 20 * MINUTE
    expect(cache.use('key_a', 'n')).toBe(true)
  })

  test('keeps every one of many nonces apart', () => {
    const { cache } = setUp(100_000)
    for (let n = 0; n < 100_000; n += 1) expect(cache.use('key_a', `n${n}`)).toBe(true)
    for (let n = 0; n < 100_000; n += 997) expect(cache.use('key_a', `n${n}`)).toBe(false)
  })

  test('when it is full, remembers at least the newest nonces and still answers', () => {
    const { cache } = setUp(100)
    for (let n = 0; n < 1000; n += 1) expect(cache.use('key_a', `n${n}`)).toBe(true)
    for (let n = 900; n < 1000; n += 1) expect(cache.use('key_a', `n${n}`)).toBe(false)
  })
})

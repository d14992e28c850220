import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '../../kernel/clock.js'
import { ExpiringCache } from './expiring-cache.js'

function setUp() {
  const clock = new ManualClock(new Date(0))
  const cache = new ExpiringCache<string>(clock, 5_000)
  const loads: string[] = []
  const get = (key: string, value: string | null) =>
    cache.get(key, async () => {
      loads.push(key)
      return value
    })
  return { clock, cache, loads, get }
}

describe('ExpiringCache', () => {
  test('looks up once within the lifetime, and again after it', async () => {
    const { clock, loads, get } = setUp()
    await get('a', 'one')
    clock.advance(4_999)
    expect(await get('a', 'two')).toBe('one')
    clock.advance(1)
    expect(await get('a', 'three')).toBe('three')
    expect(loads).toEqual(['a', 'a'])
  })

  test('shares one look-up among simultaneous askers', async () => {
    const { loads, get } = setUp()
    expect(await Promise.all([get('a', 'one'), get('a', 'two')])).toEqual(['one', 'one'])
    expect(loads).toHaveLength(1)
  })

  test('does not remember that there was nothing', async () => {
    const { get } = setUp()
    expect(await get('a', null)).toBeNull()
    expect(await get('a', 'one')).toBe('one')
  })

  test('does not remember a failure', async () => {
    const { cache, get } = setUp()
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
    expect(await get('a', 'one')).toBe('one')
  })

  test('forgets everything when told to', async () => {
    const { cache, get } = setUp()
    await get('a', 'one')
    cache.clear()
    expect(await get('a', 'two')).toBe('two')
  })

  test('never grows beyond its limit', async () => {
    const { loads, get } = setUp()
    for (let index = 0; index <= 1_000; index++) await get(`key ${index}`, 'one')
    await get('key 0', 'two')
    expect(loads).toHaveLength(1_002)
  })
})

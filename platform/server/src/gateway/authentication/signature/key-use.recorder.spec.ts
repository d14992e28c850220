import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { KeyUse } from '../../../domains/identity/identity.types.js'
import { FLUSH_EVERY_MS, KeyUseRecorder } from './key-use.recorder.js'

const key = (id: string) => ({ institution_id: 'inst_1', id })
const at = (ms: number) => new Date(ms)

function setUp() {
  const written: (readonly KeyUse[])[] = []
  const store = {
    isAway: false,
    async recordUse(uses: readonly KeyUse[]) {
      if (store.isAway) throw new Error('the database is away')
      written.push(uses)
    },
  }
  return { written, store, recorder: new KeyUseRecorder(store) }
}

describe('KeyUseRecorder', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  test('tells the last use of every key once, however many there were', async () => {
    const { written, recorder } = setUp()
    for (let n = 0; n < 1000; n += 1) recorder.note(key(`key_${n % 2}`), at(n))
    await jest.advanceTimersByTimeAsync(FLUSH_EVERY_MS - 1)
    expect(written).toEqual([])
    await jest.advanceTimersByTimeAsync(1)
    expect(written).toEqual([
      [
        { ...key('key_0'), at: at(998) },
        { ...key('key_1'), at: at(999) },
      ],
    ])
  })

  test('asks nothing of the database while nobody calls', async () => {
    const { written, recorder } = setUp()
    recorder.note(key('key_0'), at(0))
    await jest.advanceTimersByTimeAsync(10 * FLUSH_EVERY_MS)
    expect(written).toHaveLength(1)
    await recorder.flush()
    expect(written).toHaveLength(1)
  })

  test('tries again what could not be written, unless it knows better by then', async () => {
    const { written, store, recorder } = setUp()
    store.isAway = true
    recorder.note(key('key_0'), at(1))
    recorder.note(key('key_1'), at(1))
    const failing = recorder.flush()
    recorder.note(key('key_1'), at(2))
    await failing
    store.isAway = false
    await jest.advanceTimersByTimeAsync(FLUSH_EVERY_MS)
    expect(written[0]).toHaveLength(2)
    expect(written[0]).toEqual(
      expect.arrayContaining([
        { ...key('key_0'), at: at(1) },
        { ...key('key_1'), at: at(2) },
      ]),
    )
  })

  test('writes what is left when the process ends', async () => {
    const { written, recorder } = setUp()
    recorder.note(key('key_0'), at(7))
    await recorder.onModuleDestroy()
    expect(written).toEqual([[{ ...key('key_0'), at: at(7) }]])
  })
})

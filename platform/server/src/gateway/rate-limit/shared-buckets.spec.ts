import { expect, test } from '@jest/globals'
import { MemoryBuckets } from './memory-buckets.js'
import { SharedBuckets } from './shared-buckets.js'
import type { Taken } from './token-bucket.js'

const bucket = { name: 'a', rate: { perSecond: 1, burst: 1 } }
const shared: Taken = { levels: [{ remaining: 7, fullInMs: 0 }], waitMs: 0 }

function harness() {
  const state = { nowMs: 0, isConnected: true, isBroken: false, calls: 0 }
  const said: string[] = []
  const remote = {
    get isConnected() {
      return state.isConnected
    },
    async take(): Promise<Taken> {
      state.calls += 1
      if (state.isBroken) throw new Error('Command timed out')
      return shared
    },
  }
  const now = () => state.nowMs
  const memory = new MemoryBuckets(10, now)
  const buckets = new SharedBuckets(remote, memory, (level) => said.push(level), now)
  return { state, said, take: async () => buckets.take([bucket]) }
}

test('uses the shared buckets while they answer', async () => {
  const { state, said, take } = harness()
  expect([await take(), await take()]).toEqual([shared, shared])
  expect([state.calls, said]).toEqual([2, []])
})

test('falls back at the first failure, still limits, and says so once', async () => {
  const { state, said, take } = harness()
  state.isBroken = true
  expect((await take()).waitMs).toBe(0)
  expect((await take()).waitMs).toBe(1000)
  expect((await take()).waitMs).toBe(1000)
  expect([state.calls, said]).toEqual([1, ['warn']])
})

test('tries again with one request a second, and says when it is over', async () => {
  const { state, said, take } = harness()
  state.isBroken = true
  await take()
  state.nowMs = 1_000
  await Promise.all([take(), take(), take()])
  expect([state.calls, said]).toEqual([2, ['warn']])
  state.nowMs = 2_000
  state.isBroken = false
  const [first, second] = await Promise.all([take(), take()])
  expect([first, second?.levels[0]?.remaining]).toEqual([shared, 0])
  expect(await take()).toEqual(shared)
  expect(said).toEqual(['warn', 'log'])
})

test('does not even try while there is no connection', async () => {
  const { state, said, take } = harness()
  state.isConnected = false
  await take()
  await take()
  state.nowMs = 5_000
  await take()
  expect([state.calls, said]).toEqual([0, ['warn']])
  state.isConnected = true
  state.nowMs = 6_000
  expect(await take()).toEqual(shared)
  expect(said).toEqual(['warn', 'log'])
})

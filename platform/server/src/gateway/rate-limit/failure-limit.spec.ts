import { describe, expect, test } from '@jest/globals'
import { FailureLimit, networkOf } from './failure-limit.js'

const rate = { perSecond: 1, burst: 3 }
const nobody = () => null

function exhausted(limit: FailureLimit, address: string): void {
  for (let n = 0; n < 3; n += 1) limit.failed(address, null)
}

describe('an address that is wrong too often', () => {
  test('waits, and others do not', () => {
    const limit = new FailureLimit(rate, () => 0)
    exhausted(limit, '10.0.0.1')
    expect(limit.waitMs('10.0.0.1', nobody)).toBe(1000)
    expect(limit.waitMs('10.0.0.1', () => 'key_of_a_stranger')).toBe(1000)
    expect(limit.waitMs('10.0.0.2', nobody)).toBe(0)
  })

  test('is looked at again after a while', () => {
    let nowMs = 0
    const limit = new FailureLimit(rate, () => nowMs)
    exhausted(limit, '10.0.0.1')
    nowMs = 1_000
    expect(limit.waitMs('10.0.0.1', nobody)).toBe(0)
  })

  test('does not shut out a key that was right from there: it has a bucket of its own', () => {
    const limit = new FailureLimit(rate, () => 0)
    limit.succeeded('10.0.0.1', 'key_good')
    exhausted(limit, '10.0.0.1')
    expect(limit.waitMs('10.0.0.1', () => 'key_good')).toBe(0)
    expect(limit.waitMs('10.0.0.2', () => 'key_good')).toBe(0)
    for (let n = 0; n < 3; n += 1) limit.failed('10.0.0.1', 'key_good')
    expect(limit.waitMs('10.0.0.1', () => 'key_good')).toBe(1000)
  })

  test('was right long ago: that is forgotten', () => {
    let nowMs = 0
    const limit = new FailureLimit(rate, () => nowMs)
    limit.succeeded('10.0.0.1', 'key_good')
    nowMs = 11 * 60_000
    exhausted(limit, '10.0.0.1')
    expect(limit.waitMs('10.0.0.1', () => 'key_good')).toBe(1000)
  })

  test('a proven key that is wrong does not use up what strangers have', () => {
    const limit = new FailureLimit(rate, () => 0)
    limit.succeeded('10.0.0.1', 'key_good')
    for (let n = 0; n < 3; n += 1) limit.failed('10.0.0.1', 'key_good')
    expect(limit.waitMs('10.0.0.1', nobody)).toBe(0)
  })
})

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '::ffff:10.1.2.3'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

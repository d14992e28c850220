import { describe, expect, test } from '@jest/globals'
import { IncidentQuota } from './incident-quota.js'

describe('the quota of incidents', () => {
  test('lets ten through at once and counts the others', () => {
    const quota = new IncidentQuota()
    const taken = Array.from({ length: 25 }, () => quota.take('cha_1 x', 0))
    expect(taken.filter((suppressed) => suppressed === 0)).toHaveLength(10)
    expect(taken.filter((suppressed) => suppressed === null)).toHaveLength(15)
    expect(quota.take('cha_1 x', 30_000)).toBe(15)
    expect(quota.take('cha_1 x', 30_001)).toBeNull()
    expect(quota.take('cha_1 x', 60_000)).toBe(1)
  })

  test('is one for each account and kind', () => {
    const quota = new IncidentQuota()
    for (let index = 0; index < 11; index++) quota.take('cha_1 x', 0)
    expect(quota.take('cha_2 x', 0)).toBe(0)
  })

  test('is never more than ten, however long nobody came', () => {
    const quota = new IncidentQuota()
    quota.take('cha_1 x', 0)
    const taken = Array.from({ length: 20 }, () => quota.take('cha_1 x', 10 ** 9))
    expect(taken.filter((suppressed) => suppressed !== null)).toHaveLength(10)
  })
})

import { describe, expect, test } from '@jest/globals'
import { RecentAnswers } from './recent-answers.js'

describe('recent answers', () => {
  test('are worked out once for all who ask at the same time, and for a moment after', async () => {
    const recent = new RecentAnswers<number>(1_000)
    let count = 0
    const workOut = async () => {
      count += 1
      return count
    }
    expect(await Promise.all([recent.get('a', workOut), recent.get('a', workOut)])).toEqual([1, 1])
    expect(await recent.get('a', workOut)).toBe(1)
    expect(await recent.get('b', workOut)).toBe(2)
  })

  test('are worked out again when they are old', async () => {
    const recent = new RecentAnswers<number>(0)
    let count = 0
    const workOut = async () => {
      count += 1
      return count
    }
    expect(await recent.get('a', workOut)).toBe(1)
    expect(await recent.get('a', workOut)).toBe(2)
  })

  test('are no failures of others', async () => {
    const recent = new RecentAnswers<number>(1_000)
    await expect(recent.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(await recent.get('a', async () => 7)).toBe(7)
  })
})

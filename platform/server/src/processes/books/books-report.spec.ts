import { describe, expect, test } from '@jest/globals'
import { reportJson, resultText, summaryText } from './books-report.js'

const result = {
  id: 'I5',
  title: 'refunds ≤ paid',
  checked: 7,
  problem_count: 3,
  problems: [
    { rule: 'bill_overpaid', bill_id: 'bill_1', amount: 100n, livemode: true, ids: ['a', 'b'] },
    { rule: 'bill_overpaid', bill_id: 'bill_2', amount: 9007199254740993n, channel: null },
  ],
}
const report = { ok: false, checked_at: '2026-11-22T00:00:00.000Z', invariants: [result] }

describe('report of the books', () => {
  test('shows each offending row with its ids and amounts, and how many more there are', () => {
    expect(resultText(result).split('\n')).toEqual([
      'I5  3 problems found     7 checked: refunds ≤ paid',
      '      bill_overpaid: bill_id=bill_1 amount=100 livemode=true ids=["a","b"]',
      '      bill_overpaid: bill_id=bill_2 amount=9007199254740993 channel=null',
      '      … and 1 more',
    ])
    expect(summaryText(report)).toBe('The books are NOT in order: 3 problems.')
  })

  test('says so when all is well', () => {
    const clean = { ...result, problem_count: 0, problems: [] }
    expect(resultText(clean)).toBe('I5  ok                   7 checked: refunds ≤ paid')
    expect(summaryText({ ...report, ok: true, invariants: [clean] })).toBe(
      'The books are in order.',
    )
  })

  test('writes amounts as JSON integers, and as texts where an integer would lose digits', () => {
    const parsed: unknown = JSON.parse(reportJson(report))
    expect(parsed).toEqual({
      ...report,
      invariants: [
        {
          ...result,
          problems: [
            { ...result.problems[0], amount: 100 },
            { ...result.problems[1], amount: '9007199254740993' },
          ],
        },
      ],
    })
  })
})

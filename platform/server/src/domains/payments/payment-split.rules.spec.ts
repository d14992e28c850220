import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newId } from '../../kernel/id.js'
import type { RevenueShare } from '../bills/fee-item.types.js'
import type { PaymentSplit } from './payment.types.js'
import { splitsOf, takeBack } from './payment-split.rules.js'

const DEPARTMENTS = Array.from({ length: 20 }, () => newId('dept'))
const shares = fc
  .array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 })
  .map((weights): RevenueShare[] =>
    weights.map((share, index) => ({ department: DEPARTMENTS[index] ?? '', share })),
  )
const amount = fc.bigInt(1n, 10n ** 13n)
const sum = (parts: readonly { readonly amount: bigint }[]) =>
  parts.reduce((total, part) => total + part.amount, 0n)

/** What a refund does to the rows, when it begins, and undone when it fails. */
function moved(splits: readonly PaymentSplit[], wanted: bigint, sign: bigint): PaymentSplit[] {
  const taken = takeBack(wanted, splits)
  expect(sum(taken)).toBe(wanted)
  return splits.map((split) => {
    const part = taken.find(({ position }) => position === split.position)?.amount ?? 0n
    return { ...split, amount_refunded: split.amount_refunded + sign * part }
  })
}

describe('splitting a part of a payment', () => {
  test('gives the fen left over to the largest remainder, ties to the one named first', () => {
    const split = ['a', 'b', 'c'].map((department) => ({ department, share: 3_333 }))
    expect(
      splitsOf(100n, split).map(({ department_id, amount }) => [department_id, amount]),
    ).toEqual([
      ['a', 34n],
      ['b', 33n],
      ['c', 33n],
    ])
  })

  test('without a split there are no parts', () => {
    expect(splitsOf(100n, [])).toEqual([])
  })

  test('is exact to the fen, with one row per department of the split', () => {
    fc.assert(
      fc.property(amount, shares, (total, split) => {
        const parts = splitsOf(total, split)
        expect(sum(parts)).toBe(total)
        expect(
          parts.map(({ position, department_id, share }) => [position, department_id, share]),
        ).toEqual(split.map(({ department, share }, position) => [position, department, share]))
      }),
    )
  })
})

describe('taking back', () => {
  test('computing the split again of each refund would take more than was given; this does not', () => {
    // Ten fen by 6:6:2 are 4, 4, 2; three and seven by themselves would be 1+1+1 and 3+3+1.
    const given = splitsOf(
      10n,
      [6, 6, 2].map((share, index) => ({ department: String(index), share })),
    )
    expect(given.map((split) => split.amount)).toEqual([4n, 4n, 2n])
    const after = moved(moved(given, 3n, 1n), 7n, 1n)
    expect(after.map((split) => split.amount_refunded)).toEqual([4n, 4n, 2n])
  })

  test('takes nothing from a department that got nothing', () => {
    const given = splitsOf(1n, [
      { department: 'a', share: 1 },
      { department: 'b', share: 1 },
    ])
    expect(takeBack(1n, given)).toEqual([{ position: 0, department_id: 'a', amount: 1n }])
  })

  test('any refunds, some of which fail, never take more than was given, and all of it in the end', () => {
    const step = fc.record({ percent: fc.nat(100), fails: fc.boolean() })
    fc.assert(
      fc.property(amount, shares, fc.array(step, { maxLength: 10 }), (total, split, steps) => {
        let splits: readonly PaymentSplit[] = splitsOf(total, split)
        const left = () => sum(splits) - splits.reduce((all, one) => all + one.amount_refunded, 0n)
        for (const { percent, fails } of steps) {
          const wanted = (left() * BigInt(percent)) / 100n
          const before = splits
          splits = moved(splits, wanted, 1n)
          for (const one of splits) {
            expect(one.amount_refunded >= 0n && one.amount_refunded <= one.amount).toBe(true)
          }
          if (fails) splits = before
        }
        splits = moved(splits, left(), 1n)
        for (const one of splits) expect(one.amount_refunded).toBe(one.amount)
      }),
    )
  })
})

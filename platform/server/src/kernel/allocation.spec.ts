import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { splitByWeight } from './allocation.js'

const amount = fc.bigInt(0n, 2n ** 53n - 1n)
const weights = fc
  .array(fc.bigInt(0n, 1_000_000n), { minLength: 1, maxLength: 20 })
  .filter((all) => all.some((weight) => weight > 0n))
const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n)
const sorted = (values: readonly bigint[]) =>
  [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

describe('splitByWeight', () => {
  test.each([
    ['evenly, of equal remainders the first gets the fen', 100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    ['two fen over, to the first two', 101n, [1n, 1n, 1n], [34n, 34n, 33n]],
    ['the largest remainder first, wherever it stands', 10n, [5000n, 1500n, 3500n], [5n, 2n, 3n]],
    ['nothing to nobody', 0n, [1n, 2n], [0n, 0n]],
    ['nothing to a weight of zero', 7n, [0n, 3n], [0n, 7n]],
    ['less than there are parts', 1n, [1n, 1n, 1n], [1n, 0n, 0n]],
    ['in basis points', 9_999n, [8_000n, 2_000n], [7_999n, 2_000n]],
  ])('splits %s', (_, total, given, parts) => {
    expect(splitByWeight(total, given)).toEqual(parts)
  })

  test('is not monotone: of one unit more somebody may get one less (Alabama paradox)', () => {
    const given = [6n, 6n, 2n]
    expect([splitByWeight(10n, given)[2], splitByWeight(11n, given)[2]]).toEqual([2n, 1n])
  })

  test('refuses what cannot be split', () => {
    expect(() => splitByWeight(-1n, [1n])).toThrow('negative')
    expect(() => splitByWeight(1n, [-1n, 2n])).toThrow('negative')
    expect(() => splitByWeight(1n, [])).toThrow('somebody')
    expect(() => splitByWeight(1n, [0n])).toThrow('somebody')
  })

  test('adds up, and every part is less than one unit from its exact share', () => {
    fc.assert(
      fc.property(amount, weights, (total, given) => {
        const parts = splitByWeight(total, given)
        expect(sum(parts)).toBe(total)
        const whole = sum(given)
        for (const [index, part] of parts.entries()) {
          const distance = part * whole - total * (given[index] ?? 0n)
          expect(distance < whole && distance > -whole).toBe(true)
          if (given[index] === 0n) expect(part).toBe(0n)
        }
      }),
    )
  })

  test('nobody with a greater weight gets less, and equal ones differ by the first getting one more', () => {
    fc.assert(
      fc.property(amount, weights, (total, given) => {
        const parts = splitByWeight(total, given)
        for (const [i, left] of given.entries()) {
          for (const [j, right] of given.entries()) {
            const [mine = 0n, theirs = 0n] = [parts[i], parts[j]]
            if (left > right) expect(mine >= theirs).toBe(true)
            if (left === right && i < j)
              expect(mine - theirs === 0n || mine - theirs === 1n).toBe(true)
          }
        }
      }),
    )
  })

  test('another order of the weights gives the same parts, but for who of equal ones comes first', () => {
    fc.assert(
      fc.property(amount, weights, fc.infiniteStream(fc.nat()), (total, given, keys) => {
        const order = given
          .map((_, index) => ({ index, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ index }) => index)
        const parts = splitByWeight(total, given)
        const permuted = splitByWeight(
          total,
          order.map((index) => given[index] ?? 0n),
        )
        // Per weight, the parts are the same: only places within equal weights may change.
        for (const weight of new Set(given)) {
          const before = parts.filter((_, index) => given[index] === weight)
          const after = permuted.filter((_, place) => given[order[place] ?? 0] === weight)
          // Remainders of different weights may tie as well; then one fen goes to whoever stands first.
          const gap = sum(before) - sum(after)
          expect((gap < 0n ? -gap : gap) <= BigInt(before.length)).toBe(true)
        }
        expect(sum(permuted)).toBe(total)
        const ties =
          new Set(given.map((weight) => (total * weight) % sum(given))).size < given.length
        if (!ties) expect(sorted(permuted)).toEqual(sorted(parts))
      }),
    )
  })

  test('split by what is left of each part, any partial amounts add up to exactly what was given', () => {
    fc.assert(
      fc.property(
        amount,
        weights,
        fc.array(fc.nat(100), { maxLength: 8 }),
        (total, given, steps) => {
          const parts = splitByWeight(total, given)
          let left = [...parts]
          const takeBack = (wanted: bigint) => {
            const taken = splitByWeight(wanted, left)
            left = left.map((part, index) => part - (taken[index] ?? 0n))
            expect(left.every((part) => part >= 0n)).toBe(true)
          }
          for (const percent of steps) takeBack((sum(left) * BigInt(percent)) / 100n)
          takeBack(sum(left))
          expect(left.every((part) => part === 0n)).toBe(true)
        },
      ),
    )
  })
})

import { assert } from './assert.js'

/**
 * Splits an amount by whole weights, to the unit: the method of the largest remainder (Hamilton). Everybody
 * gets the whole units of their exact share; the units that are left go one each to the largest remainders,
 * of equal ones to the first. So the parts add up, each is less than one unit from its exact share, and who
 * has no weight gets nothing.
 *
 * It is not monotone in the amount: of one unit more, somebody may get one less. Whoever gives back parts of
 * an amount must therefore split by what is left of each part, never compute the whole split again.
 */
export function splitByWeight(amount: bigint, weights: readonly bigint[]): bigint[] {
  assert(amount >= 0n, 'a negative amount is not split')
  assert(
    weights.every((weight) => weight >= 0n),
    'a weight is never negative',
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  assert(total > 0n || amount === 0n, 'somebody has a weight, or there is nothing to split')
  if (amount === 0n) return weights.map(() => 0n)
  const parts = weights.map((weight) => (amount * weight) / total)
  const remainders = weights.map((weight) => (amount * weight) % total)
  const left = amount - parts.reduce((sum, part) => sum + part, 0n)
  const byRemainder = remainders
    .map((remainder, index) => ({ remainder, index }))
    .sort((a, b) => compare(b.remainder, a.remainder) || a.index - b.index)
  // Fewer units are left than there are remainders above zero: each of them is below one unit.
  for (const { index } of byRemainder.slice(0, Number(left)))
    parts[index] = (parts[index] ?? 0n) + 1n
  return parts
}

function compare(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0
}

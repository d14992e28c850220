import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newId } from '../../kernel/id.js'
import type { PaymentItem } from './payment.types.js'
import { allocateRefund } from './refund-allocation.rules.js'

const item = (position: number, amount: bigint, amount_refunded = 0n): PaymentItem => ({
  institution_id: 'inst_1',
  livemode: false,
  payment_id: 'pay_1',
  position,
  bill_id: `bill_${position}`,
  department_id: newId('dept'),
  amount,
  amount_refunded,
  splits: [],
})
const part = (position: number, amount: bigint) => ({ bill_id: `bill_${position}`, amount })
const parts = (allocated: ReturnType<typeof allocateRefund>) =>
  allocated?.map(({ position, amount }) => [position, amount]) ?? null

describe('allocateRefund', () => {
  const items = [item(0, 100n), item(1, 50n, 20n)]

  test('begins at the last item', () => {
    expect(parts(allocateRefund(items, 40n, null))).toEqual([
      [1, 30n],
      [0, 10n],
    ])
  })

  test('takes the items that were asked for', () => {
    expect(parts(allocateRefund(items, 100n, [part(0, 100n)]))).toEqual([[0, 100n]])
  })

  test.each([
    ['more than is left of an item', 31n, [part(1, 31n)]],
    ['an item that is not there', 1n, [part(7, 1n)]],
    ['an item twice', 2n, [part(0, 1n), part(0, 1n)]],
    ['parts that do not add up', 3n, [part(0, 1n), part(1, 1n)]],
  ])('refuses %s', (_, amount, asked) => {
    expect(allocateRefund(items, amount, asked)).toBeNull()
  })

  test('gives back exactly the amount, and of no item more than is left', () => {
    const amounts = fc.array(fc.tuple(fc.bigInt(1n, 10n ** 12n), fc.nat(100)), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(amounts, fc.nat(120), (shape, percent) => {
        const all = shape.map(([amount, share], position) =>
          item(position, amount, (amount * BigInt(share)) / 100n),
        )
        const left = all.reduce((sum, one) => sum + one.amount - one.amount_refunded, 0n)
        const amount = (left * BigInt(percent)) / 100n
        const allocated = allocateRefund(all, amount, null)
        if (amount > left) return expect(allocated).toBeNull()
        const total = (allocated ?? []).reduce((sum, one) => sum + one.amount, 0n)
        expect(total).toBe(amount)
        for (const one of allocated ?? []) {
          const from = all[one.position]
          expect(one.amount <= (from?.amount ?? 0n) - (from?.amount_refunded ?? 0n)).toBe(true)
        }
      }),
    )
  })
})

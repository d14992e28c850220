import { describe, expect, test } from '@jest/globals'
import { titleOf } from './checkout.rules.js'
import { CreateCheckout } from './checkout.schema.js'

const TITLE_OF_BILL_LENGTH_MAX = 100
const BILLS_MAX = 20

describe('titleOf', () => {
  test('is the bill’s title when there is one', () => {
    expect(titleOf('学费', 1)).toBe('学费')
  })

  test('names the first of several bills, and how many there are', () => {
    expect(titleOf('学费', 2)).toBe('学费 等 2 项')
  })

  test('is never longer than a title that is asked for may be', () => {
    const title = titleOf('费'.repeat(TITLE_OF_BILL_LENGTH_MAX), BILLS_MAX)
    expect(CreateCheckout.safeParse({ amount: 1, title }).success).toBe(true)
  })
})

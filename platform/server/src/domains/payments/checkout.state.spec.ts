import { describe, expect, test } from '@jest/globals'
import { CHECKOUT_STATUSES, CHECKOUT_TRANSITIONS, CHECKOUT_TRIGGERS } from './checkout.state.js'

const EXPECTED: Record<string, string> = {
  'open paid': 'completed',
  'open out_of_time': 'expired',
  'open cancelled': 'cancelled',
}

describe('checkout.state', () => {
  for (const status of CHECKOUT_STATUSES) {
    for (const trigger of CHECKOUT_TRIGGERS) {
      const target = EXPECTED[`${status} ${trigger}`]
      test(`${target ? `moves ${status} to ${target}` : `refuses to move ${status}`} when ${trigger}`, () => {
        expect(CHECKOUT_TRANSITIONS[status][trigger]).toBe(target)
      })
    }
  }
})

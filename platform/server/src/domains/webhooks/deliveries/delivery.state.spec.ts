import { describe, expect, test } from '@jest/globals'
import { DELIVERY_STATUSES, DELIVERY_TRIGGERS, nextDeliveryStatus } from './delivery.state.js'

const MOVES = new Map([
  ['pending accepted', 'delivered'],
  ['pending refused', 'pending'],
  ['pending gave_up', 'exhausted'],
  ['pending gone', 'cancelled'],
  ['pending endpoint_closed', 'cancelled'],
  ...DELIVERY_STATUSES.map((status) => [`${status} resent`, 'pending'] as const),
])

describe('a delivery', () => {
  for (const status of DELIVERY_STATUSES) {
    for (const trigger of DELIVERY_TRIGGERS) {
      const expected = MOVES.get(`${status} ${trigger}`) ?? null
      test(`${status}, ${trigger}: ${expected ?? 'refused'}`, () => {
        expect(nextDeliveryStatus(status, trigger)).toBe(expected)
      })
    }
  }
})

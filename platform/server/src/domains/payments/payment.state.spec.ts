import { describe, expect, test } from '@jest/globals'
import { nextPaymentStatus, PAYMENT_STATUSES, PAYMENT_TRIGGERS } from './payment.state.js'

/** The same table once more, as the specification words it: rows are statuses, columns are triggers. */
const EXPECTED: Record<string, Record<string, string>> = {
  created: { placed: 'pending', in_doubt: 'processing', refused: 'failed', closed: 'closed' },
  pending: { in_doubt: 'processing', confirmed: 'succeeded', refused: 'failed', closed: 'closed' },
  processing: { confirmed: 'succeeded', refused: 'failed' },
  succeeded: {},
  failed: {},
  closed: {},
}

describe('payment.state', () => {
  for (const status of PAYMENT_STATUSES) {
    for (const trigger of PAYMENT_TRIGGERS) {
      const target = EXPECTED[status]?.[trigger] ?? null
      const name = target
        ? `moves ${status} to ${target} when ${trigger}`
        : `refuses ${trigger} when ${status}`
      test(name, () => {
        expect(nextPaymentStatus(status, trigger)).toBe(target)
      })
    }
  }
})

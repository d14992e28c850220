import { describe, expect, test } from '@jest/globals'
import { ATTEMPT_STATUSES, ATTEMPT_TRIGGERS, nextAttemptStatus } from './payment-attempt.state.js'

/** The same table once more: what may still be paid ends in any way, what has ended only by money. */
const ENDS = { confirmed: 'succeeded', refused: 'failed', closed: 'closed' }
const EXPECTED: Record<string, Record<string, string>> = {
  created: { ...ENDS, placed: 'pending', in_doubt: 'processing' },
  pending: ENDS,
  processing: ENDS,
  failed: { confirmed: 'succeeded' },
  closed: { confirmed: 'succeeded' },
  succeeded: {},
}

describe('payment-attempt.state', () => {
  for (const status of ATTEMPT_STATUSES) {
    for (const trigger of ATTEMPT_TRIGGERS) {
      const target = EXPECTED[status]?.[trigger] ?? null
      const name = target
        ? `moves ${status} to ${target} when ${trigger}`
        : `refuses ${trigger} when ${status}`
      test(name, () => {
        expect(nextAttemptStatus(status, trigger)).toBe(target)
      })
    }
  }
})

import { describe, expect, test } from '@jest/globals'
import {
  BILL_STATUSES,
  BILL_TRANSITIONS,
  BILL_TRIGGERS,
  moveOf,
  PAYABLE_STATUSES,
} from './bill.state.js'

/** Written out once more, from the specification; a dash is a refusal. */
const EXPECTED: Record<string, readonly string[]> = {
  // part_settled, fully_settled, window_ended, extended_unpaid, extended_part_paid, voided
  open: ['partially_paid', 'paid', 'expired', 'open', '-', 'void'],
  partially_paid: ['partially_paid', 'paid', 'expired', '-', 'partially_paid', '-'],
  paid: ['-', '-', '-', '-', '-', '-'],
  expired: ['-', '-', '-', 'open', 'partially_paid', '-'],
  void: ['-', '-', '-', '-', '-', '-'],
}

const cells = BILL_STATUSES.flatMap((status) =>
  BILL_TRIGGERS.map((trigger, column) => ({ status, trigger, to: EXPECTED[status]?.[column] })),
)

describe('a bill', () => {
  test.each(cells)('that is $status, $trigger: $to', ({ status, trigger, to }) => {
    expect(BILL_TRANSITIONS[status][trigger] ?? '-').toBe(to)
  })

  test.each(BILL_TRIGGERS.map((trigger) => ({ trigger })))(
    '$trigger moves from exactly the statuses of the table',
    ({ trigger }) => {
      const { from, to } = moveOf(trigger)
      for (const status of BILL_STATUSES) {
        expect(BILL_TRANSITIONS[status][trigger]).toBe(from.includes(status) ? to : undefined)
      }
    },
  )

  test('takes money only while it is open or partially paid', () => {
    expect(PAYABLE_STATUSES).toEqual(['open', 'partially_paid'])
    expect(moveOf('part_settled').from).toEqual(PAYABLE_STATUSES)
  })
})

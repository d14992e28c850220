import { describe, expect, test } from '@jest/globals'
import {
  isOpen,
  nextStatus,
  REFUND_STATUSES,
  REFUND_TRIGGERS,
  type RefundStatus,
  type RefundTrigger,
  statusAfterAnswer,
} from './refund.state.js'

/** Every move there is, written a second time, from domain.md. */
const MOVES: readonly (readonly [RefundStatus, RefundTrigger, RefundStatus])[] = [
  ['created', 'approval_required', 'awaiting_approval'],
  ['awaiting_approval', 'approved', 'approved'],
  ['awaiting_approval', 'rejected', 'rejected'],
  ['created', 'started', 'processing'],
  ['approved', 'started', 'processing'],
  ['processing', 'confirmed', 'succeeded'],
  ['processing', 'refused', 'failed'],
]

const CELLS = REFUND_STATUSES.flatMap((status) =>
  REFUND_TRIGGERS.map((trigger) => ({
    status,
    trigger,
    to: MOVES.find(([from, by]) => from === status && by === trigger)?.[2] ?? null,
  })),
)

describe('a refund', () => {
  test.each(CELLS.filter(({ to }) => to !== null))(
    'that is $status becomes $to when $trigger',
    ({ status, trigger, to }) => expect(nextStatus(status, trigger)).toBe(to),
  )

  test.each(CELLS.filter(({ to }) => to === null))(
    'that is $status is not moved by $trigger',
    ({ status, trigger }) => expect(nextStatus(status, trigger)).toBeNull(),
  )

  test('reaches every status from created', () => {
    const reached = new Set<RefundStatus>(['created'])
    for (const [from, , to] of [...MOVES, ...MOVES]) if (reached.has(from)) reached.add(to)
    expect([...reached].sort()).toEqual([...REFUND_STATUSES].sort())
  })
})

describe('an answer of the channel', () => {
  test.each([
    ['created', 'succeeded', 'failed', 'processing'],
    ['approved', 'succeeded', 'failed', 'processing'],
    ['processing', 'succeeded', 'failed', null],
    ['awaiting_approval', null, null, null],
    ['rejected', null, null, null],
    ['succeeded', null, null, null],
    ['failed', null, null, null],
  ] as const)('moves %s to %s, %s or %s', (status, confirmed, refused, undecided) => {
    expect(statusAfterAnswer(status, 'confirmed')).toBe(confirmed)
    expect(statusAfterAnswer(status, 'refused')).toBe(refused)
    expect(statusAfterAnswer(status, null)).toBe(undecided)
  })

  test('is waited for exactly where one could end the refund', () => {
    expect(REFUND_STATUSES.filter(isOpen)).toEqual(['created', 'approved', 'processing'])
  })
})

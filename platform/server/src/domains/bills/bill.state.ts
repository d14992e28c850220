import { assert } from '../../kernel/assert.js'

export const BILL_STATUSES = ['open', 'partially_paid', 'paid', 'expired', 'void'] as const
export type BillStatus = (typeof BILL_STATUSES)[number]

export const BILL_TRIGGERS = [
  'part_settled',
  'fully_settled',
  'window_ended',
  'extended_unpaid',
  'extended_part_paid',
  'voided',
] as const
export type BillTrigger = (typeof BILL_TRIGGERS)[number]

/** The only place that says how a bill may move. A missing entry means "refuse". */
export const BILL_TRANSITIONS: Record<BillStatus, Partial<Record<BillTrigger, BillStatus>>> = {
  open: {
    part_settled: 'partially_paid',
    fully_settled: 'paid',
    window_ended: 'expired',
    extended_unpaid: 'open',
    voided: 'void',
  },
  partially_paid: {
    part_settled: 'partially_paid',
    fully_settled: 'paid',
    window_ended: 'expired',
    extended_part_paid: 'partially_paid',
  },
  expired: { extended_unpaid: 'open', extended_part_paid: 'partially_paid' },
  paid: {},
  void: {},
}

/** A trigger as a conditional update needs it: from which statuses it moves a bill, and to which one. */
export interface BillMove {
  readonly from: readonly BillStatus[]
  readonly to: BillStatus
}

export function moveOf(trigger: BillTrigger): BillMove {
  const from = BILL_STATUSES.filter((status) => BILL_TRANSITIONS[status][trigger] !== undefined)
  const targets = new Set(from.map((status) => BILL_TRANSITIONS[status][trigger]))
  const [to] = targets
  assert(to !== undefined && targets.size === 1, `${trigger} leads to exactly one status`)
  return { from, to }
}

/** The statuses in which a bill takes money. */
export const PAYABLE_STATUSES: readonly BillStatus[] = moveOf('fully_settled').from

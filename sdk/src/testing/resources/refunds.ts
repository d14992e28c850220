import type { CreateRefund, Refund, RefundsListQuery, RejectRefund } from '../../resources/types.js'
import { Answer, type Call, found, type Handler } from '../sandbox.call.js'
import { problemAt, SandboxProblem } from '../sandbox.problem.js'
import { saysTheSame } from '../sandbox.store.js'
import type { PaymentItem, PaymentRow, RefundRow, World } from '../sandbox.world.js'
import { refundBill } from './bills.js'
import { requirePayment } from './payments.js'

export const REFUND_HANDLERS = {
  'refunds.approve': (call) => decide(call, 'approved', null),
  'refunds.create': create,
  'refunds.get': ({ id, world }) => found(world.refunds.get(id), 'refund_not_found', id).wire,
  'refunds.list': (call) => {
    const { out_refund_no, payment, status, ...page } = call.query<RefundsListQuery>()
    return call.world.refunds.page(page, { out_refund_no, payment, status })
  },
  'refunds.reject': (call) => decide(call, 'rejected', call.body<RejectRefund>().reason),
} satisfies Record<string, Handler>

/** How long a channel takes to give money back. */
const REFUND_MS = 1_000

function create(call: Call): Answer {
  const { key, world } = call
  const body = call.body<CreateRefund>()
  const asked = amountAsked(body)
  const known = world.refunds.find(({ wire }) => wire.out_refund_no === body.out_refund_no)
  if (known) return existing(known.wire, body, asked)
  const payment = requirePayment(world, body.payment)
  const { items, wire: paid } = payment
  if (paid.status !== 'succeeded') {
    throw new SandboxProblem(
      'payment_not_refundable',
      `The payment is ${paid.status}; only a succeeded payment can be refunded.`,
    )
  }
  const takenBack = paid.amount_refunded + payment.refunding
  const left = paid.amount - takenBack
  const amount = asked ?? left
  if (amount > left || amount <= 0) {
    throw new SandboxProblem(
      'refund_exceeds_payment',
      `At most ${left} is left to refund of this payment; refunds under way count.`,
    )
  }
  const parts = partsOf(payment, amount, body.items)
  for (const { bill, amount: part } of parts) take(items, bill, part)
  payment.refunding += amount
  const { refund_approval_threshold: threshold } = world.department
  const isHeld = threshold !== null && takenBack + amount > threshold
  const wire = newRefund(call, body, { amount, isHeld, items: parts, payment })
  const row = world.refunds.add({ wire, requested_by: key.key_id })
  world.tell('refund.created', wire)
  if (!isHeld) send(world, row)
  return Answer.created(wire)
}

function newRefund(
  { key, world }: Call,
  body: CreateRefund,
  given: Pick<Refund, 'amount' | 'items'> & { isHeld: boolean; payment: PaymentRow },
): Refund {
  const { amount, isHeld, items, payment } = given
  const awaiting = { status: 'awaiting', requested_by: key.key_id } as const
  const undecided = { decided_by: null, decided_at: null, reason: null }
  return {
    id: world.newId('ref'),
    object: 'refund',
    livemode: false,
    payment: payment.wire.id,
    department: payment.wire.department,
    out_refund_no: body.out_refund_no,
    amount,
    currency: payment.wire.currency,
    reason: body.reason ?? null,
    status: isHeld ? 'awaiting_approval' : 'created',
    approval: isHeld ? { ...awaiting, ...undecided } : null,
    failure: null,
    items,
    succeeded_at: null,
    created_at: world.timestamp(),
    metadata: body.metadata ?? {},
  }
}

function existing(known: Refund, body: CreateRefund, amount: number | undefined): Answer {
  const { items, metadata, payment, reason } = body
  const split = items?.map(({ amount: part, bill }) => ({ bill, amount: part }))
  const isSameSplit =
    split === undefined ||
    (split.length === known.items.length &&
      split.every((one) => known.items.some((item) => saysTheSame(item, one))))
  if (isSameSplit && saysTheSame(known, { amount, metadata, payment, reason })) {
    return Answer.existing(known)
  }
  throw new SandboxProblem(
    'refund_conflict',
    `Your out_refund_no belongs to refund ${known.id}, which differs from this request. ` +
      'Send the same parameters to get that refund, or take a new number for another one.',
  )
}

/** Undefined: all that is left. */
function amountAsked({ amount, items }: CreateRefund): number | undefined {
  if (items === undefined) return amount
  const bills = items.map(({ bill }) => bill)
  const index = bills.findIndex((bill, position) => bills.indexOf(bill) !== position)
  if (index !== -1) {
    const message = `${bills[index]} occurs twice: name each bill once, with its whole amount.`
    throw problemAt('refund_item_repeated', message, `/items/${index}/bill`)
  }
  const sum = items.reduce((total, item) => total + item.amount, 0)
  if (amount === undefined || amount === sum) return sum
  const message = `The items add up to ${sum}, the amount is ${amount}.`
  throw problemAt('refund_items_mismatch', message, '/items')
}

/** What is given back of which bill: as asked, else from the last one backwards. */
function partsOf(
  { items, wire }: PaymentRow,
  amount: number,
  asked: CreateRefund['items'],
): Refund['items'] {
  if (asked !== undefined) return asked.map((wish) => partAsked(items, wish))
  if (items.length === 0) return [{ bill: null, department: wire.department, amount }]
  const parts: Refund['items'] = []
  let rest = amount
  for (const item of items.toReversed()) {
    const part = Math.min(rest, item.amount - item.taken_back)
    const { bill, department } = item
    if (part > 0) parts.push({ bill, department, amount: part })
    rest -= part
  }
  return parts
}

function partAsked(
  items: readonly PaymentItem[],
  { amount, bill }: { amount: number; bill: string },
): Refund['items'][number] {
  const item = items.find((one) => one.bill === bill)
  if (item !== undefined && amount <= item.amount - item.taken_back) {
    return { bill, department: item.department, amount }
  }
  const message =
    'The items must name bills of this payment, add up to the amount, and leave no bill below zero.'
  throw problemAt('refund_items_invalid', message, '/items')
}

function take(items: readonly PaymentItem[], bill: string | null, amount: number): void {
  const item = items.find((one) => one.bill === bill)
  if (item) item.taken_back += amount
}

/** Asks the channel for the money. It says yes after a while, or never does. */
function send(world: World, row: RefundRow): void {
  const { wire } = row
  wire.status = 'processing'
  const { order } = requirePayment(world, wire.payment)
  if (order !== null && world.strikes('refund_abnormal', order)) return
  world.clock.schedule('channel', world.clock.now().getTime() + REFUND_MS, () => {
    wire.status = 'succeeded'
    wire.succeeded_at = world.timestamp()
    const payment = requirePayment(world, wire.payment)
    payment.refunding -= wire.amount
    payment.wire.amount_refunded += wire.amount
    for (const { amount, bill } of wire.items) if (bill) refundBill(world, bill, amount)
    world.tell('refund.succeeded', wire)
  })
}

function decide(call: Call, status: 'approved' | 'rejected', reason: string | null): Refund {
  const { id, key, world } = call
  const row = found(world.refunds.get(id), 'refund_not_found', id)
  const { wire } = row
  if (wire.status !== 'awaiting_approval') {
    const isRepeated = wire.approval?.decided_by === key.key_id && wire.approval.status === status
    if (isRepeated) return wire
    const message = `The refund is ${wire.status}: it needs no decision.`
    throw new SandboxProblem('refund_not_awaiting_approval', message)
  }
  if (row.requested_by === key.key_id) {
    throw new SandboxProblem(
      'refund_needs_second_person',
      'This credential asked for the refund, so another one has to decide about it.',
    )
  }
  wire.status = status
  wire.approval = {
    status,
    requested_by: row.requested_by,
    decided_by: key.key_id,
    decided_at: world.timestamp(),
    reason,
  }
  if (status === 'approved') send(world, row)
  else release(world, row)
  return wire
}

function release(world: World, { wire }: RefundRow): void {
  const payment = requirePayment(world, wire.payment)
  payment.refunding -= wire.amount
  for (const { amount, bill } of wire.items) take(payment.items, bill, -amount)
  world.tell('refund.rejected', wire)
}

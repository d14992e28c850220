import type {
  Bill,
  BillsListQuery,
  CreateBill,
  FeeItem,
  UpdateBill,
} from '../../resources/types.js'
import { Answer, type Call, found, type Handler } from '../sandbox.call.js'
import { problemAt, SandboxProblem } from '../sandbox.problem.js'
import { saysTheSame } from '../sandbox.store.js'
import type { BillRow, World } from '../sandbox.world.js'
import { requireFeeItem, requireOpen } from './fee-items.js'

export const BILL_HANDLERS = {
  'bills.create': create,
  'bills.get': ({ id, world }) => requireBill(world, id).wire,
  'bills.list': (call) => {
    const { fee_item, out_bill_no, payer, status, ...page } = call.query<BillsListQuery>()
    return call.world.bills.page(page, { fee_item, out_bill_no, payer, status })
  },
  'bills.update': update,
  'bills.void': voidBill,
} satisfies Record<string, Handler>

export function requireBill(world: World, id: string): BillRow {
  return found(world.bills.get(id), 'bill_not_found', id)
}

function create(call: Call): Answer {
  const { world } = call
  const body = call.body<CreateBill>()
  const known = world.bills.find(({ wire }) => wire.out_bill_no === body.out_bill_no)?.wire
  if (known) {
    if (saysTheSame(known, body)) return Answer.existing(known)
    throw new SandboxProblem(
      'bill_conflict',
      `out_bill_no ${body.out_bill_no} is bill ${known.id}, with other parameters. ` +
        'Use a number of its own for every bill.',
    )
  }
  const wire = newBill(world, body)
  world.bills.add({ wire, reserved: 0 })
  scheduleExpiry(world, wire)
  world.tell('bill.created', wire)
  return Answer.created(wire)
}

function newBill(world: World, body: CreateBill): Bill {
  const gone = 'No such object, or it is not yours.'
  if (!world.payers.get(body.payer)) throw problemAt('payer_not_found', gone, '/payer')
  if (!world.feeItems.get(body.fee_item)) throw problemAt('fee_item_not_found', gone, '/fee_item')
  const feeItem = requireFeeItem(world, body.fee_item)
  requireOpen(feeItem, world.clock.now())
  requireSound(body, feeItem)
  const expires = body.expires_at ?? feeItem.window_ends_at
  if (expires !== null) requireFuture(world, expires)
  return {
    id: world.newId('bill'),
    object: 'bill',
    livemode: false,
    payer: body.payer,
    fee_item: feeItem.id,
    department: feeItem.department,
    out_bill_no: body.out_bill_no,
    title: body.title ?? feeItem.name,
    currency: body.currency ?? feeItem.currency,
    amount: body.amount,
    amount_paid: 0,
    amount_refunded: 0,
    amount_due: body.amount,
    status: 'open',
    lines: body.lines ?? [],
    expires_at: expires === null ? null : new Date(expires).toISOString(),
    created_at: world.timestamp(),
    updated_at: world.timestamp(),
    metadata: body.metadata ?? {},
  }
}

function requireSound({ amount, currency, lines = [] }: CreateBill, feeItem: FeeItem): void {
  if (currency !== undefined && currency !== feeItem.currency) {
    const message = `The bill is in ${currency}, but its fee item is in ${feeItem.currency}.`
    throw problemAt('bill_currency_mismatch', message, '/currency')
  }
  const total = lines.reduce((sum, line) => sum + line.amount, 0)
  if (lines.length > 0 && total !== amount) {
    const message = `The lines add up to ${total}, but the bill's amount is ${amount}.`
    throw problemAt('bill_lines_mismatch', message, '/lines')
  }
}

function requireFuture(world: World, expiresAt: string): void {
  if (new Date(expiresAt) > world.clock.now()) return
  const message = `expires_at must be in the future; ${expiresAt} has passed.`
  throw problemAt('bill_expiry_invalid', message, '/expires_at')
}

function update(call: Call): Bill {
  const { world } = call
  const { wire } = requireBill(world, call.id)
  const { expires_at: given, metadata } = call.body<UpdateBill>()
  const expires = given ? new Date(given).toISOString() : given
  const isMoved = expires !== undefined && expires !== wire.expires_at
  if (!isMoved && saysTheSame(wire, { metadata })) return wire
  if (isMoved) {
    if (wire.status === 'paid' || wire.status === 'void') {
      const message = `Bill ${wire.id} is ${wire.status}: its expiry can't be moved any more.`
      throw problemAt('bill_not_extendable', message, '/expires_at')
    }
    if (expires !== null) requireFuture(world, expires)
    wire.expires_at = expires
    wire.status = wire.amount_paid > 0 ? 'partially_paid' : 'open'
    scheduleExpiry(world, wire)
  }
  if (metadata !== undefined) wire.metadata = metadata
  return told(world, wire, 'bill.updated')
}

function voidBill(call: Call): Bill {
  const { reserved, wire } = requireBill(call.world, call.id)
  if (wire.status === 'void') return wire
  if (reserved > 0) {
    throw new SandboxProblem(
      'bill_being_paid',
      `Bill ${wire.id} is being paid: wait for the payment to end, or close it first.`,
    )
  }
  if (wire.status !== 'open') {
    throw new SandboxProblem(
      'bill_not_voidable',
      `Bill ${wire.id} is ${wire.status}: only an open bill can be voided.`,
    )
  }
  wire.status = 'void'
  return told(call.world, wire, 'bill.voided')
}

/** Whether so much of a bill may be collected now; `reserved` is what other payments hold. */
export function requireCollectable(
  world: World,
  bill: Bill,
  amount: number,
  reserved: number,
): void {
  const isPayable = bill.status === 'open' || bill.status === 'partially_paid'
  if (!isPayable || (bill.expires_at !== null && new Date(bill.expires_at) <= world.clock.now())) {
    const state = isPayable ? 'expired' : bill.status
    throw new SandboxProblem('bill_not_payable', `Bill ${bill.id} is ${state}.`)
  }
  const free = bill.amount_due - reserved
  if (amount > free) {
    throw new SandboxProblem(
      'bill_overpaid',
      `Bill ${bill.id}: ${amount} is more than can be paid; due is ${bill.amount_due}.`,
    )
  }
  if (amount === bill.amount_due) return
  const { partial_payment: parts } = requireFeeItem(world, bill.fee_item)
  if (!parts.allowed) {
    throw new SandboxProblem(
      'bill_partial_not_allowed',
      `Bill ${bill.id} can't be paid in parts: pay the ${bill.amount_due} that is due.`,
    )
  }
  if (amount < (parts.minimum ?? 0) && amount !== free) {
    throw new SandboxProblem(
      'bill_below_minimum',
      `Bill ${bill.id}: a part is at least ${parts.minimum}, or all the ${free} that is left.`,
    )
  }
}

/** What was held becomes money paid. */
export function settleBill(world: World, id: string, amount: number): void {
  const row = requireBill(world, id)
  const { wire } = row
  row.reserved -= amount
  wire.amount_paid += amount
  wire.amount_due -= amount
  wire.status = wire.amount_due === 0 ? 'paid' : 'partially_paid'
  told(world, wire, wire.status === 'paid' ? 'bill.paid' : 'bill.partially_paid')
}

/** What was given back is owed again; the status stays. */
export function refundBill(world: World, id: string, amount: number): void {
  const { wire } = requireBill(world, id)
  wire.amount_refunded += amount
  wire.amount_due += amount
  told(world, wire, 'bill.updated')
}

function scheduleExpiry(world: World, bill: Bill): void {
  const { expires_at: planned } = bill
  if (planned === null) return
  world.clock.schedule('expiry', Date.parse(planned), () => {
    const isOpen = bill.status === 'open' || bill.status === 'partially_paid'
    if (!isOpen || bill.expires_at !== planned) return
    bill.status = 'expired'
    told(world, bill, 'bill.expired')
  })
}

function told(
  world: World,
  bill: Bill,
  type: 'bill.updated' | `bill.${Bill['status']}` | 'bill.voided',
): Bill {
  bill.updated_at = world.timestamp()
  if (type !== 'bill.open' && type !== 'bill.void') world.tell(type, bill)
  return bill
}

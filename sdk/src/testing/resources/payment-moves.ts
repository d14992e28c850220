import type { Payment } from '../../resources/types.js'
import type { PaymentRow, World } from '../sandbox.world.js'
import { requireBill, settleBill } from './bills.js'
import { expire, requireCheckout } from './checkouts.js'

const OPEN: readonly Payment['status'][] = ['created', 'pending', 'processing']

export const isOpen = ({ wire }: PaymentRow): boolean => OPEN.includes(wire.status)

/** The channel took the order: the payer can pay now. */
export function placedPayment(
  world: World,
  { wire }: PaymentRow,
  nextAction: Payment['next_action'],
): void {
  const isTurned = wire.status === 'pending'
  wire.status = 'pending'
  wire.next_action = nextAction
  world.tell(isTurned ? 'payment.channel_changed' : 'payment.pending', wire)
}

/** The channel may or may not have taken the order. */
export function putInDoubt(world: World, { wire }: PaymentRow): void {
  wire.status = 'processing'
  wire.next_action = null
  world.tell('payment.processing', wire)
}

/** Surely no money moved and none will. */
export function failPayment(world: World, row: PaymentRow, code: string, message: string): void {
  row.wire.failure = { code, message }
  end(world, row, 'failed')
}

export function closePayment(world: World, row: PaymentRow): void {
  row.wire.closed_at = world.timestamp()
  end(world, row, 'closed')
}

/** Money moved: booked once, and a late success when the payment is over already. */
export function recordPaid(world: World, row: PaymentRow): void {
  const { wire } = row
  if (wire.status === 'succeeded') return
  if (!isOpen(row)) {
    world.tell('payment.late_success', wire)
    return
  }
  wire.succeeded_at = world.timestamp()
  end(world, row, 'succeeded')
}

function end(world: World, row: PaymentRow, status: 'succeeded' | 'failed' | 'closed'): void {
  const { items, wire } = row
  wire.status = status
  wire.next_action = null
  world.tell(`payment.${status}`, wire)
  for (const { amount, bill } of items) {
    if (bill === null) continue
    if (status === 'succeeded') settleBill(world, bill, amount)
    else requireBill(world, bill).reserved -= amount
  }
  if (wire.checkout === null) return
  const checkout = requireCheckout(world, wire.checkout)
  if (status !== 'succeeded') expire(world, checkout)
  else if (checkout.status === 'open') {
    checkout.status = 'completed'
    world.tell('checkout.completed', checkout)
  }
}

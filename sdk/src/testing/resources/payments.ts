import type {
  ChangePaymentChannel,
  CreatePayment,
  Payment,
  PaymentsListQuery,
  SimulatePayment,
} from '../../resources/types.js'
import { Answer, type Call, found, type Handler } from '../sandbox.call.js'
import { problemAt, SandboxProblem } from '../sandbox.problem.js'
import { saysTheSame } from '../sandbox.store.js'
import type { PaymentRow, World } from '../sandbox.world.js'
import { requireBill, requireCollectable } from './bills.js'
import { type Choice, choiceOf, hearLater, placeOrder } from './channel-orders.js'
import { expiryWithin, openPaymentOf, requireCheckout } from './checkouts.js'
import { requireFeeItem } from './fee-items.js'
import { closePayment, failPayment, isOpen, recordPaid } from './payment-moves.js'

export const PAYMENT_HANDLERS = {
  'payments.changeChannel': changeChannel,
  'payments.close': close,
  'payments.create': create,
  'payments.get': ({ id, world }) => requirePayment(world, id).wire,
  'payments.list': (call) => {
    const { checkout, out_trade_no, status, ...page } = call.query<PaymentsListQuery>()
    return call.world.payments.page(page, { checkout, out_trade_no, status })
  },
  'testHelpers.payments.simulate': (call) => {
    const row = requirePayment(call.world, call.id)
    return play(call.world, row, call.body<SimulatePayment>())
  },
} satisfies Record<string, Handler>

const DEFAULT_MS = 30 * 60_000
/** Notifications that arrive and are believed. */
const HEARD: readonly string[] = ['normal', 'duplicate']

export function requirePayment(world: World, id: string): PaymentRow {
  return found(world.payments.get(id), 'payment_not_found', id)
}

function create(call: Call): Answer {
  const { world } = call
  const body = call.body<CreatePayment>()
  const known = world.payments.find(({ wire }) => wire.out_trade_no === body.out_trade_no)
  if (known) return existing(known.wire, body)
  const choice = body.channel ? choiceOf({ channel: body.channel, method: body.method }) : undefined
  const row = newPayment(world, body)
  if (choice) requireAllowed(world, row, choice.channel)
  for (const { amount, bill } of row.items) if (bill) requireBill(world, bill).reserved += amount
  const { wire } = world.payments.add(row)
  if (choice) Object.assign(wire, choice)
  world.tell('payment.created', wire)
  world.clock.schedule('expiry', Date.parse(wire.expires_at), () => {
    if (wire.status === 'created' || wire.status === 'pending') closeOrder(world, row)
  })
  if (choice) placeOrder(world, row, choice, body.channel_user_id)
  return Answer.created(wire)
}

function existing(known: Payment, body: CreatePayment): Answer {
  const { amount, channel, checkout = null, method, metadata = {}, return_url, subject } = body
  const asked = { amount, channel, checkout, method: known.method && method, return_url, subject }
  const isSame =
    saysTheSame(known, asked) &&
    (checkout !== null ||
      saysTheSame(known, { currency: body.currency, expires_at: body.expires_at })) &&
    (Object.keys(metadata).length === 0 || saysTheSame(known, { metadata }))
  if (isSame) return Answer.existing(known)
  throw new SandboxProblem(
    'payment_conflict',
    `out_trade_no ${known.out_trade_no} is taken by ${known.id} with other parameters. ` +
      'Use a number of its own for each payment.',
  )
}

function newPayment(world: World, body: CreatePayment): PaymentRow {
  requireSource(body)
  const expires = expiryWithin(world, body.expires_at, DEFAULT_MS)
  if (expires === undefined) {
    const message = 'expires_at must be 1 minute to 7 days ahead.'
    throw problemAt('payment_expiry_invalid', message, '/expires_at')
  }
  const { items, ...collected } = collectedBy(world, body, expires)
  const id = world.newId('pay')
  const wire: Payment = {
    id,
    object: 'payment',
    livemode: false,
    created_at: world.timestamp(),
    department: world.department.id,
    wallet: null,
    out_trade_no: body.out_trade_no,
    amount_refunded: 0,
    status: 'created',
    channel: null,
    method: null,
    next_action: null,
    cashier_url: `${world.baseUrl}/cashier/${id}`,
    failure: null,
    succeeded_at: null,
    closed_at: null,
    metadata: body.metadata ?? {},
    ...collected,
  }
  return { wire, items, refunding: 0, order: null }
}

function requireSource({ amount, checkout, subject }: CreatePayment): void {
  if (checkout !== undefined && amount !== undefined) {
    const message = 'A payment collects either a checkout or an amount of its own: send one.'
    throw problemAt('payment_source_ambiguous', message, '/amount')
  }
  if (checkout !== undefined || (amount !== undefined && subject !== undefined)) return
  const pointer = amount === undefined ? '/amount' : '/subject'
  const message = 'A direct payment needs amount and subject.'
  throw problemAt('payment_amount_missing', message, pointer)
}

function collectedBy(world: World, body: CreatePayment, expires: string) {
  const { amount = 0, currency = 'CNY', return_url: returnUrl = null, subject = '' } = body
  if (body.checkout === undefined) {
    const direct = { amount, currency, subject, expires_at: expires, return_url: returnUrl }
    return { ...direct, checkout: null, items: [] }
  }
  const checkout = requireCheckout(world, body.checkout)
  const isOver = new Date(checkout.expires_at) <= world.clock.now()
  if (checkout.status !== 'open' || isOver) {
    const message = 'The checkout is over: it is paid, expired or cancelled.'
    throw new SandboxProblem('checkout_not_payable', message)
  }
  if (openPaymentOf(world, checkout.id)) {
    const message =
      'A payment of this checkout is under way. Close it first, or wait until it ends.'
    throw new SandboxProblem('checkout_not_payable', message)
  }
  const items = checkout.items.map((item) => {
    const row = requireBill(world, item.bill)
    requireCollectable(world, row.wire, item.amount, row.reserved)
    return { ...item, taken_back: 0 }
  })
  return {
    amount: checkout.amount,
    checkout: checkout.id,
    currency: checkout.currency,
    expires_at: expires < checkout.expires_at ? expires : checkout.expires_at,
    items,
    return_url: returnUrl ?? checkout.return_url,
    subject: subject || checkout.title,
  }
}

function requireAllowed(world: World, { items }: PaymentRow, channel: Choice['channel']): void {
  for (const { bill } of items) {
    if (bill === null) continue
    const { channels } = requireFeeItem(world, requireBill(world, bill).wire.fee_item)
    if (channels.length === 0 || channels.includes(channel)) continue
    throw new SandboxProblem('channel_not_allowed', `Bill ${bill} can't be paid by ${channel}.`)
  }
}

function inDoubt(): SandboxProblem {
  return new SandboxProblem(
    'payment_in_doubt',
    'The channel has not said yet whether it took the order. Ask again in a moment.',
    { outcome: 'unknown', retryAfterSeconds: 5 },
  )
}

function close({ id, world }: Call): Payment {
  const row = requirePayment(world, id)
  const { wire } = row
  if (wire.status === 'processing') throw inDoubt()
  if (isOpen(row)) closeOrder(world, row)
  // Its order may turn out to be paid just now.
  if (wire.closed_at !== null) return wire
  throw new SandboxProblem(
    'payment_not_closable',
    `The payment is ${wire.status}; only one that is not paid can be closed.`,
  )
}

/** Closes the order at the channel, or learns that it was paid. */
function closeOrder(world: World, row: PaymentRow): void {
  const { order } = row
  if (order?.state === 'paid') {
    recordPaid(world, row)
    return
  }
  if (order !== null) order.state = 'closed'
  closePayment(world, row)
  if (order !== null && world.strikes('success_after_close', order)) {
    order.state = 'paid'
    hearLater(world, row)
  }
}

function changeChannel(call: Call): Payment {
  const { world } = call
  const row = requirePayment(world, call.id)
  const { wire } = row
  const body = call.body<ChangePaymentChannel>()
  const choice = choiceOf(body)
  requireAllowed(world, row, choice.channel)
  if (wire.status === 'processing') throw inDoubt()
  if (wire.status === 'pending' && row.order?.state === 'paid') recordPaid(world, row)
  if (wire.status === 'succeeded') {
    const message = 'The payment is paid, by the order placed before. Nothing was changed.'
    throw new SandboxProblem('payment_already_paid', message)
  }
  if (wire.status !== 'pending') {
    const message = `The payment is ${wire.status}: there is nothing to change.`
    throw new SandboxProblem('payment_not_changeable', message)
  }
  if (wire.channel === choice.channel && wire.method === choice.method) return wire
  Object.assign(wire, choice)
  placeOrder(world, row, choice, body.channel_user_id)
  return wire
}

/** Plays the payer. */
export function play(world: World, row: PaymentRow, given: SimulatePayment): Payment {
  const { action, channel = 'wechatpay', method } = given
  const { wire } = row
  if (wire.status === 'created' && wire.channel === null) {
    const choice = choiceOf({ channel, method })
    requireAllowed(world, row, choice.channel)
    Object.assign(wire, choice)
    placeOrder(world, row, choice, 'sandbox-payer')
  }
  const { order } = row
  if (order === null || order.state === 'absent' || order.state === 'refused') {
    throw new SandboxProblem(
      'simulation_not_possible',
      'No order was ever placed for this payment, so nobody can pay it.',
    )
  }
  if (action === 'refuse' && order.state === 'open') {
    order.state = 'refused'
    failPayment(world, row, 'pay_error', 'The payer refused to pay.')
  }
  if (action !== 'pay' || order.state === 'paid') return wire
  order.state = 'paid'
  if (HEARD.includes(notificationOf(world, row, given.notify))) recordPaid(world, row)
  else hearLater(world, row)
  return wire
}

/** What the tester chose for the notification, else what a fault makes of it. */
function notificationOf(world: World, { order }: PaymentRow, chosen = 'normal'): string {
  if (chosen !== 'normal' || order === null) return chosen
  const lost = [
    ...(['notify_lost', 'notify_late', 'notify_reordered', 'notify_forged'] as const),
    ...(['notify_wrong_amount', 'notify_wrong_merchant', 'notify_probe'] as const),
  ].find((fault) => world.strikes(fault, order))
  return lost ?? 'normal'
}

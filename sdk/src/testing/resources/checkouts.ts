import type { Checkout, CheckoutsListQuery, CreateCheckout } from '../../resources/types.js'
import { Answer, type Call, found, type Handler } from '../sandbox.call.js'
import { problemAt, SandboxProblem } from '../sandbox.problem.js'
import type { World } from '../sandbox.world.js'
import { requireBill, requireCollectable } from './bills.js'

export const CHECKOUT_HANDLERS = {
  'checkouts.cancel': cancel,
  'checkouts.create': create,
  'checkouts.get': ({ id, world }) => requireCheckout(world, id),
  'checkouts.list': (call) => {
    const { status, ...page } = call.query<CheckoutsListQuery>()
    return call.world.checkouts.page(page, { status })
  },
} satisfies Record<string, Handler>

const MINUTE_MS = 60_000
const AHEAD_MS_MAX = 7 * 24 * 60 * MINUTE_MS
const DEFAULT_MS = 120 * MINUTE_MS

export function requireCheckout(world: World, id: string): Checkout {
  return found(world.checkouts.get(id), 'checkout_not_found', id).wire
}

/** A moment 1 minute to 7 days ahead, or the default; undefined when it is outside of that. */
export function expiryWithin(
  world: World,
  asked: string | undefined,
  defaultMs: number,
): string | undefined {
  const nowMs = world.clock.now().getTime()
  const atMs = asked === undefined ? nowMs + defaultMs : Date.parse(asked)
  const isWithin = atMs - nowMs >= MINUTE_MS && atMs - nowMs <= AHEAD_MS_MAX
  return isWithin ? new Date(atMs).toISOString() : undefined
}

/** The payment of this checkout that is under way, if any. */
export const openPaymentOf = (world: World, id: string) =>
  world.payments.find(
    ({ wire }) =>
      wire.checkout === id && ['created', 'pending', 'processing'].includes(wire.status),
  )

function create(call: Call): Answer {
  const { world } = call
  const body = call.body<CreateCheckout>()
  if ((body.items === undefined) === (body.amount === undefined)) {
    throw new SandboxProblem(
      'checkout_source_ambiguous',
      'Send either items (bills) or amount, one of the two.',
    )
  }
  const expires = expiryWithin(world, body.expires_at, DEFAULT_MS)
  if (expires === undefined) {
    const message = 'expires_at must be 1 minute to 7 days ahead.'
    throw problemAt('checkout_expiry_invalid', message, '/expires_at')
  }
  const id = world.newId('chk')
  const wire: Checkout = {
    id,
    object: 'checkout',
    livemode: false,
    created_at: world.timestamp(),
    department: world.department.id,
    ...collected(world, body),
    currency: body.currency ?? 'CNY',
    status: 'open',
    url: `${world.baseUrl}/cashier/${id}`,
    return_url: body.return_url ?? null,
    expires_at: expires,
    metadata: body.metadata ?? {},
  }
  world.checkouts.add({ wire })
  world.clock.schedule('expiry', Date.parse(expires), () => expire(world, wire))
  return Answer.created(wire)
}

function collected(
  world: World,
  { amount, currency = 'CNY', items: asked = [], title }: CreateCheckout,
): Pick<Checkout, 'amount' | 'items' | 'title'> {
  if (amount !== undefined) {
    if (title !== undefined) return { amount, items: [], title }
    throw problemAt('checkout_source_ambiguous', 'A free amount needs a title.', '/title')
  }
  const ids = asked.map(({ bill }) => bill)
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) {
    throw new SandboxProblem('bill_repeated', `Bill ${repeated} is there twice: name it once.`)
  }
  const bills = ids.map((id) => requireBill(world, id).wire)
  const items = bills.map((bill, index) => {
    const part = asked[index]?.amount ?? bill.amount_due
    // Nothing is held yet: what another payment holds may be free again when this one is paid.
    requireCollectable(world, bill, part, 0)
    return { bill: bill.id, department: bill.department, amount: part }
  })
  if (bills.some((bill) => bill.currency !== currency)) {
    throw new SandboxProblem(
      'checkout_bills_mismatch',
      `Not all of these bills are in ${currency}.`,
    )
  }
  const first = bills[0]?.title ?? ''
  return {
    amount: items.reduce((sum, item) => sum + item.amount, 0),
    items,
    title: title ?? (bills.length === 1 ? first : `${first} 等 ${bills.length} 项`),
  }
}

function cancel({ id, world }: Call): Checkout {
  const checkout = requireCheckout(world, id)
  if (openPaymentOf(world, id)) {
    const message = 'A payment is under way. Close it first.'
    throw new SandboxProblem('checkout_not_cancellable', message)
  }
  if (checkout.status === 'open') checkout.status = 'cancelled'
  if (checkout.status === 'cancelled') return checkout
  throw new SandboxProblem('checkout_not_cancellable', `The checkout is ${checkout.status}.`)
}

/** Out of time, unless somebody began to pay in the last moment: then as soon as that has ended. */
export function expire(world: World, checkout: Checkout): void {
  const isOver = new Date(checkout.expires_at) <= world.clock.now()
  if (checkout.status !== 'open' || !isOver || openPaymentOf(world, checkout.id)) return
  checkout.status = 'expired'
  world.tell('checkout.expired', checkout)
}

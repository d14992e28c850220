import { randomBytes } from 'node:crypto'
import type { CreatePayment, Payment } from '../../resources/types.js'
import { SandboxProblem } from '../sandbox.problem.js'
import type { PaymentRow, World } from '../sandbox.world.js'
import { failPayment, placedPayment, putInDoubt, recordPaid } from './payment-moves.js'

type Method = NonNullable<Payment['method']>

/** The channels that are played, and how a payer meets each; the first way is the default. */
const METHODS: Readonly<Record<string, readonly Method[]>> = {
  wechatpay: ['native', 'jsapi', 'h5'],
  alipay: ['native', 'page', 'h5'],
  unionpay: ['page', 'h5'],
  abc: ['page', 'h5', 'native'],
}

/** How long the platform asks before it gives up an order that did not arrive. */
const DOUBT_MS = 60_000
/** When a payment is asked about for the first time. */
const QUERY_MS = 3_000

export interface Choice {
  readonly channel: NonNullable<CreatePayment['channel']>
  readonly method: Method
}

/** A channel and perhaps a method, as a whole choice; refused when nobody plays it. */
export function choiceOf(wish: {
  readonly channel: Choice['channel']
  readonly method?: Method | undefined
}): Choice {
  const { channel } = wish
  const methods = METHODS[channel]
  const method = wish.method ?? methods?.[0]
  if (methods === undefined || method === undefined) {
    throw new SandboxProblem(
      'channel_account_missing',
      `The in-process sandbox plays ${Object.keys(METHODS).join(', ')}, and not ${channel}.`,
    )
  }
  if (methods.includes(method)) return { channel, method }
  throw new SandboxProblem(
    'payment_method_unsupported',
    `${channel} does not know the method ${method}.`,
  )
}

/** Places the order at the channel and records what it says. */
export function placeOrder(
  world: World,
  row: PaymentRow,
  { channel, method }: Choice,
  userId: string | undefined,
): void {
  const { amount } = row.wire
  const order = { channel, method, amount, state: 'open' as const }
  row.order = { ...order }
  if (method === 'jsapi' && userId === undefined) {
    row.order.state = 'refused'
    failPayment(world, row, 'channel_user_id_missing', 'Send the openid as channel_user_id.')
    return
  }
  if (world.strikes('order_refused', order)) {
    row.order.state = 'refused'
    failPayment(world, row, 'order_refused', 'The channel refused the order.')
    return
  }
  const doubt = doubtOf(world, order)
  if (doubt === undefined) placedPayment(world, row, nextActionOf(method))
  else leaveInDoubt(world, row, doubt)
}

type Doubt = 'absent' | 'open' | 'paid'

/** When no clear answer comes: what the order really is, which nobody knows yet. */
function doubtOf(world: World, order: { amount: number; channel: string }): Doubt | undefined {
  const isStruck = (fault: Parameters<World['strikes']>[0]) => world.strikes(fault, order)
  if (isStruck('unknown_then_paid')) return 'paid'
  if (isStruck('unknown_then_failed') || isStruck('timeout_before_acceptance')) return 'absent'
  if (isStruck('timeout_after_acceptance') || isStruck('result_unknown')) return 'open'
  return undefined
}

function leaveInDoubt(world: World, row: PaymentRow, state: Doubt): void {
  const { order } = row
  if (order === null) return
  order.state = state
  putInDoubt(world, row)
  const delayMs = state === 'paid' ? QUERY_MS : DOUBT_MS
  world.clock.schedule('channel', world.clock.now().getTime() + delayMs, () => {
    if (row.order !== order) return
    if (order.state === 'paid') recordPaid(world, row)
    if (row.wire.status !== 'processing') return
    const [code, message] =
      order.state === 'absent'
        ? ['order_not_placed', 'The order did not reach the channel.']
        : ['order_closed', 'The channel closed the order before it was paid.']
    order.state = 'closed'
    failPayment(world, row, code ?? '', message ?? '')
  })
}

function nextActionOf(method: Method): Payment['next_action'] {
  const token = randomBytes(8).toString('hex')
  const url = `https://channel.sandbox.openbursar.test/pay/${token}`
  switch (method) {
    case 'native':
      return { type: 'show_qr', code_url: `weixin://wxpay/bizpayurl?pr=${token}` }
    case 'jsapi':
      return { type: 'invoke_jsapi', parameters: { package: `prepay_id=${token}` } }
    default:
      return { type: 'redirect', url }
  }
}

/** What becomes of a notification that does not arrive as it should: the next question tells. */
export function hearLater(world: World, row: PaymentRow): void {
  world.clock.schedule('channel', world.clock.now().getTime() + QUERY_MS, () =>
    recordPaid(world, row),
  )
}

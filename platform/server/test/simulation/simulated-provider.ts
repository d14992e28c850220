import type {
  ChannelNotification,
  ChannelOrder,
  ChannelRefund,
  OrderState,
  RefundState,
} from '../../src/domains/channels/channel.port.js'
import type { Clock } from '../../src/kernel/clock.js'
import { type Money, money } from '../../src/kernel/money.js'
import type { Random } from './random.js'

interface ProviderOrder {
  readonly order_no: string
  readonly account_id: string
  readonly merchant_id: string
  readonly amount: Money
  readonly expires_at: Date
  state: 'waiting' | 'paid' | 'closed' | 'failed'
  transaction_no: string
  paid_at: Date | null
  /** All refunds accepted so far. */
  refunded: bigint
  /** Its payer walked away, and will not come back. */
  isAbandoned: boolean
}

interface ProviderRefund {
  readonly refund_no: string
  readonly order: ProviderOrder
  readonly amount: Money
  state: 'processing' | 'succeeded' | 'failed'
  succeeded_at: Date | null
}

/** A notification under way: to be delivered any number of times, at any time. */
export interface Letter {
  readonly account_id: string
  readonly what: 'payments' | 'refunds'
  readonly body: string
  /**
   * Money on an order that was closed: nobody asks about it any more, so only the letter tells of it.
   * Providers send it again for a day; what is lost even then is for the statement to find.
   */
  readonly mustArrive: boolean
}

/**
 * The provider as it really is: the one who knows where the money went. It belongs to the outside world,
 * so it survives every crash of ours, and at the end our books are compared with it.
 */
export class SimulatedProvider {
  readonly orders = new Map<string, ProviderOrder>()
  readonly refunds = new Map<string, ProviderRefund>()
  /** Written, signed and not yet thrown away. */
  readonly letters: Letter[] = []
  private readonly signed = new Map<string, ChannelNotification>()
  private letterCount = 0
  isDown = false

  private readonly random: Random
  private readonly clock: Clock

  constructor(random: Random, clock: Clock) {
    this.random = random
    this.clock = clock
  }

  place(account_id: string, merchant_id: string, order: ChannelOrder): 'placed' | 'paid' | 'over' {
    const known = this.orders.get(order.order_no)
    if (known) {
      if (known.state === 'paid') return 'paid'
      return known.state === 'waiting' ? 'placed' : 'over'
    }
    this.orders.set(order.order_no, {
      ...{ order_no: order.order_no, account_id, merchant_id, amount: order.amount },
      ...{ expires_at: order.expires_at, state: 'waiting', transaction_no: '' },
      ...{ paid_at: null, refunded: 0n, isAbandoned: false },
    })
    return 'placed'
  }

  /** The payer confirms. An order that was closed a moment ago may still take money that was on its way. */
  pay(order: ProviderOrder): boolean {
    if (order.isAbandoned || order.state === 'paid' || order.state === 'failed') return false
    const wasClosed = order.state === 'closed'
    order.state = 'paid'
    order.paid_at = this.clock.now()
    order.transaction_no = `42${order.order_no}`
    const news = {
      kind: 'order',
      order_no: order.order_no,
      state: this.stateOf(order.order_no),
    } as const
    this.write(order.account_id, 'payments', news, wasClosed)
    return true
  }

  refuse(order: ProviderOrder): void {
    if (order.state === 'waiting') order.state = 'failed'
  }

  close(orderNo: string): 'closed' | 'paid' | 'unknown' {
    const order = this.orders.get(orderNo)
    if (!order) return 'unknown'
    if (order.state === 'paid') return 'paid'
    order.state = order.state === 'waiting' ? 'closed' : order.state
    return 'closed'
  }

  stateOf(orderNo: string): OrderState {
    const order = this.orders.get(orderNo)
    if (!order) return { kind: 'not_found' }
    switch (order.state) {
      case 'waiting':
        return { kind: 'waiting' }
      case 'closed':
        return { kind: 'closed' }
      case 'failed':
        return { kind: 'failed', code: 'pay_error', message: 'the payer’s bank refused' }
      case 'paid':
        return {
          kind: 'paid',
          order_no: order.order_no,
          merchant_id: order.merchant_id,
          transaction_no: order.transaction_no,
          amount: order.amount,
          paid_at: order.paid_at ?? this.clock.now(),
        }
    }
  }

  /** The same number is the same refund; never more than was paid. */
  refund(asked: ChannelRefund): RefundState {
    const known = this.refunds.get(asked.refund_no)
    if (known) return this.refundStateOf(asked.refund_no)
    const order = this.orders.get(asked.order.order_no)
    if (order?.state !== 'paid' || order.refunded + asked.amount.minor > order.amount.minor) {
      return { kind: 'failed', code: 'not_enough', message: 'more than is left of the order' }
    }
    order.refunded += asked.amount.minor
    const { refund_no, amount } = asked
    this.refunds.set(refund_no, {
      refund_no,
      order,
      amount,
      state: 'processing',
      succeeded_at: null,
    })
    return this.refundStateOf(refund_no)
  }

  refundStateOf(refundNo: string): RefundState {
    const refund = this.refunds.get(refundNo)
    if (!refund) return { kind: 'not_found' }
    if (refund.state === 'processing') return { kind: 'processing' }
    if (refund.state === 'failed') {
      return { kind: 'failed', code: 'refund_closed', message: 'the payer’s account is closed' }
    }
    const { refund_no, order, amount, succeeded_at } = refund
    return {
      ...{ kind: 'succeeded', refund_no, order_no: order.order_no, amount },
      succeeded_at: succeeded_at ?? this.clock.now(),
    }
  }

  /** Pays a refund out, or, sometimes, cannot. */
  settleRefund(refund: ProviderRefund, mayFail: boolean): void {
    if (refund.state !== 'processing') return
    if (mayFail && this.random.chance(0.1)) {
      refund.state = 'failed'
      refund.order.refunded -= refund.amount.minor
    } else {
      refund.state = 'succeeded'
      refund.succeeded_at = this.clock.now()
    }
    this.write(refund.order.account_id, 'refunds', {
      kind: 'refund',
      refund_no: refund.refund_no,
      state: this.refundStateOf(refund.refund_no),
    })
  }

  /** A letter that the provider really signed, about money that never came: it must not be believed. */
  writeWrongly(order: ProviderOrder): void {
    order.isAbandoned = true
    const { order_no, merchant_id, amount } = order
    const paid = { kind: 'paid', order_no, transaction_no: `42${order_no}` } as const
    const paid_at = this.clock.now()
    const wrong: OrderState = this.random.chance(0.5)
      ? { ...paid, merchant_id, paid_at, amount: money(amount.minor + 1n, amount.currency) }
      : { ...paid, merchant_id: 'somebody-else', paid_at, amount }
    this.write(order.account_id, 'payments', {
      ...{ kind: 'order', order_no: order.order_no, state: wrong },
    })
  }

  /** Null: nobody of ours signed this. */
  read(body: string): ChannelNotification | null {
    return this.signed.get(body) ?? null
  }

  private write(
    account_id: string,
    what: Letter['what'],
    content: ChannelNotification,
    mustArrive = false,
  ): void {
    this.letterCount += 1
    const body = `letter ${this.letterCount}`
    this.signed.set(body, content)
    this.letters.push({ account_id, what, body, mustArrive })
  }
}

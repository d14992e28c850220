import { ChannelError } from '../../src/domains/channels/channel.errors.js'
import type {
  AccountCheck,
  Channel,
  ChannelAccount,
  ChannelNotification,
  ChannelOrder,
  ChannelRefund,
  CloseOrderResult,
  OrderRef,
  OrderState,
  PlaceOrderResult,
  RawNotification,
  RefundRef,
  RefundState,
  StatementResult,
} from '../../src/domains/channels/channel.port.js'
import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'
import type { SimulatedProvider } from './simulated-provider.js'

/** How often the network loses a question, and how often an answer. */
const LOST = 0.06

/**
 * The way to the provider, over which questions and answers get lost, and on both of whose ends the
 * caller may die: before the provider heard anything, and after it did what was asked.
 */
export class SimulatedChannel implements Channel {
  readonly code = 'wechatpay'
  readonly methods = ['native', 'h5'] as const

  private readonly provider: SimulatedProvider
  private readonly scheduler: Scheduler
  private readonly random: Random

  constructor(provider: SimulatedProvider, scheduler: Scheduler, random: Random) {
    this.provider = provider
    this.scheduler = scheduler
    this.random = random
  }

  placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    return this.call('place', (): PlaceOrderResult => {
      switch (this.provider.place(account.id, account.merchant_id, order)) {
        case 'placed':
          return {
            kind: 'placed',
            next_action: { type: 'show_qr', code_url: `weixin://${order.order_no}` },
          }
        case 'paid':
          return { kind: 'already_paid' }
        case 'over':
          return { kind: 'refused', code: 'order_closed', message: 'the order is over' }
      }
    })
  }

  queryOrder(_: ChannelAccount, { order_no }: OrderRef): Promise<OrderState> {
    return this.call('query', () => this.provider.stateOf(order_no))
  }

  closeOrder(_: ChannelAccount, { order_no }: OrderRef): Promise<CloseOrderResult> {
    return this.call('close', (): CloseOrderResult => {
      const state = this.provider.close(order_no)
      if (state === 'unknown') return { kind: 'unknown', reason: 'no such order, or not yet' }
      return { kind: state === 'paid' ? 'already_paid' : 'closed' }
    })
  }

  refund(_: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    return this.call('refund', () => this.provider.refund(refund))
  }

  queryRefund(_: ChannelAccount, { refund_no }: RefundRef): Promise<RefundState> {
    return this.call('refund query', () => this.provider.refundStateOf(refund_no))
  }

  fetchStatement = async (): Promise<StatementResult> => ({ kind: 'empty' })
  checkAccount = async (): Promise<AccountCheck> => ({ kind: 'works' })

  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification {
    const known = this.provider.read(raw.body.toString())
    if (known && account.merchant_id !== '') return known
    throw new ChannelError('notification_invalid', 'the signature is wrong')
  }

  acceptNotification = () => ({ status: 204, content_type: 'application/json', body: '' })
  refuseNotification = (reason: string) => ({
    ...{ status: 400, content_type: 'application/json' },
    body: JSON.stringify({ code: 'FAIL', message: reason }),
  })

  private async call<T>(
    what: string,
    ask: () => T,
  ): Promise<T | { kind: 'unknown'; reason: string }> {
    const isInTask = this.scheduler.current() !== null
    await this.scheduler.turn(`before the ${what}`)
    if (isInTask && (this.provider.isDown || this.random.chance(LOST))) return lost('question')
    const answer = ask()
    await this.scheduler.turn(`after the ${what}`)
    return isInTask && this.random.chance(LOST) ? lost('answer') : answer
  }
}

function lost(what: string): { kind: 'unknown'; reason: string } {
  return { kind: 'unknown', reason: `the ${what} got lost` }
}

import { Injectable } from '@nestjs/common'
import type {
  AccountCheck,
  Channel,
  ChannelAccount,
  ChannelOrder,
  ChannelRefund,
  CloseOrderResult,
  NotificationAnswer,
  OrderRef,
  OrderState,
  PlaceOrderResult,
  RefundRef,
  RefundState,
  StatementLine,
  StatementResult,
} from '../channel.port.js'
import {
  answerNotification,
  refusalOfOrder,
  refuseAnyNotification,
} from '../in-house-channel.rules.js'
import { orderStateOf, placeResultOf, refundStateOf, statementLineOf } from './cash.mapper.js'
import { CounterJournalService } from './counter-journal.service.js'
import { CounterOrderService } from './counter-order.service.js'
import { CounterRefundService } from './counter-refund.service.js'

/**
 * Money that a cashier takes at a counter, in cash or by a card terminal. The counter’s own records stand
 * where the provider would be: its orders, its refunds, and a journal that is the statement.
 */
@Injectable()
export class CashChannel implements Channel {
  readonly code = 'cash'
  readonly methods = ['counter'] as const

  constructor(
    private readonly orders: CounterOrderService,
    private readonly refunds: CounterRefundService,
    private readonly journal: CounterJournalService,
  ) {}

  async placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    const unsupported = refusalOfOrder(order, this.methods)
    if (unsupported) return unsupported
    const { minor: amount, currency } = order.amount
    const { order_no, description, expires_at } = order
    const row = await this.orders.place({
      ...tenantOf(account),
      channel_account_id: account.id,
      ...{ order_no, amount, currency, description, expires_at },
    })
    return placeResultOf(row, { amount, currency, account_id: account.id })
  }

  async queryOrder(account: ChannelAccount, { order_no }: OrderRef): Promise<OrderState> {
    const tenant = tenantOf(account)
    const row = await this.orders.find(tenant, order_no)
    const isPaid = row?.status === 'paid'
    const entry = isPaid ? await this.orders.receiptOf(tenant, order_no) : null
    return orderStateOf(account, row, entry)
  }

  async closeOrder(account: ChannelAccount, { order_no }: OrderRef): Promise<CloseOrderResult> {
    const row = await this.orders.close(tenantOf(account), order_no)
    if (!row) return { kind: 'not_found' }
    return row.status === 'paid' ? { kind: 'already_paid' } : { kind: 'closed' }
  }

  async refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    const result = await this.refunds.request({
      ...tenantOf(account),
      refund_no: refund.refund_no,
      order_no: refund.order.order_no,
      amount: refund.amount.minor,
      currency: refund.amount.currency,
      reason: refund.reason,
    })
    if (result.kind === 'known') return refundStateOf(result.refund)
    return { kind: 'failed', code: result.code, message: result.message }
  }

  async queryRefund(account: ChannelAccount, { refund_no }: RefundRef): Promise<RefundState> {
    const row = await this.refunds.find(tenantOf(account), refund_no)
    return row ? refundStateOf(row) : { kind: 'not_found' }
  }

  async fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult> {
    const tenant = tenantOf(account)
    if (!(await this.journal.isOver(tenant, day))) {
      return { kind: 'not_ready', reason: 'the business day is not over' }
    }
    const first = await this.journal.entriesOf(tenant, account.id, day).next()
    if (first.done) return { kind: 'empty' }
    return { kind: 'ready', lines: this.linesOf(account, day), totals: null }
  }

  private async *linesOf(account: ChannelAccount, day: string): AsyncGenerator<StatementLine> {
    let lineNo = 0
    for await (const entry of this.journal.entriesOf(tenantOf(account), account.id, day)) {
      lineNo += 1
      yield statementLineOf(entry, lineNo)
    }
  }

  /** There is nobody to ask, and nothing that could be wrong. */
  checkAccount = async (): Promise<AccountCheck> => ({ kind: 'works' })

  readNotification = refuseAnyNotification
  acceptNotification = (): NotificationAnswer => answerNotification(200, 'ok')
  refuseNotification = (reason: string): NotificationAnswer => answerNotification(400, reason)
}

const tenantOf = ({ institution_id, livemode }: ChannelAccount) => ({ institution_id, livemode })

import { Injectable } from '@nestjs/common'
import { WalletOrderService } from '../../wallets/wallet-order.service.js'
import { WalletRefundService } from '../../wallets/wallet-refund.service.js'
import { WalletStatementService } from '../../wallets/wallet-statement.service.js'
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
import {
  orderStateOf,
  placeResultOf,
  refundStateOf,
  statementLineOf,
} from './campus-card.mapper.js'
import { campusCardLimits } from './campus-card.settings.js'

/**
 * The campus card (校园卡): stored value of this platform, behind the same port as every provider, so that
 * its payments live, are recovered and are reconciled in the same way. Its “network” is a transaction of
 * the wallets module. See docs/decisions/0019-campus-card-clearing.md.
 */
@Injectable()
export class CampusCardChannel implements Channel {
  readonly code = 'campus_card'
  readonly methods = ['wallet'] as const

  constructor(
    private readonly orders: WalletOrderService,
    private readonly refunds: WalletRefundService,
    private readonly statements: WalletStatementService,
  ) {}

  async placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    // Settings that fit no schema: nothing is placed until somebody corrects them.
    campusCardLimits(account)
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
    return orderStateOf(account, await this.orders.find(tenantOf(account), order_no))
  }

  async closeOrder(account: ChannelAccount, { order_no }: OrderRef): Promise<CloseOrderResult> {
    const row = await this.orders.close(tenantOf(account), order_no)
    if (!row) return { kind: 'not_found' }
    return row.status === 'paid' ? { kind: 'already_paid' } : { kind: 'closed' }
  }

  async refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    const result = await this.refunds.refund({
      ...tenantOf(account),
      refund_no: refund.refund_no,
      order_no: refund.order.order_no,
      amount: refund.amount.minor,
      currency: refund.amount.currency,
      reason: refund.reason,
    })
    if (result.kind === 'refunded') return refundStateOf(result.movement)
    return { kind: 'failed', code: result.code, message: result.message }
  }

  async queryRefund(account: ChannelAccount, { refund_no }: RefundRef): Promise<RefundState> {
    const movement = await this.refunds.find(tenantOf(account), refund_no)
    return movement ? refundStateOf(movement) : { kind: 'not_found' }
  }

  async fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult> {
    const tenant = tenantOf(account)
    if (!(await this.statements.isOver(tenant, day))) {
      return { kind: 'not_ready', reason: 'the business day is not over' }
    }
    const first = await this.statements.movementsOf(tenant, account.id, day).next()
    if (first.done) return { kind: 'empty' }
    return { kind: 'ready', lines: this.linesOf(account, day), totals: null }
  }

  private async *linesOf(account: ChannelAccount, day: string): AsyncGenerator<StatementLine> {
    let lineNo = 0
    for await (const movement of this.statements.movementsOf(tenantOf(account), account.id, day)) {
      lineNo += 1
      yield statementLineOf(movement, lineNo)
    }
  }

  /** There is nobody to ask: it works when its settings are what they should be. */
  async checkAccount(account: ChannelAccount): Promise<AccountCheck> {
    campusCardLimits(account)
    return { kind: 'works' }
  }

  readNotification = refuseAnyNotification
  acceptNotification = (): NotificationAnswer => answerNotification(200, 'ok')
  refuseNotification = (reason: string): NotificationAnswer => answerNotification(400, reason)
}

const tenantOf = ({ institution_id, livemode }: ChannelAccount) => ({ institution_id, livemode })

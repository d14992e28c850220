import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '../../../kernel/clock.js'
import { ChannelError } from '../channel.errors.js'
import type {
  AccountCheck,
  Channel,
  ChannelAccount,
  ChannelNotification,
  ChannelOrder,
  ChannelRefund,
  CloseOrderResult,
  NotificationAnswer,
  OrderRef,
  OrderState,
  PlaceOrderResult,
  RawNotification,
  RefundRef,
  RefundState,
  StatementResult,
} from '../channel.port.js'
import { AlipayClient } from './alipay.client.js'
import {
  closingOf,
  isSpokenCurrency,
  mapAccountCheck,
  mapClosing,
  mapNotifiedTrade,
  mapOrderQuery,
  mapPlacing,
  toBillUrl,
  toClosing,
  toPlacing,
  toQuery,
  toRefund,
  toRefundQuery,
  unknown,
} from './alipay.mapper.js'
import { type AlipayMerchant, alipayMerchant } from './alipay.settings.js'
import { openNotification } from './alipay.signature.js'
import { mapBillUrl, readStatement } from './alipay.statement.js'
import { NotificationMessage } from './alipay.wire.js'
import { mapRefunding, mapRefundQuery, settleRefunding } from './alipay-refund.mapper.js'

const DEADLINE_MS = 10_000
/** A statement is a file: it may take longer than an answer. */
const DOWNLOAD_DEADLINE_MS = 120_000

export interface AlipayOptions {
  readonly clock?: Clock
  readonly deadlineMs?: number
}

const CURRENCY_REFUSAL = { code: 'currency_unsupported', message: 'Alipay takes CNY only' } as const

/** Alipay's OpenAPI: a QR code, a page for a desk, a page for a phone. */
export class AlipayChannel implements Channel {
  readonly code = 'alipay'
  readonly methods = ['native', 'page', 'h5'] as const
  private readonly client: AlipayClient
  private readonly deadlineMs: number

  constructor(options: AlipayOptions = {}) {
    this.client = new AlipayClient(options.clock ?? systemClock)
    this.deadlineMs = options.deadlineMs ?? DEADLINE_MS
  }

  async placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    const merchant = alipayMerchant(account)
    if (!isSpokenCurrency(order.amount)) return { kind: 'refused', ...CURRENCY_REFUSAL }
    const call = toPlacing(order)
    if (!call) {
      const message = `Alipay is not paid by ${order.method} here`
      return { kind: 'refused', code: 'method_unsupported', message }
    }
    if (order.method !== 'native') {
      const url = this.client.redirectUrl(merchant, call)
      return { kind: 'placed', next_action: { type: 'redirect', url } }
    }
    return mapPlacing(await this.client.send(merchant, call, this.deadline()), order.order_no)
  }

  async queryOrder(account: ChannelAccount, order: OrderRef): Promise<OrderState> {
    return this.query(alipayMerchant(account), order.order_no, this.deadline())
  }

  async closeOrder(account: ChannelAccount, order: OrderRef): Promise<CloseOrderResult> {
    const merchant = alipayMerchant(account)
    const { order_no } = order
    const signal = this.deadline()
    const reply = await this.client.send(merchant, toClosing(order_no), signal)
    const result = mapClosing(reply, order_no)
    return result === 'ask' ? closingOf(await this.query(merchant, order_no, signal)) : result
  }

  async refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    const merchant = alipayMerchant(account)
    if (!isSpokenCurrency(refund.amount)) return { kind: 'failed', ...CURRENCY_REFUSAL }
    const { refund_no, amount } = refund
    const asked = { refund_no, amount, order_no: refund.order.order_no }
    const signal = this.deadline()
    const answer = mapRefunding(await this.client.send(merchant, toRefund(refund), signal), asked)
    if (answer.kind === 'ended') return answer.state
    const call = toRefundQuery(refund_no, asked.order_no)
    const queried = mapRefundQuery(await this.client.send(merchant, call, signal), asked)
    return settleRefunding(queried, asked, answer.otherwise)
  }

  async queryRefund(account: ChannelAccount, refund: RefundRef): Promise<RefundState> {
    const { refund_no } = refund
    const { order_no } = refund.order
    const call = toRefundQuery(refund_no, order_no)
    const reply = await this.client.send(alipayMerchant(account), call, this.deadline())
    return mapRefundQuery(reply, { refund_no, order_no })
  }

  async fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult> {
    const merchant = alipayMerchant(account)
    const reply = await this.client.send(merchant, toBillUrl(day), this.deadline())
    const found = mapBillUrl(reply, merchant)
    if (found.kind !== 'found') return found
    const signal = AbortSignal.timeout(DOWNLOAD_DEADLINE_MS)
    const archive = await this.client.download(found.url, signal)
    if (typeof archive === 'string') return unknown(archive)
    return readStatement(archive, { merchant_id: merchant.merchant_id, day })
  }

  async checkAccount(account: ChannelAccount): Promise<AccountCheck> {
    const orderNo = `CHECK${randomBytes(10).toString('hex').toUpperCase()}`
    const merchant = alipayMerchant(account)
    return mapAccountCheck(await this.client.send(merchant, toQuery(orderNo), this.deadline()))
  }

  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification {
    const merchant = alipayMerchant(account)
    if (!/^application\/x-www-form-urlencoded\b/i.test(raw.headers['content-type'] ?? '')) {
      throw invalid('it is not a form')
    }
    const opened = openNotification(raw.body, merchant)
    if (opened.kind === 'refused') throw invalid(opened.fault)
    const parsed = NotificationMessage.safeParse(opened.fields)
    if (!parsed.success) throw invalid('it is signed but fits no schema')
    const message = parsed.data
    if (message.app_id !== merchant.app_id) throw invalid('it is about another app')
    if (message.seller_id !== merchant.merchant_id) throw invalid('it is about another merchant')
    if (!/^utf-?8$/i.test(message.charset)) throw invalid('its charset is not utf-8')
    if (message.notify_type !== 'trade_status_sync') throw unsupported(message.notify_type)
    return { kind: 'order', order_no: message.out_trade_no, state: mapNotifiedTrade(message) }
  }

  /** These seven letters exactly; anything else makes Alipay send it again. */
  acceptNotification(): NotificationAnswer {
    return { status: 200, content_type: 'text/plain', body: 'success' }
  }

  refuseNotification(): NotificationAnswer {
    return { status: 400, content_type: 'text/plain', body: 'fail' }
  }

  /** One for everything a call of the port does, however often it asks. */
  private deadline(): AbortSignal {
    return AbortSignal.timeout(this.deadlineMs)
  }

  private async query(
    merchant: AlipayMerchant,
    orderNo: string,
    signal: AbortSignal,
  ): Promise<OrderState> {
    const reply = await this.client.send(merchant, toQuery(orderNo), signal)
    return mapOrderQuery(reply, orderNo, merchant.merchant_id)
  }
}

function invalid(fault: string): ChannelError {
  return new ChannelError('notification_invalid', `Alipay notification refused: ${fault}`)
}

function unsupported(type: string): ChannelError {
  return new ChannelError(
    'notification_unsupported',
    `Alipay notification of type ${JSON.stringify(type.slice(0, 64))} is not followed here`,
  )
}

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
import { decodeUtf8, UnionpayClient } from './unionpay.client.js'
import { type Fields, parseForm } from './unionpay.fields.js'
import {
  isSpokenCurrency,
  isSpokenMethod,
  mapCheck,
  mapClosing,
  mapOrder,
  mapOrderQuery,
  mapRefund,
  mapRefunding,
  mapRefundQuery,
  mapRepeatedRefund,
  toOrderQuery,
  toPayment,
  toRefund,
  toRefundQuery,
} from './unionpay.mapper.js'
import { type UnionpayMerchant, unionpayMerchant } from './unionpay.settings.js'
import { findSignatureFault, signFields } from './unionpay.signature.js'
import { FILE_ANSWER_BYTES_MAX, mapStatement, toFileRequest } from './unionpay.statement.js'
import { toTxnTime } from './unionpay.time.js'
import { COMMON_FIELDS, PATH, TRANSACTION, TransactionMessage } from './unionpay.wire.js'

const DEADLINE_MS = 10_000

export interface UnionpayOptions {
  /** That of the wire: of signatures and certificates. */
  readonly clock?: Clock
  /** That of orders and statements, which a test clock may move; absent: the same. */
  readonly businessClock?: Clock
  readonly deadlineMs?: number
}

const CURRENCY_REFUSAL = {
  code: 'currency_unsupported',
  message: 'UnionPay is asked for CNY only',
} as const

const METHOD_REFUSAL = {
  code: 'method_unsupported',
  message: 'UnionPay is paid on a page: choose page, or h5 on a phone',
} as const

/** UnionPay's online gateway 5.1.0: the payer's browser brings the order there. */
export class UnionpayChannel implements Channel {
  readonly code = 'unionpay'
  readonly methods = ['page', 'h5'] as const
  private readonly wireClock: Clock
  private readonly clock: Clock
  private readonly client: UnionpayClient

  constructor(options: UnionpayOptions = {}) {
    this.wireClock = options.clock ?? systemClock
    this.clock = options.businessClock ?? this.wireClock
    this.client = new UnionpayClient(this.wireClock, options.deadlineMs ?? DEADLINE_MS)
  }

  /** Calls nobody: UnionPay hears of the order when the browser arrives with the form. */
  async placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    const merchant = unionpayMerchant(account)
    if (!isSpokenMethod(order.method)) return { kind: 'refused', ...METHOD_REFUSAL }
    if (!isSpokenCurrency(order.amount)) return { kind: 'refused', ...CURRENCY_REFUSAL }
    const form = { ...COMMON_FIELDS, merId: merchant.merchant_id, ...toPayment(order) }
    const fields = await signFields(form, merchant)
    const url = merchant.frontUrl + PATH.front
    return { kind: 'placed', next_action: { type: 'submit_form', url, fields } }
  }

  async queryOrder(account: ChannelAccount, order: OrderRef): Promise<OrderState> {
    const reply = await this.query(unionpayMerchant(account), toOrderQuery(order))
    return mapOrderQuery(reply, this.clock.now())
  }

  async closeOrder(account: ChannelAccount, order: OrderRef): Promise<CloseOrderResult> {
    const reply = await this.query(unionpayMerchant(account), toOrderQuery(order))
    return mapClosing(reply, this.clock.now())
  }

  /** A refusal is checked by a query: it may be about this call only, while one before it arrived. */
  async refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    const merchant = unionpayMerchant(account)
    if (!isSpokenCurrency(refund.amount)) return { kind: 'failed', ...CURRENCY_REFUSAL }
    const deadline = this.client.deadline()
    const call = { url: merchant.baseUrl + PATH.back, fields: toRefund(refund) }
    const answer = mapRefunding(await this.client.send(merchant, call, deadline))
    if (answer.kind === 'answered') return answer.state
    const reply = await this.query(merchant, toRefundQuery(refund), deadline)
    return mapRepeatedRefund(reply, refund, answer.whenNotFound)
  }

  async queryRefund(account: ChannelAccount, refund: RefundRef): Promise<RefundState> {
    const reply = await this.query(unionpayMerchant(account), toRefundQuery(refund))
    return mapRefundQuery(reply, refund)
  }

  async fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult> {
    const merchant = unionpayMerchant(account)
    const now = this.clock.now()
    const reply = await this.client.send(merchant, {
      url: merchant.fileUrl,
      fields: toFileRequest(day, toTxnTime(now)),
      bytesMax: FILE_ANSWER_BYTES_MAX,
    })
    return mapStatement(reply, { day, merchantId: merchant.merchant_id, now })
  }

  async checkAccount(account: ChannelAccount): Promise<AccountCheck> {
    const order_no = `CHECK${randomBytes(12).toString('hex').toUpperCase()}`
    const nobody = toOrderQuery({ order_no, placed_at: this.clock.now() })
    return mapCheck(await this.query(unionpayMerchant(account), nobody))
  }

  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification {
    const merchant = unionpayMerchant(account)
    const fields = readForm(raw.body)
    if (!fields) throw invalid('it is no form')
    const fault = findSignatureFault(fields, merchant, this.wireClock.now())
    if (fault) throw invalid(fault)
    const message = TransactionMessage.safeParse(fields)
    if (!message.success) throw invalid('it is signed but fits no schema')
    if (message.data.merId !== merchant.merchant_id) throw invalid('it is about another merchant')
    return readMessage(message.data, this.clock.now())
  }

  acceptNotification(): NotificationAnswer {
    return { status: 200, content_type: 'text/plain', body: 'ok' }
  }

  refuseNotification(reason: string): NotificationAnswer {
    return { status: 400, content_type: 'text/plain; charset=utf-8', body: reason.slice(0, 256) }
  }

  private query(merchant: UnionpayMerchant, fields: Fields, deadline?: AbortSignal) {
    return this.client.send(merchant, { url: merchant.baseUrl + PATH.query, fields }, deadline)
  }
}

function readForm(body: Buffer): Fields | null {
  const text = decodeUtf8(body)
  return text === null ? null : parseForm(text)
}

function readMessage(message: TransactionMessage, now: Date): ChannelNotification {
  switch (message.txnType) {
    case TRANSACTION.pay.txnType: {
      const state = mapOrder(message, message.respCode, now)
      return { kind: 'order', order_no: message.orderId, state }
    }
    case TRANSACTION.refund.txnType: {
      const state = mapRefund(message, message.respCode)
      return { kind: 'refund', refund_no: message.orderId, state }
    }
    default:
      throw new ChannelError(
        'notification_unsupported',
        `UnionPay notification of txnType ${JSON.stringify(message.txnType.slice(0, 8))} is not followed here`,
      )
  }
}

function invalid(fault: string): ChannelError {
  return new ChannelError('notification_invalid', `UnionPay notification refused: ${fault}`)
}

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
import { parseJson, WechatpayClient } from './wechatpay.client.js'
import {
  mapAccountCheck,
  mapClosing,
  mapOrderQuery,
  mapPlacing,
  mapRefund,
  mapRefunding,
  mapRefundQuery,
  mapTransaction,
} from './wechatpay.mapper.js'
import { toPlacing } from './wechatpay.placing.js'
import { isSpokenCurrency, toRefund } from './wechatpay.request.js'
import { type WechatpayMerchant, wechatpayMerchant } from './wechatpay.settings.js'
import { findSignatureFault, openResource } from './wechatpay.signature.js'
import { WechatpayStatements } from './wechatpay.statement.js'
import {
  NotificationEnvelope,
  PATH,
  RefundNotificationMessage,
  TransactionMessage,
} from './wechatpay.wire.js'

const DEADLINE_MS = 10_000
/** With letters that our numbers don't have, so that there can be no such order. */
const NO_ORDER_NO = 'OPENBURSARACCOUNTCHECK'

export interface WechatpayOptions {
  /** That of the wire: of signatures and certificates. */
  readonly clock?: Clock
  /** That of orders and statements, which a test clock may move; absent: the same. */
  readonly businessClock?: Clock
  readonly deadlineMs?: number
}

const CURRENCY_REFUSAL = {
  code: 'currency_unsupported',
  message: 'WeChat Pay takes CNY only',
} as const

/** WeChat Pay API v3: a QR code to scan, inside WeChat, and in a phone's browser. */
export class WechatpayChannel implements Channel {
  readonly code = 'wechatpay'
  readonly methods = ['native', 'jsapi', 'h5'] as const
  private readonly wireClock: Clock
  private readonly clock: Clock
  private readonly client: WechatpayClient
  private readonly statements: WechatpayStatements

  constructor(options: WechatpayOptions = {}) {
    this.wireClock = options.clock ?? systemClock
    this.clock = options.businessClock ?? this.wireClock
    this.client = new WechatpayClient(this.wireClock, options.deadlineMs ?? DEADLINE_MS)
    this.statements = new WechatpayStatements(this.client, this.clock)
  }

  async placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    const merchant = wechatpayMerchant(account)
    if (!isSpokenCurrency(order.amount)) return { kind: 'refused', ...CURRENCY_REFUSAL }
    const placing = toPlacing(order, merchant, this.clock.now())
    if (placing.kind === 'refused') return placing
    const { path, json, toAction } = placing
    return mapPlacing(await this.client.send(merchant, { method: 'POST', path, json }), toAction)
  }

  async queryOrder(account: ChannelAccount, { order_no }: OrderRef): Promise<OrderState> {
    const merchant = wechatpayMerchant(account)
    const path = `${PATH.order(order_no)}?mchid=${encodeURIComponent(merchant.merchant_id)}`
    return mapOrderQuery(await this.client.send(merchant, { method: 'GET', path }), order_no)
  }

  async closeOrder(account: ChannelAccount, { order_no }: OrderRef): Promise<CloseOrderResult> {
    const merchant = wechatpayMerchant(account)
    const path = `${PATH.order(order_no)}/close`
    const json = { mchid: merchant.merchant_id }
    return mapClosing(await this.client.send(merchant, { method: 'POST', path, json }))
  }

  async refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    const merchant = wechatpayMerchant(account)
    if (!isSpokenCurrency(refund.amount)) return { kind: 'failed', ...CURRENCY_REFUSAL }
    const json = toRefund(refund)
    const call = { method: 'POST', path: PATH.refunds, json } as const
    return mapRefunding(await this.client.send(merchant, call), refund.refund_no)
  }

  async queryRefund(account: ChannelAccount, { refund_no }: RefundRef): Promise<RefundState> {
    const merchant = wechatpayMerchant(account)
    const path = PATH.refund(refund_no)
    return mapRefundQuery(await this.client.send(merchant, { method: 'GET', path }), refund_no)
  }

  fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult> {
    return this.statements.fetch(wechatpayMerchant(account), day)
  }

  async checkAccount(account: ChannelAccount): Promise<AccountCheck> {
    const merchant = wechatpayMerchant(account)
    const path = `${PATH.order(NO_ORDER_NO)}?mchid=${encodeURIComponent(merchant.merchant_id)}`
    return mapAccountCheck(await this.client.send(merchant, { method: 'GET', path }))
  }

  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification {
    const merchant = wechatpayMerchant(account)
    const fault = findSignatureFault(raw.headers, raw.body, merchant, this.wireClock.now())
    if (fault) throw invalid(fault)
    const envelope = NotificationEnvelope.safeParse(parseJson(raw.body))
    if (!envelope.success) throw invalid('it is signed but fits no schema')
    const content = openResource(envelope.data.resource, merchant.apiKey)
    if (!content) throw invalid('its resource does not open with the APIv3 key')
    return readContent(envelope.data.event_type, parseJson(content), merchant)
  }

  /** WeChat asks for an empty 200 or 204. */
  acceptNotification(): NotificationAnswer {
    return { status: 204, content_type: 'application/json', body: '' }
  }

  refuseNotification(reason: string): NotificationAnswer {
    return {
      status: 400,
      content_type: 'application/json',
      body: JSON.stringify({ code: 'FAIL', message: reason.slice(0, 256) }),
    }
  }
}

function readContent(
  eventType: string,
  content: unknown,
  merchant: WechatpayMerchant,
): ChannelNotification {
  if (eventType.startsWith('TRANSACTION.')) {
    const transaction = TransactionMessage.safeParse(content)
    if (!transaction.success) throw invalid('its transaction fits no schema')
    const { mchid, appid } = transaction.data
    if (mchid !== merchant.merchant_id || appid !== merchant.app_id) {
      throw invalid('it is about another merchant or app')
    }
    return {
      kind: 'order',
      order_no: transaction.data.out_trade_no,
      state: mapTransaction(content),
    }
  }
  if (eventType.startsWith('REFUND.')) {
    const refund = RefundNotificationMessage.safeParse(content)
    if (!refund.success) throw invalid('its refund fits no schema')
    // A refund's state carries no merchant, so nobody after us could notice a stranger's.
    if (refund.data.mchid !== merchant.merchant_id) throw invalid('it is about another merchant')
    const { refund_status, ...rest } = refund.data
    return {
      kind: 'refund',
      refund_no: rest.out_refund_no,
      state: mapRefund({ ...rest, status: refund_status }),
    }
  }
  throw new ChannelError(
    'notification_unsupported',
    `WeChat Pay notification of type ${JSON.stringify(eventType.slice(0, 64))} is not followed here`,
  )
}

function invalid(fault: string): ChannelError {
  return new ChannelError('notification_invalid', `WeChat Pay notification refused: ${fault}`)
}

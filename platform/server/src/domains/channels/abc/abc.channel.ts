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
import { AbcClient, type AbcReply, type TrxRequest } from './abc.client.js'
import {
  isSpokenCurrency,
  mapCheck,
  mapOrderQuery,
  mapPlacing,
  toClosing,
  toOrder,
  toPaid,
  toQuery,
  unknown,
} from './abc.mapper.js'
import { openNotification } from './abc.notification.js'
import { type AbcMerchant, abcMerchant } from './abc.settings.js'
import { mapStatement, STATEMENT_BYTES_MAX, toSettle } from './abc.statement.js'
import { fromWireMoment } from './abc.time.js'
import { CODE, PaymentNotification } from './abc.wire.js'
import { mapRefunding, mapRefundQuery, toRefund } from './abc-refund.mapper.js'

const DEADLINE_MS = 10_000
/** A whole day in one answer: it may take longer. */
const STATEMENT_DEADLINE_MS = 60_000
/** Ours are 26 characters of Crockford's alphabet, which has no I, L, O or U. */
const IMPOSSIBLE_ORDER_NO = 'CHECKOFTHISACCOUNT'
const CURRENCY_REFUSAL = {
  code: 'currency_unsupported',
  message: 'the net banking of the Agricultural Bank of China takes CNY only',
} as const

export interface AbcOptions {
  readonly deadlineMs?: number
}

/** Net banking of the Agricultural Bank of China: a page of the bank, or one QR code for all apps. */
export class AbcChannel implements Channel {
  readonly code = 'abc'
  readonly methods = ['page', 'h5', 'native'] as const
  private readonly client = new AbcClient()
  private readonly deadlineMs: number

  constructor(options: AbcOptions = {}) {
    this.deadlineMs = options.deadlineMs ?? DEADLINE_MS
  }

  async placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    const merchant = abcMerchant(account)
    if (!isSpokenCurrency(order.amount)) return { kind: 'refused', ...CURRENCY_REFUSAL }
    const request = toOrder(order, merchant)
    if (!request) {
      const message = `the bank is not paid by ${order.method} here`
      return { kind: 'refused', code: 'method_unsupported', message }
    }
    return mapPlacing(await this.send(merchant, request), order, merchant)
  }

  async queryOrder(account: ChannelAccount, order: OrderRef): Promise<OrderState> {
    const merchant = abcMerchant(account)
    const reply = await this.send(merchant, toQuery('ImmediatePay', order.order_no))
    return mapOrderQuery(reply, order, merchant)
  }

  async closeOrder(account: ChannelAccount, order: OrderRef): Promise<CloseOrderResult> {
    return toClosing(await this.queryOrder(account, order))
  }

  /**
   * The bank says the same whether it did it or only took it, and its refusal is about this call and
   * not about an earlier one under the same number. So it is asked before anything is believed.
   */
  async refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    const merchant = abcMerchant(account)
    if (!isSpokenCurrency(refund.amount)) return { kind: 'failed', ...CURRENCY_REFUSAL }
    const deadline = this.deadline()
    const answer = mapRefunding(await this.send(merchant, toRefund(refund), deadline), refund)
    if (answer.kind === 'unknown') return answer
    const query = toQuery('Refund', refund.refund_no)
    const state = mapRefundQuery(await this.send(merchant, query, deadline), refund)
    return state.kind === 'not_found' ? answer : state
  }

  async queryRefund(account: ChannelAccount, refund: RefundRef): Promise<RefundState> {
    const query = toQuery('Refund', refund.refund_no)
    return mapRefundQuery(await this.send(abcMerchant(account), query), refund)
  }

  async fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult> {
    const merchant = abcMerchant(account)
    const deadline = AbortSignal.timeout(STATEMENT_DEADLINE_MS)
    const reply = await this.client.send(merchant, toSettle(day), deadline, STATEMENT_BYTES_MAX)
    return mapStatement(reply, day, merchant.merchant_id)
  }

  async checkAccount(account: ChannelAccount): Promise<AccountCheck> {
    const query = toQuery('ImmediatePay', IMPOSSIBLE_ORDER_NO)
    return mapCheck(await this.send(abcMerchant(account), query))
  }

  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification {
    const merchant = abcMerchant(account)
    const opened = openNotification(raw.headers['content-type'], raw.body, merchant)
    if (opened.fault !== null) throw invalid(opened.fault)
    return readContent(opened.fields, merchant)
  }

  /** The bank reads the answer as a page; it brings the payer back by itself (MerchantSuccessURL). */
  acceptNotification(): NotificationAnswer {
    return page(200, '支付结果已收到 Payment received')
  }

  refuseNotification(reason: string): NotificationAnswer {
    return page(400, `FAIL ${reason.slice(0, 256)}`)
  }

  private send(
    merchant: AbcMerchant,
    request: TrxRequest,
    deadline = this.deadline(),
  ): Promise<AbcReply> {
    return this.client.send(merchant, request, deadline)
  }

  private deadline(): AbortSignal {
    return AbortSignal.timeout(this.deadlineMs)
  }
}

function readContent(
  fields: Readonly<Record<string, string>>,
  merchant: AbcMerchant,
): ChannelNotification {
  if (fields.MerchantID !== merchant.merchant_id) throw invalid('it is about another merchant')
  const order_no = fields.OrderNo ?? ''
  // The bank also tells payers about errors of its page this way.
  if (order_no === '') {
    throw new ChannelError('notification_unsupported', 'a notification about no order')
  }
  if (fields.ReturnCode !== CODE.done) {
    const state = unknown('a notification about a failure; ask about the order')
    return { kind: 'order', order_no, state }
  }
  const parsed = PaymentNotification.safeParse(fields)
  if (!parsed.success) throw invalid('it is signed but fits no schema')
  const words = parsed.data
  const state = toPaid({
    order_no,
    merchant_id: words.MerchantID,
    transaction_no: words.iRspRef,
    amount: words.Amount,
    paid_at: fromWireMoment(words.HostDate, words.HostTime),
  })
  return { kind: 'order', order_no, state }
}

function page(status: number, text: string): NotificationAnswer {
  const safe = text.replaceAll(/[<>&"']/g, ' ')
  const body = `<!doctype html><html><head><meta charset="utf-8"><title>${safe}</title></head><body>${safe}</body></html>`
  return { status, content_type: 'text/html; charset=utf-8', body }
}

function invalid(reason: string): ChannelError {
  return new ChannelError('notification_invalid', `refused a notification of the bank: ${reason}`)
}

import { isSameMoney, type Money } from '../../../kernel/money.js'
import type { RefundState } from '../channel.port.js'
import type { AlipayReply } from './alipay.client.js'
import {
  describeResult,
  isAbout,
  isRefusal,
  quote,
  toMoney,
  toPublicError,
  unknown,
} from './alipay.mapper.js'
import {
  CODE_SUCCESS,
  fromWireTime,
  RefundMessage,
  RefundQueryMessage,
  type ResultMessage,
} from './alipay.wire.js'

/** Words after which a refund was surely not taken by this call. Every other word is unknown. */
const REFUSALS: ReadonlySet<string> = new Set([
  'ACQ.ACCESS_FORBIDDEN',
  'ACQ.INVALID_PARAMETER',
  'ACQ.REASON_TRADE_BEEN_FREEZEN',
  'ACQ.REASON_TRADE_REFUND_FEE_ERR',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
  'ACQ.SELLER_BALANCE_NOT_ENOUGH',
  'ACQ.TRADE_HAS_CLOSE',
  'ACQ.TRADE_HAS_FINISHED',
  'ACQ.TRADE_NOT_ALLOW_REFUND',
  'ACQ.TRADE_NOT_EXIST',
  'ACQ.TRADE_STATUS_ERROR',
])

export interface AskedRefund {
  readonly refund_no: string
  readonly order_no: string
  readonly amount: Money
}

/** `ask` says what a query that finds nothing shall mean. */
export type RefundingAnswer =
  | { readonly kind: 'ended'; readonly state: RefundState }
  | { readonly kind: 'ask'; readonly otherwise: RefundState }

const ended = (state: RefundState): RefundingAnswer => ({ kind: 'ended', state })

/**
 * Reads the answer to a refund. Code 10000 says that the request was understood; only `fund_change` Y
 * says that this call moved money. A refusal is about this call and not about an earlier one under the
 * same number (a trade that was refunded wholly refuses with a word of its own), so it is asked about.
 */
export function mapRefunding(reply: AlipayReply, asked: AskedRefund): RefundingAnswer {
  if (reply.kind === 'doubtful') return ended(unknown(reply.reason))
  const { result } = reply
  if (!isAbout(result, asked.order_no)) return ended(unknown('an answer about another order'))
  if (result.code !== CODE_SUCCESS) return mapRefusal(result)
  const refund = RefundMessage.safeParse(result)
  if (!refund.success) return ended(unknown('a refund that fits no schema'))
  const { fund_change, refund_fee, gmt_refund_pay } = refund.data
  const refundedInAll = toMoney(refund_fee)
  if (!refundedInAll) return ended(unknown('a refund without its amount'))
  const succeededAt = fromWireTime(gmt_refund_pay)
  if (fund_change !== 'Y' || !succeededAt) {
    return { kind: 'ask', otherwise: { kind: 'processing' } }
  }
  // The sum of all refunds of the trade, this one among them.
  if (refundedInAll.minor < asked.amount.minor) {
    return ended(unknown(`refunded ${quote(refund_fee)} in all, which is less than was asked for`))
  }
  return ended({ kind: 'succeeded', ...asked, succeeded_at: succeededAt })
}

/** What a query says about a refund that was asked for just now. */
export function settleRefunding(
  queried: RefundState,
  asked: AskedRefund,
  otherwise: RefundState,
): RefundState {
  if (queried.kind === 'not_found') return otherwise
  if (queried.kind === 'succeeded' && !isSameMoney(queried.amount, asked.amount)) {
    return unknown('another refund, of another amount, has this number')
  }
  return queried
}

export function mapRefundQuery(
  reply: AlipayReply,
  asked: Pick<AskedRefund, 'refund_no' | 'order_no'>,
): RefundState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const { result } = reply
  if (result.code !== CODE_SUCCESS) {
    return result.code === '40004' && result.sub_code === 'ACQ.TRADE_NOT_EXIST'
      ? { kind: 'not_found' }
      : unknown(describeResult(result))
  }
  const refund = RefundQueryMessage.safeParse(result)
  if (!refund.success) return unknown('a refund that fits no schema')
  return mapQueried(refund.data, asked)
}

function mapQueried(
  refund: RefundQueryMessage,
  asked: Pick<AskedRefund, 'refund_no' | 'order_no'>,
): RefundState {
  const { out_trade_no, out_request_no, refund_status, refund_amount, gmt_refund_pay } = refund
  const isOther =
    (out_trade_no !== undefined && out_trade_no !== asked.order_no) ||
    (out_request_no !== undefined && out_request_no !== asked.refund_no)
  if (isOther) return unknown('an answer about another refund')
  if (refund_status === undefined) {
    return refund_amount === undefined
      ? { kind: 'not_found' }
      : // Not “failed”: the money may have left the merchant and wait at Alipay for somebody.
        unknown('refund_abnormal: accepted and not done; look at it in the Alipay merchant console')
  }
  if (refund_status !== 'REFUND_SUCCESS') {
    return unknown(`the unrecognised refund_status ${quote(refund_status)}`)
  }
  const amount = toMoney(refund_amount)
  const succeededAt = fromWireTime(gmt_refund_pay)
  if (!amount || !succeededAt || out_trade_no === undefined || out_request_no === undefined) {
    return unknown('a successful refund without its numbers, time or amount')
  }
  return {
    kind: 'succeeded',
    refund_no: out_request_no,
    order_no: out_trade_no,
    amount,
    succeeded_at: succeededAt,
  }
}

function mapRefusal(result: ResultMessage): RefundingAnswer {
  // The number belongs to a refund of another amount, which may well be done.
  if (result.sub_code === 'ACQ.DISCORDANT_REPEAT_REQUEST') {
    return { kind: 'ask', otherwise: unknown(describeResult(result)) }
  }
  if (!isRefusal(result, REFUSALS)) return ended(unknown(describeResult(result)))
  return { kind: 'ask', otherwise: { kind: 'failed', ...toPublicError(result) } }
}

import { money } from '../../../kernel/money.js'
import type { ChannelRefund, RefundRef, RefundState } from '../channel.port.js'
import type { AbcReply, TrxRequest } from './abc.client.js'
import { cut, hostMoment, isAmount, parseYuan, readContent, toYuan, unknown } from './abc.mapper.js'
import { findRefusal, quote, REFUND_REFUSALS, wordsOf } from './abc.refusals.js'
import { toWireMoment } from './abc.time.js'
import { CODE, CURRENCY, CURRENCY_NUMBER, RefundedResponse, RefundMessage } from './abc.wire.js'

export function toRefund(refund: ChannelRefund): TrxRequest {
  const { date, time } = toWireMoment(refund.requested_at)
  return {
    TrxType: 'Refund',
    OrderDate: date,
    OrderTime: time,
    OrderNo: refund.order.order_no,
    NewOrderNo: refund.refund_no,
    CurrencyCode: CURRENCY_NUMBER,
    TrxAmount: toYuan(refund.amount),
    ...(refund.reason === '' ? {} : { MerchantRemarks: cut(refund.reason) }),
  }
}

export function mapRefunding(reply: AbcReply, refund: RefundRef): RefundState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const refusal = findRefusal(REFUND_REFUSALS, reply)
  if (refusal) return { kind: 'failed', ...refusal }
  if (reply.code !== CODE.done) return unknown(wordsOf(reply))
  const answer = RefundedResponse.safeParse(reply.response)
  if (!answer.success) return unknown('an accepted refund that fits no schema')
  const { OrderNo, NewOrderNo, TrxAmount } = answer.data
  const isOurs =
    OrderNo === refund.order.order_no &&
    NewOrderNo === refund.refund_no &&
    isAmount(TrxAmount, refund.amount)
  // The bank says the same when it did it and when it will: only a query tells.
  return isOurs ? { kind: 'processing' } : unknown('an answer about another refund')
}

export function mapRefundQuery(reply: AbcReply, refund: RefundRef): RefundState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.code === CODE.notFound) return { kind: 'not_found' }
  if (reply.code !== CODE.done) return unknown(wordsOf(reply))
  const content = readContent(reply)
  if (content === null) return { kind: 'not_found' }
  const parsed = RefundMessage.safeParse(content)
  if (!parsed.success) return unknown('a refund that fits no schema')
  const { OrderNo, OldOrderNo } = parsed.data
  const isOurs =
    OrderNo === refund.refund_no && (OldOrderNo === '' || OldOrderNo === refund.order.order_no)
  return isOurs ? mapRefund(parsed.data, refund) : unknown('an answer about another refund')
}

function mapRefund(words: RefundMessage, refund: RefundRef): RefundState {
  switch (words.Status) {
    case '01':
    case '03':
      return { kind: 'processing' }
    case '04':
    case '05': {
      const minor = parseYuan(words.RefundAmount)
      const succeeded_at = hostMoment(words)
      if (minor === null || !succeeded_at) return unknown('a refund without its time or amount')
      const { refund_no, order } = refund
      const amount = money(minor, CURRENCY)
      return { kind: 'succeeded', refund_no, order_no: order.order_no, amount, succeeded_at }
    }
    case '99':
      return { kind: 'failed', code: 'refund_failed', message: 'the bank refused the refund' }
    case '02':
      return unknown('refund_abnormal: the bank’s host did not answer; ask the bank about it')
    default:
      return unknown(`the refund status ${quote(words.Status)}`)
  }
}

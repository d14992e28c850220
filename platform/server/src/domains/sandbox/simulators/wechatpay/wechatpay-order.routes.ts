import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Fault, FaultTarget, SimulatorFaults } from '../simulator-faults.js'
import type { HeldCalls } from '../simulator-held.calls.js'
import { toRefund, toTransaction } from './wechatpay.answers.js'
import { toCodeUrl, type WechatpayOrders } from './wechatpay.orders.js'
import type { WechatpayPayer } from './wechatpay.payer.js'
import type { WechatpayRefunds } from './wechatpay.refunds.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import {
  CloseOrder,
  CreateH5Order,
  CreateJsapiOrder,
  CreateOrder,
  CreateRefund,
  readBody,
} from './wechatpay.schema.js'
import type { MerchantRecord, OrderRecord, TradeType } from './wechatpay.types.js'

export interface OrderRoutesOptions {
  readonly orders: WechatpayOrders
  readonly refunds: WechatpayRefunds
  readonly payer: WechatpayPayer
  readonly faults: SimulatorFaults
  readonly held: HeldCalls
  readonly signerOf: (request: FastifyRequest) => MerchantRecord
  readonly toH5Url: (order: OrderRecord) => string
}

const ORDER_PATH = '/pay/transactions/out-trade-no/:outTradeNo'

interface OrderRoute {
  Params: { outTradeNo: string }
  Querystring: { mchid?: string }
}

/** Orders and refunds, with the faults that can meet the calls which change something. */
export function wechatpayOrderRoutes(app: FastifyInstance, options: OrderRoutesOptions): void {
  const { orders, refunds, payer, signerOf } = options

  const place = (
    path: string,
    type: TradeType,
    schema: z.ZodType<CreateOrder>,
    answer: (order: OrderRecord) => object,
  ) => {
    app.post(`/pay/transactions/${path}`, async (request, reply) => {
      const merchant = signerOf(request)
      const input = readBody(schema, rawBody(request))
      const { merchant_id } = merchant
      const target = { merchant_id, order_no: input.out_trade_no, amount: input.amount.total }
      return unlessFault(options, reply, target, ['order_refused', ...CALL_FAULTS], async () =>
        answer(await orders.create(merchant, input, type)),
      )
    })
  }
  place('native', 'NATIVE', CreateOrder, (order) => ({ code_url: toCodeUrl(order) }))
  place('jsapi', 'JSAPI', CreateJsapiOrder, ({ prepay_id }) => ({ prepay_id }))
  place('h5', 'MWEB', CreateH5Order, (order) => ({ h5_url: options.toH5Url(order) }))

  app.get<OrderRoute>(ORDER_PATH, async (request) => {
    const { params, query } = request
    return toTransaction(await orders.query(signerOf(request), query.mchid, params.outTradeNo))
  })
  app.post<OrderRoute>(`${ORDER_PATH}/close`, async (request, reply) => {
    const { mchid } = readBody(CloseOrder, rawBody(request))
    const closed = await orders.close(signerOf(request), mchid, request.params.outTradeNo)
    await payer.payAfterClose(closed)
    return reply.code(204).send()
  })
  app.post('/refund/domestic/refunds', async (request, reply) => {
    const merchant = signerOf(request)
    const input = readBody(CreateRefund, rawBody(request))
    const target = {
      merchant_id: merchant.merchant_id,
      order_no: await refunds.orderNumber(merchant, input),
      amount: input.amount.total,
      occasion: input.out_refund_no,
    }
    return unlessFault(options, reply, target, CALL_FAULTS, async () =>
      toRefund(await refunds.create(merchant, input)),
    )
  })
  app.get<{ Params: { outRefundNo: string } }>(
    '/refund/domestic/refunds/:outRefundNo',
    async (request) => {
      return toRefund(await refunds.query(signerOf(request), request.params.outRefundNo))
    },
  )
}

export function rawBody(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : ''
}

const CALL_FAULTS = [
  'timeout_before_acceptance',
  'timeout_after_acceptance',
  'result_unknown',
] as const satisfies readonly Fault[]

/** Does what was asked, unless a fault stands before it, and answers, unless one stands after it. */
async function unlessFault(
  { faults, held }: OrderRoutesOptions,
  reply: FastifyReply,
  target: FaultTarget,
  possible: readonly Fault[],
  work: () => Promise<object>,
): Promise<object> {
  const fault = await faults.firstOf(possible, target)
  if (fault === 'order_refused') {
    throw new WechatpayRefusal('RULE_LIMIT', '业务规则限制：该商户今日交易已达上限')
  }
  if (fault === 'timeout_before_acceptance') return held.hold(reply)
  const answer = await work()
  if (fault === 'timeout_after_acceptance') return held.hold(reply)
  if (fault === 'result_unknown') throw new WechatpayRefusal('SYSTEM_ERROR', '系统错误，请稍后查询')
  return answer
}

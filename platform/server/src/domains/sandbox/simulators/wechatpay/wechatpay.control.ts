import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { NOTICE } from '../simulator.notifier.js'
import type { SimulatorStore } from '../simulator.store.js'
import { Play } from '../simulator-play.js'
import { openUrl } from './wechatpay.h5.js'
import { RegisterMerchant, type WechatpayKeys } from './wechatpay.keys.js'
import { toCodeUrl, type WechatpayOrders } from './wechatpay.orders.js'
import type { WechatpayPayer } from './wechatpay.payer.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import { type OrderRecord, REFUND } from './wechatpay.types.js'

export interface WechatpayControlOptions {
  readonly store: SimulatorStore
  readonly keys: WechatpayKeys
  readonly orders: WechatpayOrders
  readonly payer: WechatpayPayer
  readonly publicBase: string
}

interface OrderRoute {
  Params: { merchantId: string; orderNo: string }
}

const OpenOrder = z.strictObject({ url: z.string().max(8192) })

/** What no real provider offers: opening accounts, and deciding what the payer does. */
export async function wechatpayControl(
  app: FastifyInstance,
  { store, keys, orders, payer, publicBase }: WechatpayControlOptions,
): Promise<void> {
  const show = (order: OrderRecord): Record<string, unknown> => ({
    ...order,
    code_url: toCodeUrl(order),
    phone_url: `${publicBase.replace(/\/$/, '')}/wechatpay/phone/${order.code}`,
  })

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof WechatpayRefusal) return reply.code(error.status).send(error.toBody())
    if (error instanceof z.ZodError) {
      const body = { code: 'PARAM_ERROR', message: z.prettifyError(error), issues: error.issues }
      return reply.code(400).send(body)
    }
    request.log.error({ err: error }, 'the control of the simulated WeChat Pay failed')
    return reply.send(error)
  })

  app.post('/merchants', async (request) => {
    await keys.register(RegisterMerchant.parse(request.body))
    const { platform_key_id, platform_public_key } = await keys.platformKey()
    return { platform_key_id, platform_public_key }
  })
  app.post<OrderRoute>('/orders/:merchantId/:orderNo/play', async (request) => {
    const { merchantId: merchant_id, orderNo: out_trade_no } = request.params
    const play = Play.parse(request.body)
    return show(await payer.play({ merchant_id, out_trade_no }, play))
  })
  app.post('/orders/open', async (request) => {
    const { url } = OpenOrder.parse(request.body)
    const order = await openUrl(payer, url)
    if (!order) throw new WechatpayRefusal('ORDER_NOT_EXIST', '订单不存在')
    return show(order)
  })
  app.get<OrderRoute>('/orders/:merchantId/:orderNo', async (request) => {
    const { merchantId, orderNo } = request.params
    const order = await orders.look(merchantId, orderNo)
    const notifications = await store.list(NOTICE, `${merchantId}/${orderNo}/`)
    const refunds = await store.list(REFUND, `${merchantId}/`)
    return {
      ...show(order),
      notifications,
      refunds: refunds.filter((refund) => refund.out_trade_no === orderNo),
    }
  })
}

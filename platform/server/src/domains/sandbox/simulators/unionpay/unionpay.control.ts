import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { NOTICE } from '../simulator.notifier.js'
import type { SimulatorStore } from '../simulator.store.js'
import { Play } from '../simulator-play.js'
import { RegisterMerchant, type UnionpayAuthority } from './unionpay.authority.js'
import { SIGNER_NAME } from './unionpay.certificates.js'
import type { UnionpayOrders } from './unionpay.orders.js'
import type { UnionpayPayer } from './unionpay.payer.js'
import { UNIONPAY_BRAND } from './unionpay.phone.js'
import { UnionpayRefusal } from './unionpay.refusal.js'
import { type OrderRecord, REFUND } from './unionpay.types.js'

export interface UnionpayControlOptions {
  readonly store: SimulatorStore
  readonly authority: UnionpayAuthority
  readonly orders: UnionpayOrders
  readonly payer: UnionpayPayer
  readonly publicBase: string
}

interface OrderRoute {
  Params: { merchantId: string; orderNo: string }
}

/** What no real provider offers: opening accounts, and deciding what the payer does. */
export async function unionpayControl(
  app: FastifyInstance,
  { store, authority, orders, payer, publicBase }: UnionpayControlOptions,
): Promise<void> {
  const base = publicBase.replace(/\/$/, '')
  const show = (order: OrderRecord): Record<string, unknown> => ({
    ...order,
    phone_url: `${base}${UNIONPAY_BRAND.path}/${order.code}`,
  })
  const findOrder = async (merchantId: string, orderNo: string) => {
    const order = await orders.findByNumber(merchantId, orderNo)
    if (!order) throw new UnionpayRefusal('34')
    return order
  }

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof UnionpayRefusal) {
      const { respCode: code, message } = error
      return reply.code(code === '34' ? 404 : 409).send({ code, message })
    }
    if (error instanceof z.ZodError) {
      const body = { code: '10', message: z.prettifyError(error), issues: error.issues }
      return reply.code(400).send(body)
    }
    request.log.error({ err: error }, 'the control of the simulated UnionPay failed')
    return reply.send(error)
  })

  app.post('/merchants', async (request) => {
    await authority.register(RegisterMerchant.parse(request.body))
    const { root_certificate, middle_certificate } = await authority.chain()
    return { root_certificate, middle_certificate, signer_name: SIGNER_NAME }
  })
  app.post<OrderRoute>('/orders/:merchantId/:orderNo/play', async (request) => {
    const { merchantId, orderNo } = request.params
    const play = Play.parse(request.body)
    return show(await payer.play(await findOrder(merchantId, orderNo), play))
  })
  app.get<OrderRoute>('/orders/:merchantId/:orderNo', async (request) => {
    const { merchantId, orderNo } = request.params
    const order = await findOrder(merchantId, orderNo)
    const notifications = await store.list(NOTICE, `${merchantId}/${orderNo}/`)
    const refunds = await store.list(REFUND, `${merchantId}/`)
    return {
      ...show(order),
      notifications,
      refunds: refunds.filter((refund) => refund.original.order_id === orderNo),
    }
  })
}

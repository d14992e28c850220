import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { NOTICE } from '../simulator.notifier.js'
import type { SimulatorStore } from '../simulator.store.js'
import { Play } from '../simulator-play.js'
import { type AbcKeys, RegisterMerchant } from './abc.keys.js'
import type { AbcPayer } from './abc.payer.js'
import { AbcRefusal } from './abc.refusal.js'
import { type OrderRecord, REFUND } from './abc.types.js'

export interface AbcControlOptions {
  readonly store: SimulatorStore
  readonly keys: AbcKeys
  readonly payer: AbcPayer
  readonly pageUrl: (code: string) => string
}

interface OrderRoute {
  Params: { merchantId: string; orderNo: string }
}

/** What no real bank offers: opening accounts, and deciding what the payer does. */
export async function abcControl(app: FastifyInstance, options: AbcControlOptions): Promise<void> {
  const { store, keys, payer, pageUrl } = options
  const show = (order: OrderRecord) => ({ ...order, phone_url: pageUrl(order.code) })

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof AbcRefusal) {
      const status = error.code === 'E001' ? 404 : 409
      return reply.code(status).send({ code: error.code, message: error.message })
    }
    if (error instanceof z.ZodError) {
      return reply.code(400).send({ code: 'APE009', message: z.prettifyError(error) })
    }
    request.log.error({ err: error }, 'the control of the simulated bank failed')
    return reply.send(error)
  })

  app.post('/merchants', async (request) => {
    await keys.register(RegisterMerchant.parse(request.body))
    return { bank_certificate: (await keys.bank()).certificate_pem }
  })
  app.post<OrderRoute>('/orders/:merchantId/:orderNo/play', async ({ params, body }) => {
    const { merchantId: merchant_id, orderNo: order_no } = params
    return show(await payer.play({ merchant_id, order_no }, Play.parse(body)))
  })
  app.get<OrderRoute>('/orders/:merchantId/:orderNo', async ({ params }) => {
    const { merchantId, orderNo } = params
    const order = await payer.look(merchantId, orderNo)
    const refunds = await store.list(REFUND, `${merchantId}/`)
    return {
      ...show(order),
      notifications: await store.list(NOTICE, `${merchantId}/${orderNo}/`),
      refunds: refunds.filter((refund) => refund.order_no === orderNo),
    }
  })
}

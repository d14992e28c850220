import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { NOTICE } from '../simulator.notifier.js'
import type { SimulatorStore } from '../simulator.store.js'
import { Play } from '../simulator-play.js'
import { toQrCode } from './alipay.answers.js'
import { type AlipayKeys, RegisterMerchant } from './alipay.keys.js'
import type { AlipayPayer } from './alipay.payer.js'
import { ALIPAY_BRAND } from './alipay.phone.js'
import { AlipayRefusal } from './alipay.refusal.js'
import type { AlipayTrades } from './alipay.trades.js'
import { REFUND, type TradeRecord, tradeKey } from './alipay.types.js'

export interface AlipayControlOptions {
  readonly store: SimulatorStore
  readonly keys: AlipayKeys
  readonly trades: AlipayTrades
  readonly payer: AlipayPayer
  readonly publicBase: string
}

interface OrderRoute {
  Params: { merchantId: string; orderNo: string }
}

/** What no real provider offers: opening accounts, and deciding what the payer does. */
export async function alipayControl(
  app: FastifyInstance,
  { store, keys, trades, payer, publicBase }: AlipayControlOptions,
): Promise<void> {
  const phoneBase = publicBase.replace(/\/$/, '') + ALIPAY_BRAND.path
  const show = (trade: TradeRecord): Record<string, unknown> => ({
    ...trade,
    ...(trade.product === 'precreate' ? { code_url: toQrCode(trade) } : {}),
    phone_url: `${phoneBase}/${trade.code}`,
  })

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof AlipayRefusal) {
      const status = error.word === 'ACQ.TRADE_NOT_EXIST' ? 404 : 409
      return reply.code(status).send({ code: error.word, message: error.message })
    }
    if (error instanceof z.ZodError) {
      return reply
        .code(400)
        .send({ code: 'isv.invalid-parameter', message: z.prettifyError(error) })
    }
    request.log.error({ err: error }, 'the control of the simulated Alipay failed')
    return reply.send(error)
  })

  app.post('/merchants', async (request) => {
    await keys.register(RegisterMerchant.parse(request.body))
    const { public_key } = await keys.platformKey()
    return { alipay_public_key: public_key }
  })
  app.post<OrderRoute>('/orders/:merchantId/:orderNo/play', async ({ params, body }) => {
    const play = Play.parse(body)
    const reference = { merchant_id: params.merchantId, out_trade_no: params.orderNo }
    return show(await payer.play(reference, play))
  })
  app.get<OrderRoute>('/orders/:merchantId/:orderNo', async ({ params }) => {
    const reference = { merchant_id: params.merchantId, out_trade_no: params.orderNo }
    const trade = await trades.look(reference)
    const prefix = `${tradeKey(reference)}/`
    return {
      ...show(trade),
      notifications: await store.list(NOTICE, prefix),
      refunds: await store.list(REFUND, prefix),
    }
  })
}

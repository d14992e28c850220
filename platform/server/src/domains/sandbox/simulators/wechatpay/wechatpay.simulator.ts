import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../../../../kernel/clock.js'
import { SimulatorStore } from '../simulator.store.js'
import { DueLoop } from '../simulator-due.loop.js'
import { wechatpayControl } from './wechatpay.control.js'
import { WechatpayKeys } from './wechatpay.keys.js'
import { WechatpayNotifier } from './wechatpay.notifier.js'
import { WechatpayOrders } from './wechatpay.orders.js'
import { WechatpayPayer } from './wechatpay.payer.js'
import { wechatpayPhone } from './wechatpay.phone.js'
import { WechatpayRefunds } from './wechatpay.refunds.js'
import { wechatpayRoutes } from './wechatpay.routes.js'
import type { WechatpayTiming } from './wechatpay.timing.js'
import { NOTIFICATION, REFUND } from './wechatpay.types.js'

export interface WechatpaySimulatorOptions {
  readonly pool: Pool
  readonly logger: FastifyBaseLogger
  readonly publicBase: string
  readonly clock: Clock
  readonly timing: WechatpayTiming
}

/** Puts the parts of the simulated WeChat Pay together and hangs them into the application. */
export function wechatpaySimulator(app: FastifyInstance, options: WechatpaySimulatorOptions): void {
  const { clock, timing, logger, publicBase } = options
  const store = new SimulatorStore(options.pool, 'wechatpay', clock)
  const keys = new WechatpayKeys(store)
  const wake = () => loop.wake()
  const notifier = new WechatpayNotifier({ store, clock, keys, timing, logger, wake })
  const orders = new WechatpayOrders(store, clock)
  const payer = new WechatpayPayer(store, clock, orders, notifier)
  const refunds = new WechatpayRefunds({ store, clock, orders, notifier, timing })
  const loop = new DueLoop({
    store,
    clock,
    logger,
    handlers: {
      [NOTIFICATION.kind]: (key) => notifier.deliver(key),
      [REFUND.kind]: (key) => refunds.settle(key),
    },
  })

  app.register(wechatpayRoutes, { prefix: '/wechatpay/v3', keys, orders, refunds, clock })
  app.register(wechatpayControl, {
    ...{ prefix: '/_control/wechatpay', store, keys, orders, payer, publicBase },
  })
  app.register(wechatpayPhone, { prefix: '/wechatpay/phone', keys, payer, publicBase })
  app.addHook('onReady', async () => loop.wake())
  app.addHook('onClose', () => loop.stop())
}

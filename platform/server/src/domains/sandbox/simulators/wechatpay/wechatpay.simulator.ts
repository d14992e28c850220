import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../../../../kernel/clock.js'
import { NOTICE } from '../simulator.notifier.js'
import { SimulatorStore } from '../simulator.store.js'
import { DueLoop } from '../simulator-due.loop.js'
import { SimulatorFaults } from '../simulator-faults.js'
import { faultsRoutes } from '../simulator-faults.routes.js'
import { HeldCalls } from '../simulator-held.calls.js'
import { WechatpayBills } from './wechatpay.bills.js'
import { wechatpayControl } from './wechatpay.control.js'
import { h5Url, wechatpayH5 } from './wechatpay.h5.js'
import { WechatpayKeys } from './wechatpay.keys.js'
import { wechatpayNotifier } from './wechatpay.notifier.js'
import { WechatpayOrders } from './wechatpay.orders.js'
import { WechatpayPayer } from './wechatpay.payer.js'
import { WECHATPAY_PHONE_PATH, wechatpayPhone } from './wechatpay.phone.js'
import { WechatpayRefunds } from './wechatpay.refunds.js'
import { wechatpayRoutes } from './wechatpay.routes.js'
import type { WechatpayTiming } from './wechatpay.timing.js'
import { type OrderRecord, REFUND } from './wechatpay.types.js'

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
  const notifier = wechatpayNotifier({ store, clock, keys, timing, logger, wake })
  const orders = new WechatpayOrders(store, clock)
  const faults = new SimulatorFaults(store)
  const payer = new WechatpayPayer(store, clock, orders, notifier, faults)
  const refunds = new WechatpayRefunds({ store, clock, orders, notifier, timing, faults })
  const bills = new WechatpayBills({ store, clock, faults })
  const held = new HeldCalls(app, timing.holdMs)
  const toH5Url = (order: OrderRecord) => h5Url(publicBase, order)
  const loop = new DueLoop({
    store,
    clock,
    logger,
    handlers: {
      [NOTICE.kind]: (key) => notifier.deliver(key),
      [REFUND.kind]: (key) => refunds.settle(key),
    },
  })

  const wire = { keys, orders, refunds, bills, payer, faults, held, toH5Url, clock }
  app.register(wechatpayRoutes, { prefix: '/wechatpay/v3', ...wire })
  app.register(wechatpayControl, {
    ...{ prefix: '/_control/wechatpay', store, keys, orders, payer, publicBase },
  })
  app.register(faultsRoutes, { prefix: '/_control/wechatpay', faults })
  app.register(wechatpayPhone, { prefix: WECHATPAY_PHONE_PATH, keys, payer, publicBase })
  app.register(wechatpayH5, { payer, publicBase })
  app.addHook('onReady', async () => loop.wake())
  app.addHook('onClose', () => loop.stop())
}

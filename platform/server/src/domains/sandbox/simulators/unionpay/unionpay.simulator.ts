import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../../../../kernel/clock.js'
import { phonePath } from '../phone/phone.routes.js'
import { NOTICE } from '../simulator.notifier.js'
import { SimulatorStore } from '../simulator.store.js'
import { DueLoop } from '../simulator-due.loop.js'
import { SimulatorFaults } from '../simulator-faults.js'
import { faultsRoutes } from '../simulator-faults.routes.js'
import { HeldCalls } from '../simulator-held.calls.js'
import { openRoutes } from '../simulator-open.routes.js'
import { UnionpayAuthority } from './unionpay.authority.js'
import { unionpayControl } from './unionpay.control.js'
import { unionpayNotifier } from './unionpay.notifier.js'
import { UnionpayOrders } from './unionpay.orders.js'
import { UnionpayPayer } from './unionpay.payer.js'
import { UNIONPAY_BRAND, unionpayPhone } from './unionpay.phone.js'
import { UnionpayRefunds } from './unionpay.refunds.js'
import { unionpayRoutes } from './unionpay.routes.js'
import { UnionpayStatements } from './unionpay.statement.js'
import type { UnionpayTiming } from './unionpay.timing.js'
import { REFUND } from './unionpay.types.js'

export interface UnionpaySimulatorOptions {
  readonly pool: Pool
  readonly logger: FastifyBaseLogger
  readonly publicBase: string
  readonly clock: Clock
  readonly timing: UnionpayTiming
}

/** Puts the parts of the simulated UnionPay together and hangs them into the application. */
export function unionpaySimulator(app: FastifyInstance, options: UnionpaySimulatorOptions): void {
  const { clock, timing, logger, publicBase } = options
  const store = new SimulatorStore(options.pool, 'unionpay', clock)
  const authority = new UnionpayAuthority(store)
  const faults = new SimulatorFaults(store)
  const orders = new UnionpayOrders(store, clock)
  const wake = () => loop.wake()
  const notifier = unionpayNotifier({ store, clock, authority, timing, logger, wake })
  const payer = new UnionpayPayer({ store, clock, orders, notifier, faults })
  const refunds = new UnionpayRefunds({ store, clock, orders, notifier, faults, timing })
  const statements = new UnionpayStatements({ store, clock, faults })
  const held = new HeldCalls(app, timing.holdMs)
  const loop = new DueLoop({
    store,
    clock,
    logger,
    handlers: {
      [NOTICE.kind]: (key) => notifier.deliver(key),
      [REFUND.kind]: (key) => refunds.settle(key),
    },
  })

  app.register(unionpayRoutes, {
    ...{ prefix: '/unionpay', authority, orders, payer, refunds, statements, faults, held },
    phonePath: phonePath({ brand: UNIONPAY_BRAND, publicBase }),
  })
  const prefix = '/_control/unionpay'
  app.register(unionpayControl, { prefix, store, authority, orders, payer, publicBase })
  app.register(faultsRoutes, { prefix, faults })
  app.register(openRoutes, { prefix })
  app.register(unionpayPhone, {
    ...{ prefix: UNIONPAY_BRAND.path, authority, orders, payer, clock, publicBase },
  })
  app.addHook('onReady', async () => loop.wake())
  app.addHook('onClose', () => loop.stop())
}

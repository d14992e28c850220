import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../../../../kernel/clock.js'
import { NOTICE } from '../simulator.notifier.js'
import { SimulatorStore } from '../simulator.store.js'
import { DueLoop } from '../simulator-due.loop.js'
import { SimulatorFaults } from '../simulator-faults.js'
import { faultsRoutes } from '../simulator-faults.routes.js'
import { HeldCalls } from '../simulator-held.calls.js'
import { openRoutes } from '../simulator-open.routes.js'
import { abcControl } from './abc.control.js'
import { AbcCounter } from './abc.counter.js'
import { AbcKeys } from './abc.keys.js'
import { abcNotifier } from './abc.notifier.js'
import { AbcOrders } from './abc.orders.js'
import { AbcPayer } from './abc.payer.js'
import { ABC_PAGE_PATH, abcPhone, abcScan } from './abc.phone.js'
import { AbcRefunds } from './abc.refunds.js'
import { abcRoutes } from './abc.routes.js'
import { AbcStatements } from './abc.statement.js'
import type { AbcTiming } from './abc.timing.js'
import { REFUND } from './abc.types.js'

export interface AbcSimulatorOptions {
  readonly pool: Pool
  readonly logger: FastifyBaseLogger
  readonly publicBase: string
  readonly clock: Clock
  readonly timing: AbcTiming
}

/** Puts the parts of the simulated Agricultural Bank of China together and hangs them into the application. */
export function abcSimulator(app: FastifyInstance, options: AbcSimulatorOptions): void {
  const { clock, timing, logger, publicBase } = options
  const store = new SimulatorStore(options.pool, 'abc', clock)
  const pageUrl = (code: string) => `${publicBase.replace(/\/$/, '')}${ABC_PAGE_PATH}/${code}`
  const wake = () => loop.wake()
  const keys = new AbcKeys(store, clock)
  const faults = new SimulatorFaults(store)
  const held = new HeldCalls(app, timing.holdMs)
  const notifier = abcNotifier({ store, clock, keys, timing, logger, wake })
  const orders = new AbcOrders(store, clock)
  const payer = new AbcPayer({ store, clock, orders, notifier, faults })
  const refunds = new AbcRefunds({ store, clock, orders, timing, wake })
  const statements = new AbcStatements({ store, clock, faults })
  const counter = new AbcCounter({
    ...{ clock, keys, orders, payer, refunds, statements, faults, pageUrl },
  })
  const loop = new DueLoop({
    store,
    clock,
    logger,
    handlers: {
      [NOTICE.kind]: (key) => notifier.deliver(key),
      [REFUND.kind]: (key) => refunds.settle(key),
    },
  })

  app.register(abcRoutes, { prefix: '/abc/ebus', keys, counter, held })
  app.register(abcControl, { prefix: '/_control/abc', store, keys, payer, pageUrl })
  app.register(openRoutes, {
    prefix: '/_control/abc',
    toPath: (url: string) => pathBelow(publicBase, url),
  })
  app.register(faultsRoutes, { prefix: '/_control/abc', faults })
  app.register(abcScan, { prefix: '/abc/phone', publicBase })
  app.register(abcPhone, { prefix: ABC_PAGE_PATH, keys, orders, payer, clock, publicBase })
  app.addHook('onReady', async () => loop.wake())
  app.addHook('onClose', () => loop.stop())
}

/** The application may sit behind a prefix that its own routes don't have. */
function pathBelow(publicBase: string, url: string): string | null {
  if (!URL.canParse(url)) return null
  const { pathname, search } = new URL(url)
  const prefix = new URL(publicBase).pathname.replace(/\/$/, '')
  return (pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname) + search
}

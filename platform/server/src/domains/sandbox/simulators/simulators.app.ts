import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import { type Clock, systemClock } from '../../../kernel/clock.js'
import { campusIdentity } from './campus-identity/campus-identity.simulator.js'
import type { CampusClient } from './campus-identity/campus-identity.types.js'
import { wechatpaySimulator } from './wechatpay/wechatpay.simulator.js'
import { DEFAULT_WECHATPAY_TIMING, type WechatpayTiming } from './wechatpay/wechatpay.timing.js'

export interface SimulatorsOptions {
  /** The database whose table `simulator_records` is the simulators' whole memory. */
  readonly pool: Pool
  readonly logger: FastifyBaseLogger
  /** Where a tester's browser reaches this application, for example `http://localhost:3100`. */
  readonly publicBase: string
  /** Who may send payers to the simulated campus identity provider; absent: there is no such provider. */
  readonly campusClient?: CampusClient
  readonly clock?: Clock
  /** Tests shorten the provider's waiting times; everybody else leaves them alone. */
  readonly wechatpayTiming?: Partial<WechatpayTiming>
}

/**
 * The simulated providers as one application. Nothing lives in memory: several instances may share a
 * database, and a new instance continues where a killed one stopped. `close()` ends the delivery loop.
 */
export function createSimulators(options: SimulatorsOptions): FastifyInstance {
  const app = Fastify({ loggerInstance: options.logger })
  app.get('/healthz', async () => ({ status: 'ok' }))
  wechatpaySimulator(app, {
    pool: options.pool,
    logger: options.logger,
    publicBase: options.publicBase,
    clock: options.clock ?? systemClock,
    timing: { ...DEFAULT_WECHATPAY_TIMING, ...options.wechatpayTiming },
  })
  if (options.campusClient) {
    app.register(campusIdentity, {
      prefix: '/campus-identity',
      pool: options.pool,
      clock: options.clock ?? systemClock,
      client: options.campusClient,
    })
  }
  return app
}

import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import { type Clock, systemClock } from '../../../kernel/clock.js'
import { abcSimulator } from './abc/abc.simulator.js'
import { type AbcTiming, DEFAULT_ABC_TIMING } from './abc/abc.timing.js'
import { alipaySimulator } from './alipay/alipay.simulator.js'
import { type AlipayTiming, DEFAULT_ALIPAY_TIMING } from './alipay/alipay.timing.js'
import { campusIdentity } from './campus-identity/campus-identity.simulator.js'
import type { CampusClient } from './campus-identity/campus-identity.types.js'
import { clockRoutes } from './simulator-clock.routes.js'
import { inBusiness, MerchantClocks } from './simulator-merchant.clock.js'
import { unionpaySimulator } from './unionpay/unionpay.simulator.js'
import { DEFAULT_UNIONPAY_TIMING, type UnionpayTiming } from './unionpay/unionpay.timing.js'
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
  readonly unionpayTiming?: Partial<UnionpayTiming>
  readonly alipayTiming?: Partial<AlipayTiming>
  readonly abcTiming?: Partial<AbcTiming>
}

/**
 * The simulated providers as one application. Nothing lives in memory: several instances may share a
 * database, and a new instance continues where a killed one stopped. `close()` ends the delivery loop.
 */
export function createSimulators(options: SimulatorsOptions): FastifyInstance {
  const app = Fastify({ loggerInstance: options.logger })
  const clocks = new MerchantClocks(options.pool, options.clock ?? systemClock)
  app.addHook('onRequest', (_request, _reply, done) => inBusiness(done))
  app.addHook('onReady', () => clocks.start())
  app.addHook('onClose', async () => clocks.stop())
  app.get('/healthz', async () => ({ status: 'ok' }))
  for (const channel of ['wechatpay', 'alipay', 'abc', 'unionpay']) {
    app.register(clockRoutes, { prefix: `/_control/${channel}`, clocks, channel })
  }
  wechatpaySimulator(app, {
    pool: options.pool,
    logger: options.logger,
    publicBase: options.publicBase,
    clock: clocks,
    timing: { ...DEFAULT_WECHATPAY_TIMING, ...options.wechatpayTiming },
  })
  alipaySimulator(app, {
    pool: options.pool,
    logger: options.logger,
    publicBase: options.publicBase,
    clock: clocks,
    timing: { ...DEFAULT_ALIPAY_TIMING, ...options.alipayTiming },
  })
  abcSimulator(app, {
    pool: options.pool,
    logger: options.logger,
    publicBase: options.publicBase,
    clock: clocks,
    timing: { ...DEFAULT_ABC_TIMING, ...options.abcTiming },
  })
  unionpaySimulator(app, {
    pool: options.pool,
    logger: options.logger,
    publicBase: options.publicBase,
    clock: clocks,
    timing: { ...DEFAULT_UNIONPAY_TIMING, ...options.unionpayTiming },
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

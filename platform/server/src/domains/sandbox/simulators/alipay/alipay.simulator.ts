import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../../../../kernel/clock.js'
import { phonePath } from '../phone/phone.routes.js'
import {
  NOTICE,
  type NoticeRecord,
  type NoticeRequest,
  SimulatorNotifier,
} from '../simulator.notifier.js'
import { SimulatorStore } from '../simulator.store.js'
import { DueLoop } from '../simulator-due.loop.js'
import { SimulatorFaults } from '../simulator-faults.js'
import { faultsRoutes } from '../simulator-faults.routes.js'
import { HeldCalls } from '../simulator-held.calls.js'
import { openRoutes } from '../simulator-open.routes.js'
import { toCode } from './alipay.answers.js'
import { AlipayBills } from './alipay.bills.js'
import { AlipayCalls } from './alipay.calls.js'
import { alipayControl } from './alipay.control.js'
import { alipayGateway } from './alipay.gateway.js'
import { AlipayKeys } from './alipay.keys.js'
import { AlipayPayer } from './alipay.payer.js'
import { ALIPAY_BRAND, alipayPhone } from './alipay.phone.js'
import { AlipayRefunds } from './alipay.refunds.js'
import { signParameters } from './alipay.signature.js'
import type { AlipayTiming } from './alipay.timing.js'
import { AlipayTrades } from './alipay.trades.js'

export interface AlipaySimulatorOptions {
  readonly pool: Pool
  readonly logger: FastifyBaseLogger
  readonly publicBase: string
  readonly clock: Clock
  readonly timing: AlipayTiming
}

const CONTROL = '/_control/alipay'

/** Puts the parts of the simulated Alipay together and hangs them into the application. */
export function alipaySimulator(app: FastifyInstance, options: AlipaySimulatorOptions): void {
  const { clock, timing, logger, publicBase } = options
  const store = new SimulatorStore(options.pool, 'alipay', clock)
  const keys = new AlipayKeys(store)
  const faults = new SimulatorFaults(store)
  const notifier = new SimulatorNotifier({
    ...{ store, clock, timing, logger },
    wake: () => loop.wake(),
    write: (notice) => writeNotice(notice, keys),
    findFault: (_status, body) => (body === 'success' ? null : 'the answer is not "success"'),
  })
  const trades = new AlipayTrades(store, clock)
  const payer = new AlipayPayer({ store, clock, trades, notifier, faults })
  const refunds = new AlipayRefunds({ store, clock, trades, faults, timing })
  const bills = new AlipayBills({ store, clock, faults, timing })
  const calls = new AlipayCalls({ trades, payer, refunds, bills, faults })
  const held = new HeldCalls(app, timing.holdMs)
  const loop = new DueLoop({
    ...{ store, clock, logger },
    handlers: { [NOTICE.kind]: (key) => notifier.deliver(key) },
  })

  const path = phonePath({ brand: ALIPAY_BRAND, publicBase })
  app.register(alipayGateway, {
    ...{ prefix: '/alipay', keys, calls, bills, held, clock },
    phonePath: path,
  })
  app.register(alipayPhone, {
    ...{ prefix: ALIPAY_BRAND.path, keys, trades, payer, clock, publicBase },
  })
  app.register(alipayControl, { ...{ prefix: CONTROL, store, keys, trades, payer, publicBase } })
  app.register(faultsRoutes, { prefix: CONTROL, faults })
  app.register(openRoutes, { prefix: CONTROL, toPath })
  app.addHook('onReady', async () => loop.wake())
  app.addHook('onClose', () => loop.stop())
}

async function writeNotice(
  { behaviour, fields }: NoticeRecord,
  keys: AlipayKeys,
): Promise<NoticeRequest> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }
  if (behaviour === 'probe') {
    return { headers, body: new URLSearchParams({ ...fields, sign_type: 'RSA2' }).toString() }
  }
  const key = behaviour === 'forged' ? await keys.strangerKey() : await keys.platformKey()
  return { headers, body: new URLSearchParams(signParameters(fields, key.private_key)).toString() }
}

/** A QR code is opened by its phone page, a redirect by the gateway itself. */
function toPath(url: string): string | null {
  const code = toCode(url)
  if (code !== url) return `${ALIPAY_BRAND.path}/${encodeURIComponent(code)}`
  if (!URL.canParse(url)) return null
  const { pathname, search } = new URL(url)
  return pathname.startsWith('/alipay/') ? pathname + search : null
}

import { randomInt } from 'node:crypto'
import pino from 'pino'
import { createTestDatabase } from '../../../../test/support/database.js'
import type { Clock } from '../../../kernel/clock.js'
import { createSimulators } from '../../sandbox/simulators/simulators.app.js'
import type { ChannelAccount, ChannelMethod, ChannelOrder, NextAction } from '../channel.port.js'
import type { ChannelHarness, Outage, PaidOrder } from './harness.conformance.js'
import { makeOutages } from './outage.conformance.js'
import type { Provider } from './provider.conformance.js'
import { makeReceiver } from './receiver.conformance.js'

const ORDER_LIFETIME_MS = 30 * 60_000
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** In the form of a provider’s number, of a payment that never was. */
const NO_TRANSACTION_NO = '420000000020261101000'

/** The channel on one side, the simulator of its provider on the other, HTTP between them. */
export async function makeHarness(provider: Provider): Promise<ChannelHarness> {
  const shared = { offsetMs: 0 }
  const clockAt = (offsetMs: number): Clock => ({
    now: () => new Date(Date.now() + shared.offsetMs + offsetMs),
  })
  const clock = clockAt(0)
  const db = await createTestDatabase()
  const simulators = createSimulators({
    pool: db.pool,
    logger: pino({ level: 'silent' }),
    publicBase: 'http://localhost:3100',
    clock,
    ...provider.simulators,
  })
  const origin = await simulators.listen({ host: '127.0.0.1', port: 0 })
  const controlUrl = `${origin}/_control/${provider.code}`
  const control = (path: string, json: object) => call('POST', controlUrl + path, json)
  const account: ChannelAccount = {
    institution_id: 'inst_00000000000000000000000000',
    livemode: false,
    id: 'cha_00000000000000000000000000',
    channel: provider.code,
    ...(await provider.openAccount(control, `${origin}/${provider.code}`)),
  }
  const faultsPath = `/merchants/${account.merchant_id}/faults`
  const outages = await makeOutages(origin, provider)
  const channel = provider.makeChannel({ clock })
  const receiver = await makeReceiver(channel)

  return {
    ...{ channel, account, now: clock.now },
    ...{
      received: receiver.received,
      arrivals: receiver.arrivals,
      refuseNext: receiver.refuseNext,
    },
    forgeries: provider.forgeries,
    order: (overrides = {}) => ({
      ...makeOrder(channel.methods[0], clock.now(), receiver.url),
      ...overrides,
    }),
    refundOf: (order, overrides = {}) => ({
      ...makeRefund(order, clock.now(), receiver.url),
      ...overrides,
    }),
    async open(action) {
      const page = pageOf(action)
      if (page) await control('/orders/open', page)
    },
    async play(orderNo, action, notify) {
      await control(`/orders/${account.merchant_id}/${orderNo}/play`, { action, notify })
    },
    async fault(fault, order_no, times) {
      await control(faultsPath, { fault, order_no, remaining: times ?? null })
    },
    async clearFaults() {
      await call('DELETE', controlUrl + faultsPath)
    },
    advance(milliseconds) {
      shared.offsetMs += milliseconds
    },
    channelAt: (offsetMs) => provider.makeChannel({ clock: clockAt(offsetMs) }),
    impatientChannel: (deadlineMs) => provider.makeChannel({ clock, deadlineMs }),
    behind: (outage: Outage) => {
      return { ...account, settings: moved(account.settings, origin, outages.origin(outage)) }
    },
    wrongAccounts: () => {
      const wrong = Object.entries(provider.wrongSecrets(account))
      return new Map(wrong.map(([name, settings]) => [name, { ...account, settings }]))
    },
    async stop() {
      await simulators.close()
      await Promise.all([outages.stop(), receiver.stop()])
      await db.drop()
    },
  }
}

function makeOrder(
  method: ChannelMethod,
  now: Date,
  notifyUrl: (no: string) => string,
): ChannelOrder {
  const order_no = newNo()
  return {
    order_no,
    amount: { minor: 12_345n, currency: 'CNY' },
    description: '2026 学年学费',
    method,
    placed_at: now,
    expires_at: new Date(now.getTime() + ORDER_LIFETIME_MS),
    notify_url: notifyUrl(order_no),
    return_url: 'http://localhost:3000/pay/return',
    payer: { ip: '203.0.113.7', channel_user_id: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  }
}

function makeRefund(order: ChannelOrder | PaidOrder, now: Date, notifyUrl: (no: string) => string) {
  const refund_no = newNo()
  const transaction_no = 'transaction_no' in order ? order.transaction_no : NO_TRANSACTION_NO
  return {
    refund_no,
    order: { ...order, transaction_no },
    amount: order.amount,
    requested_at: now,
    reason: '重复缴费',
    notify_url: notifyUrl(refund_no),
  }
}

/** As the platform makes them: 26 letters and digits of Crockford’s alphabet. */
function newNo(): string {
  return Array.from({ length: 26 }, () => CROCKFORD.charAt(randomInt(CROCKFORD.length))).join('')
}

/** What a browser or a camera is given; null when the payer is there already. */
function pageOf(action: NextAction): object | null {
  switch (action.type) {
    case 'show_qr':
      return { url: action.code_url }
    case 'redirect':
      return { url: action.url }
    case 'submit_form':
      return { url: action.url, fields: action.fields }
    case 'invoke_jsapi':
    case 'enter_pin':
    case 'pay_at_counter':
      return null
  }
}

/** The settings with every address of the provider moved elsewhere. */
function moved(settings: unknown, from: string, to: string): Record<string, unknown> {
  const pairs = Object.entries(Object(settings)).map(([name, value]) => {
    return [name, typeof value === 'string' ? value.replace(from, to) : value]
  })
  return Object.fromEntries(pairs)
}

async function call(method: 'POST' | 'DELETE', url: string, json?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(json
      ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
      : {}),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}

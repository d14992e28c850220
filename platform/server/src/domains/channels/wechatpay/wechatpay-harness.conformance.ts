import { generateKeyPairSync, randomInt, sign } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import pino from 'pino'
import { createTestDatabase } from '../../../../test/support/database.js'
import { createSimulators } from '../../sandbox/simulators/simulators.app.js'
import type { ChannelAccount, ChannelOrder, RawNotification } from '../channel.port.js'
import type { ChannelHarness, Outage } from '../conformance/harness.conformance.js'
import { listen, originOf, stop } from '../conformance/local-server.conformance.js'
import { WechatpayChannel } from './wechatpay.channel.js'
import { makeOutages } from './wechatpay-outage.conformance.js'

/** The provider's waiting times, short enough for tests and still in their order. */
const TIMING = {
  refundSettleMs: 100,
  duplicateMs: 100,
  lateMs: 1_000,
  resendSeconds: [1, 1, 1],
} as const

/** The adapter on one side, the simulator of WeChat Pay on the other, HTTP between them. */
export async function makeWechatpayHarness(): Promise<ChannelHarness> {
  const shared = { offsetMs: 0 }
  const clockAt = (offsetMs: number) => ({
    now: () => new Date(Date.now() + shared.offsetMs + offsetMs),
  })
  const db = await createTestDatabase()
  const simulators = createSimulators({
    pool: db.pool,
    logger: pino({ level: 'silent' }),
    publicBase: 'http://localhost:3100',
    clock: clockAt(0),
    wechatpayTiming: TIMING,
  })
  const origin = await simulators.listen({ host: '127.0.0.1', port: 0 })
  const account = await registerMerchant(origin)
  const outages = await makeOutages(origin)
  const receiver = await makeReceiver(new WechatpayChannel())
  const newNo = (prefix: string) => `${prefix}${Date.now()}${randomInt(1e9, 1e10)}`

  return {
    channel: new WechatpayChannel({ clock: clockAt(0) }),
    channelAt: (offsetMs) => new WechatpayChannel({ clock: clockAt(offsetMs) }),
    account,
    order(overrides = {}) {
      const order_no = newNo('ORD')
      return {
        order_no,
        amount: { minor: 12_345n, currency: 'CNY' },
        description: '2026 学年学费',
        method: 'native',
        expires_at: new Date(clockAt(30 * 60_000).now()),
        notify_url: receiver.url(order_no),
        ...overrides,
      }
    },
    refundOf(order: ChannelOrder, overrides = {}) {
      const { order_no, amount } = order
      const refund_no = newNo('REF')
      const notify_url = receiver.url(refund_no)
      const reason = '重复缴费'
      const base = { order_no, refund_no, amount, order_amount: amount, reason, notify_url }
      return { ...base, ...overrides }
    },
    async play(orderNo, action, notify) {
      const path = `/_control/wechatpay/orders/${account.merchant_id}/${orderNo}/play`
      await control(origin, path, { action, notify })
    },
    received: receiver.received,
    refuseNext: receiver.refuseNext,
    forgeries: (raw) => [forged(raw), probed(raw)],
    advance(milliseconds) {
      shared.offsetMs += milliseconds
    },
    behind(outage: Outage) {
      const settings = { ...Object(account.settings), base_url: outages.baseUrl(outage) }
      return { ...account, settings }
    },
    async stop() {
      await simulators.close()
      await Promise.all([outages.stop(), receiver.stop()])
      await db.drop()
    },
  }
}

async function registerMerchant(origin: string): Promise<ChannelAccount> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const merchant = {
    merchant_id: String(randomInt(1_000_000_000, 2_000_000_000)),
    app_id: 'wxd678efh567hg6787',
    api_v3_key: '0123456789abcdef0123456789abcdef',
    merchant_serial_no: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
  }
  const platform = await control(origin, '/_control/wechatpay/merchants', {
    ...merchant,
    merchant_public_key: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  })
  const { merchant_id, ...rest } = merchant
  return {
    institution_id: 'inst_00000000000000000000000000',
    livemode: false,
    id: 'cha_00000000000000000000000000',
    channel: 'wechatpay',
    merchant_id,
    settings: {
      ...rest,
      ...Object(platform),
      base_url: `${origin}/wechatpay`,
      merchant_private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  }
}

async function control(origin: string, path: string, json: object): Promise<unknown> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

/** Keeps every delivery as it came, and answers as the channel says. */
async function makeReceiver(channel: WechatpayChannel) {
  const deliveries = new Map<string, RawNotification[]>()
  const refusals = new Map<string, number>()
  const server = await listen(async (request, response) => {
    const no = (request.url ?? '').split('/').at(-1) ?? ''
    const body = await buffer(request)
    deliveries.set(no, [...(deliveries.get(no) ?? []), { headers: headersOf(request), body }])
    const refusalsLeft = refusals.get(no) ?? 0
    refusals.set(no, refusalsLeft - 1)
    const answer =
      refusalsLeft > 0 ? channel.refuseNotification('not now') : channel.acceptNotification()
    response.writeHead(answer.status, { 'content-type': answer.content_type }).end(answer.body)
  })
  return {
    url: (no: string) => `${originOf(server)}/notify/${no}`,
    received: (no: string): readonly RawNotification[] => deliveries.get(no) ?? [],
    refuseNext(no: string, count: number) {
      refusals.set(no, count)
    },
    stop: () => stop(server),
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headers)
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]))
}

function forged(raw: RawNotification): RawNotification {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': nonce } = raw.headers
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), raw.body, Buffer.from('\n')])
  const signature = sign('sha256', text, privateKey).toString('base64')
  return { ...raw, headers: { ...raw.headers, 'wechatpay-signature': signature } }
}

function probed(raw: RawNotification): RawNotification {
  const signature = `WECHATPAY/SIGNTEST/${raw.headers['wechatpay-signature']}`
  return { ...raw, headers: { ...raw.headers, 'wechatpay-signature': signature } }
}

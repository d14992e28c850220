// A merchant for the tests of the simulator: Alipay's official client, which shares nothing with the
// code under test.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { AlipaySdk } from 'alipay-sdk'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.js'
import { createSimulators, type SimulatorsOptions } from '../simulators.app.js'

export const MERCHANT_ID = '2088000000000156'
export const APP_ID = '2021000122671080'
const Json = z.record(z.string(), z.unknown())
const PlatformKey = z.object({ alipay_public_key: z.string() })

export type Answer = Readonly<Record<string, unknown>>
type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** A simulator on a database of its own, one app of one merchant, and a clock that can be moved. */
export class Harness {
  offsetMs = 0

  private constructor(
    private readonly database: TestDatabase,
    readonly app: FastifyInstance,
    readonly sdk: AlipaySdk,
    readonly receiver: Receiver,
  ) {}

  static async start(timing: SimulatorsOptions['alipayTiming'] = {}): Promise<Harness> {
    const database = await createTestDatabase()
    const shared: { harness?: Harness } = {}
    const app = createSimulators({
      pool: database.pool,
      logger: Fastify({ logger: { level: 'fatal' } }).log,
      publicBase: 'http://localhost:3100',
      clock: { now: () => new Date(Date.now() + (shared.harness?.offsetMs ?? 0)) },
      alipayTiming: { refundGapMs: 0, resendSeconds: [0.1, 0.1], ...timing },
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const registration = { merchant_id: MERCHANT_ID, app_id: APP_ID, app_public_key: publicKey }
    const registered = await post(`${app.listeningOrigin}/_control/alipay/merchants`, registration)
    const { alipay_public_key } = PlatformKey.parse(registered.json)
    const sdk = new AlipaySdk({
      appId: APP_ID,
      privateKey,
      alipayPublicKey: alipay_public_key,
      gateway: `${app.listeningOrigin}/alipay/gateway.do`,
      keyType: 'PKCS8',
      camelcase: false,
    })
    const harness = new Harness(database, app, sdk, await startReceiver())
    shared.harness = harness
    return harness
  }

  get origin(): string {
    return this.app.listeningOrigin
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs)
  }

  /** A signed call; the client throws when Alipay's own signature is not right. */
  call(method: string, bizContent: object, parameters: object = {}): Promise<Answer> {
    return this.sdk.exec(
      method,
      { timestamp: this.wireTime(this.now()), bizContent: { ...bizContent }, ...parameters },
      { validateSign: true },
    )
  }

  wireTime(moment: Date): string {
    return new Date(moment.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  }

  content(outTradeNo: string, changes: object = {}): Record<string, unknown> {
    return { out_trade_no: outTradeNo, total_amount: '100.00', subject: '学费', ...changes }
  }

  precreate(outTradeNo: string, changes: object = {}): Promise<Answer> {
    const parameters = { notify_url: this.receiver.url }
    return this.call('alipay.trade.precreate', this.content(outTradeNo, changes), parameters)
  }

  /** The address a payer's browser is sent to. */
  pageUrl(method: string, outTradeNo: string, changes: object = {}): string {
    return this.sdk.pageExecute(method, 'GET', {
      bizContent: this.content(outTradeNo, changes),
      notify_url: this.receiver.url,
      return_url: 'http://localhost:3000/pay/return?from=alipay',
    })
  }

  query(outTradeNo: string): Promise<Answer> {
    return this.call('alipay.trade.query', { out_trade_no: outTradeNo })
  }

  refund(outTradeNo: string, no: string, refund_amount: string): Promise<Answer> {
    const content = { out_trade_no: outTradeNo, out_request_no: no, refund_amount }
    return this.call('alipay.trade.refund', content)
  }

  queryRefund(outTradeNo: string, no: string): Promise<Answer> {
    return this.call('alipay.trade.fastpay.refund.query', {
      ...{ out_trade_no: outTradeNo, out_request_no: no, query_options: ['gmt_refund_pay'] },
    })
  }

  control(path: string, json?: object) {
    const url = `${this.origin}/_control/alipay${path}`
    return json ? post(url, json) : read(fetch(url))
  }

  play(outTradeNo: string, action: string, notify = 'lost') {
    return this.control(`/orders/${MERCHANT_ID}/${outTradeNo}/play`, { action, notify })
  }

  fault(fault: string, orderNo: string | null = null, remaining: number | null = null) {
    const json = { fault, order_no: orderNo, remaining }
    return this.control(`/merchants/${MERCHANT_ID}/faults`, json)
  }

  async paid(outTradeNo: string, changes: object = {}): Promise<void> {
    await this.precreate(outTradeNo, changes)
    await this.play(outTradeNo, 'pay')
  }

  async stop(): Promise<void> {
    await this.app.close()
    await this.receiver.close()
    await this.database.drop()
  }
}

async function post(url: string, json: object) {
  const headers = { 'Content-Type': 'application/json' }
  return read(fetch(url, { method: 'POST', headers, body: JSON.stringify(json) }))
}

async function read(answering: Promise<Response>) {
  const response = await answering
  return { status: response.status, json: Json.parse(await response.json()) }
}

/** The merchant's notification address: records what came, answers what the test wants. */
async function startReceiver() {
  const received: Record<string, string>[] = []
  const answers: string[] = []
  const server = createServer(async (request, response) => {
    const fields = new URLSearchParams((await buffer(request)).toString())
    received.push(Object.fromEntries(fields))
    response.end(answers.shift() ?? 'success')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  const of = (outTradeNo: string) => received.filter((one) => one.out_trade_no === outTradeNo)
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    /** Bodies of the next answers; `success` after them. */
    answers,
    of,
    async waitFor(outTradeNo: string, count: number): Promise<Record<string, string>[]> {
      for (let tries = 0; tries < 200; tries += 1) {
        if (of(outTradeNo).length >= count) return of(outTradeNo)
        await sleep(20)
      }
      throw new Error(`${count} notifications of ${outTradeNo} did not arrive`)
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

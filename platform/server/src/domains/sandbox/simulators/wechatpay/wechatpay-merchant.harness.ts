// A merchant for the tests of the simulator: signs, verifies and decrypts by itself, from the public
// documentation, and shares nothing with the code under test.
import {
  createDecipheriv,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.js'
import { createSimulators, type SimulatorsOptions } from '../simulators.app.js'

export const MERCHANT_ID = '1900000109'
export const APP_ID = 'wx8888888888888888'
const API_V3_KEY = '0123456789abcdefghijABCDEFGHIJ01'
const ORDERS = '/v3/pay/transactions/out-trade-no'
const SERIAL_NO = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1'

const Json = z.record(z.string(), z.unknown())
const Envelope = z.object({
  id: z.string(),
  event_type: z.string(),
  resource_type: z.literal('encrypt-resource'),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string(),
    associated_data: z.string(),
    nonce: z.string(),
  }),
})
const PlatformKey = z.object({ platform_key_id: z.string(), platform_public_key: z.string() })

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly is_signed: boolean
}

export interface SigningChanges {
  readonly timestamp?: number
  readonly serial_no?: string
  readonly authorization?: string
  /** Sent instead of the body that was signed. */
  readonly sentBody?: string
}

export interface Received {
  readonly at: number
  readonly id: string
  readonly event_type: string
  readonly is_signed: boolean
  readonly resource: Record<string, unknown>
}

type Receiver = Awaited<ReturnType<typeof startReceiver>>
type PlatformKey = z.infer<typeof PlatformKey>

export async function startHarness(overrides: Partial<SimulatorsOptions> = {}): Promise<Harness> {
  const database = await createTestDatabase()
  const app = await listen(database, overrides)
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const registration = {
    merchant_id: MERCHANT_ID,
    app_id: APP_ID,
    api_v3_key: API_V3_KEY,
    merchant_serial_no: SERIAL_NO,
    merchant_public_key: keys.publicKey,
  }
  const registered = await control(app, '/merchants', registration)
  const platform = PlatformKey.parse(registered.body)
  const receiver = await startReceiver(platform)
  const { privateKey } = keys
  return new Harness(database, overrides, { platform, receiver, registration, privateKey }, app)
}

interface Account {
  readonly platform: PlatformKey
  readonly receiver: Receiver
  readonly registration: Record<string, string>
  readonly privateKey: string
}

/** A simulator on a database of its own, and one merchant of it. */
export class Harness {
  readonly platform: PlatformKey
  readonly receiver: Receiver
  readonly registration: Record<string, string>

  constructor(
    private readonly database: TestDatabase,
    private readonly overrides: Partial<SimulatorsOptions>,
    private readonly account: Account,
    private app: FastifyInstance,
  ) {
    this.platform = account.platform
    this.receiver = account.receiver
    this.registration = account.registration
  }

  get base(): string {
    return this.app.listeningOrigin
  }

  /** One signed call; the answer says whether WeChat's signature on it holds. */
  async call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    changes: SigningChanges = {},
  ): Promise<Answer> {
    const url = `/wechatpay${path}`
    const text = body === undefined ? '' : JSON.stringify(body)
    const authorization = changes.authorization ?? this.authorize(method, url, text, changes)
    const response = await fetch(this.base + url, {
      method,
      headers: {
        Authorization: authorization,
        Accept: 'application/json',
        'Content-Type': 'application/json',
      },
      body: method === 'GET' ? null : (changes.sentBody ?? text),
    })
    const answer = await response.text()
    return {
      status: response.status,
      body: answer === '' ? {} : Json.parse(JSON.parse(answer)),
      is_signed: isSigned(this.platform, Object.fromEntries(response.headers), answer),
    }
  }

  /** A file, whose answer is not signed. */
  async download(path: string): Promise<Buffer> {
    const url = `/wechatpay${path}`
    const headers = { Authorization: this.authorize('GET', url, '', {}), Accept: '*/*' }
    const response = await fetch(this.base + url, { headers })
    return Buffer.from(await response.arrayBuffer())
  }

  control(path: string, body?: unknown): Promise<Answer> {
    return control(this.app, path, body)
  }

  order(outTradeNo: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      appid: APP_ID,
      mchid: MERCHANT_ID,
      description: '学费',
      out_trade_no: outTradeNo,
      time_expire: new Date(Date.now() + 900_000).toISOString(),
      notify_url: this.receiver.url,
      amount: { total: 10_000, currency: 'CNY' },
      ...changes,
    }
  }

  refund(outTradeNo: string, outRefundNo: string, fen: number, total = 10_000) {
    return {
      out_trade_no: outTradeNo,
      out_refund_no: outRefundNo,
      notify_url: this.receiver.url,
      amount: { refund: fen, total, currency: 'CNY' },
    }
  }

  query(outTradeNo: string): Promise<Answer> {
    return this.call('GET', `${ORDERS}/${outTradeNo}?mchid=${MERCHANT_ID}`)
  }

  close(outTradeNo: string): Promise<Answer> {
    return this.call('POST', `${ORDERS}/${outTradeNo}/close`, { mchid: MERCHANT_ID })
  }

  play(outTradeNo: string, action: string, notify = 'normal'): Promise<Answer> {
    return this.control(`/orders/${MERCHANT_ID}/${outTradeNo}/play`, { action, notify })
  }

  /** A new application on the same database. */
  async restart(): Promise<void> {
    await this.app.close()
    this.app = await listen(this.database, this.overrides)
  }

  async stop(): Promise<void> {
    await this.app.close()
    await this.receiver.close()
    await this.database.drop()
  }

  private nowMs(): number {
    return this.overrides.clock?.now().getTime() ?? Date.now()
  }

  private authorize(method: string, url: string, body: string, changes: SigningChanges): string {
    const timestamp = changes.timestamp ?? Math.floor(this.nowMs() / 1000)
    const nonce = randomBytes(16).toString('hex')
    const signature = createSign('RSA-SHA256')
      .update([method, url, timestamp, nonce, body, ''].join('\n'))
      .sign(this.account.privateKey, 'base64')
    const serial = changes.serial_no ?? SERIAL_NO
    return `WECHATPAY2-SHA256-RSA2048 mchid="${MERCHANT_ID}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serial}"`
  }
}

async function listen(
  database: TestDatabase,
  overrides: Partial<SimulatorsOptions>,
): Promise<FastifyInstance> {
  const app = createSimulators({
    pool: database.pool,
    logger: Fastify({ logger: { level: 'fatal' } }).log,
    publicBase: 'http://localhost:3100',
    ...overrides,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app
}

async function control(app: FastifyInstance, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${app.listeningOrigin}/_control/wechatpay${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: response.status, body: Json.parse(await response.json()), is_signed: false }
}

/** The merchant's notification address: records what came, answers what the test wants. */
async function startReceiver(platform: PlatformKey) {
  const received: Received[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      received.push(open(platform, request.headers, body))
      response.writeHead(answers.shift() ?? 204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    /** Statuses of the next answers; 204 after them. */
    answers,
    of: (outTradeNo: string) => received.filter((one) => one.resource.out_trade_no === outTradeNo),
    async waitFor(outTradeNo: string, count: number): Promise<Received[]> {
      for (let tries = 0; tries < 200; tries += 1) {
        const found = received.filter((one) => one.resource.out_trade_no === outTradeNo)
        if (found.length >= count) return found
        await sleep(20)
      }
      throw new Error(`${count} notifications of ${outTradeNo} did not arrive`)
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function open(platform: PlatformKey, headers: IncomingHttpHeaders, body: string): Received {
  const { id, event_type, resource } = Envelope.parse(JSON.parse(body))
  const sealed = Buffer.from(resource.ciphertext, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', API_V3_KEY, resource.nonce)
  decipher.setAAD(Buffer.from(resource.associated_data))
  decipher.setAuthTag(sealed.subarray(-16))
  const opened = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  return {
    at: Date.now(),
    id,
    event_type,
    is_signed: isSigned(platform, headers, body),
    resource: Json.parse(JSON.parse(opened.toString())),
  }
}

function isSigned(platform: PlatformKey, headers: Record<string, unknown>, body: string): boolean {
  const timestamp = String(headers['wechatpay-timestamp'])
  return (
    headers['wechatpay-serial'] === platform.platform_key_id &&
    Math.abs(Date.now() / 1000 - Number(timestamp)) < 300 &&
    createVerify('RSA-SHA256')
      .update(`${timestamp}\n${headers['wechatpay-nonce']}\n${body}\n`)
      .verify(platform.platform_public_key, String(headers['wechatpay-signature']), 'base64')
  )
}

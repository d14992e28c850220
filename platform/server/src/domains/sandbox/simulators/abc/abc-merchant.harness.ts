// A merchant for the tests of the simulator: signs and verifies by itself, from the page of the wire,
// and shares nothing with the code under test.
import { createVerify, randomInt, sign, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import iconv from 'iconv-lite'
import { z } from 'zod'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.js'
import { ManualClock } from '../../../../kernel/clock.js'
import { makeSelfSigned } from '../../accounts/self-signed.certificate.js'
import { createSimulators } from '../simulators.app.js'

export const MERCHANT_ID = '103881636900016'

const Texts = z.record(z.string(), z.string())
const Answer = z.object({
  MSG: z.object({
    Message: z.object({
      Merchant: z.object({ MerchantID: z.string() }),
      TrxResponse: Texts,
    }),
    'Signature-Algorithm': z.literal('SHA1withRSA'),
    Signature: z.string(),
  }),
})

export interface BankAnswer {
  readonly merchant_id: string
  readonly is_signed: boolean
  readonly response: Record<string, string>
}

export interface Notice {
  readonly xml: string
  readonly is_signed: boolean
}

const TIMING = {
  refundSettleMs: 50,
  duplicateMs: 50,
  lateMs: 2_000,
  reorderedMs: 60_000,
  holdMs: 1_000,
  resendSeconds: [0.1, 0.1],
}

export async function startHarness() {
  const database = await createTestDatabase()
  const clock = new RunningClock()
  const listen = () => listenOn(database, clock)
  const shared = { app: await listen() }
  const keys = await makeSelfSigned(`EBUS.merchant.${MERCHANT_ID}.${MERCHANT_ID}.0000`)
  const controlUrl = () => `${shared.app.listeningOrigin}/_control/abc`
  const control = (path: string, body?: unknown, method = body ? 'POST' : 'GET') =>
    fetch(controlUrl() + path, {
      method,
      ...(body
        ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        : {}),
    })
  const registered = await control('/merchants', {
    merchant_id: MERCHANT_ID,
    merchant_name: '示范大学',
    merchant_certificate: keys.certificate_pem,
  })
  const { bank_certificate } = z
    .object({ bank_certificate: z.string() })
    .parse(await registered.json())
  const bankKey = new X509Certificate(bank_certificate).publicKey
  const receiver = await startReceiver((bytes, signature) =>
    createVerify('sha1').update(bytes).verify(bankKey, signature, 'base64'),
  )
  const post = (body: Buffer, path = 'ReceiveMerchantTrxReqServlet') =>
    fetch(`${shared.app.listeningOrigin}/abc/ebus/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=GB18030' },
      body,
      signal: AbortSignal.timeout(5_000),
    })
  const envelopeOf = (request: object, merchantId = MERCHANT_ID) => {
    const Merchant = { ECMerchantType: 'EBUS', MerchantID: merchantId }
    const message = { Version: 'V3.0.0', Format: 'JSON', Merchant, TrxRequest: request }
    const text = JSON.stringify(message)
    const signature = sign('sha1', iconv.encode(text, 'gb18030'), keys.private_key_pem)
    return iconv.encode(
      `{"MSG":{"Message":${text},"Signature-Algorithm":"SHA1withRSA","Signature":"${signature.toString('base64')}"}}`,
      'gb18030',
    )
  }
  const read = async (response: Response): Promise<BankAnswer> => {
    const text = iconv.decode(Buffer.from(await response.arrayBuffer()), 'gb18030')
    const { MSG } = Answer.parse(JSON.parse(text))
    const message = text.slice(
      text.indexOf('"Message":') + '"Message":'.length,
      text.indexOf(',"Signature-Algorithm"'),
    )
    return {
      merchant_id: MSG.Message.Merchant.MerchantID,
      is_signed: createVerify('sha1')
        .update(iconv.encode(message, 'gb18030'))
        .verify(bankKey, MSG.Signature, 'base64'),
      response: MSG.Message.TrxResponse,
    }
  }

  return {
    clock,
    receiver,
    control,
    envelopeOf,
    post,
    read,
    base: () => shared.app.listeningOrigin,
    call: async (request: object, merchantId = MERCHANT_ID) =>
      read(await post(envelopeOf(request, merchantId))),
    play: (orderNo: string, action: string, notify = 'normal') =>
      control(`/orders/${MERCHANT_ID}/${orderNo}/play`, { action, notify }),
    fault: (fault: string, order_no: string | null, remaining: number | null = null) =>
      control(`/merchants/${MERCHANT_ID}/faults`, { fault, order_no, remaining }),
    async restart() {
      await shared.app.close()
      shared.app = await listen()
    },
    async stop() {
      await shared.app.close()
      await receiver.close()
      await database.drop()
    },
  }
}
export type Harness = Awaited<ReturnType<typeof startHarness>>

export function newNo(): string {
  return `NO${Date.now()}${randomInt(1e9, 1e10)}`
}

/** A request for an order, as the page of the wire shows it. */
export function payReq(orderNo: string, notifyUrl: string, changes: Record<string, unknown> = {}) {
  return {
    TrxType: 'PayReq',
    Order: {
      PayTypeID: 'ImmediatePay',
      OrderNo: orderNo,
      OrderAmount: '10.00',
      OrderDate: '2026/01/19',
      OrderTime: '09:50:30',
      OrderDesc: '学费',
      CurrencyCode: '156',
      CommodityType: '0410',
      InstallmentMark: '0',
      ExpiredDate: '30',
      ...changes,
    },
    OrderDetail: [{ ProductName: '学费', UnitPrice: '10.00', Qty: '1' }],
    PaymentType: 'A',
    PaymentLinkType: '1',
    NotifyType: '1',
    ResultNotifyURL: notifyUrl,
    MerchantSuccessURL: 'http://localhost:3000/paid',
    MerchantErrorURL: 'http://localhost:3000/unpaid',
    IsBreakAccount: '0',
  }
}

export function refundReq(orderNo: string, refundNo: string, yuan: string) {
  return {
    TrxType: 'Refund',
    OrderDate: '2026/01/20',
    OrderTime: '10:00:00',
    OrderNo: orderNo,
    NewOrderNo: refundNo,
    CurrencyCode: '156',
    TrxAmount: yuan,
    MerchantRemarks: '重复缴费',
  }
}

export const queryReq = (no: string, PayTypeID: 'ImmediatePay' | 'Refund' = 'ImmediatePay') => ({
  TrxType: 'Query',
  PayTypeID,
  OrderNo: no,
  QueryDetail: 'true',
})

/** The details inside the answer to a query. */
export function detailOf({ response }: BankAnswer): Record<string, string> {
  const bytes = Buffer.from(response.Order ?? '', 'base64')
  return Texts.parse(JSON.parse(iconv.decode(bytes, 'gb18030')))
}

/** Runs, and can be moved. */
class RunningClock extends ManualClock {
  private readonly startedMs = Date.now()

  constructor() {
    super(new Date())
  }

  override now(): Date {
    return new Date(super.now().getTime() + Date.now() - this.startedMs)
  }
}

async function listenOn(database: TestDatabase, clock: ManualClock): Promise<FastifyInstance> {
  const app = createSimulators({
    pool: database.pool,
    logger: Fastify({ logger: { level: 'fatal' } }).log,
    publicBase: 'http://localhost:3100',
    clock,
    abcTiming: TIMING,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app
}

/** The merchant's notification address: records what came, answers what the test wants. */
async function startReceiver(verify: (bytes: Buffer, signature: string) => boolean) {
  const received: Notice[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const msg = new URLSearchParams(Buffer.concat(chunks).toString()).get('MSG') ?? ''
      const xml = iconv.decode(Buffer.from(msg, 'base64'), 'gb18030')
      const message = /<Message>(.*)<\/Message>/.exec(xml)?.[1] ?? ''
      const signature = /<Signature>(.*)<\/Signature>/.exec(xml)?.[1] ?? ''
      received.push({ xml, is_signed: verify(iconv.encode(message, 'gb18030'), signature) })
      response.writeHead(answers.shift() ?? 200).end('<html></html>')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  const of = (orderNo: string) => received.filter(({ xml }) => xml.includes(`<OrderNo>${orderNo}<`))
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    answers,
    of,
    async waitFor(orderNo: string, count: number): Promise<readonly Notice[]> {
      for (let tries = 0; tries < 200; tries += 1) {
        if (of(orderNo).length >= count) return of(orderNo)
        await sleep(20)
      }
      throw new Error(`${count} notifications of ${orderNo} did not arrive`)
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

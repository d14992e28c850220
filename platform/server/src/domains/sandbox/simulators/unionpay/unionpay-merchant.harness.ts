// A merchant for the tests of the simulator: signs and verifies by itself, from the public
// documentation, and shares nothing with the code under test.
import {
  createHash,
  createPrivateKey,
  createSign,
  createVerify,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { inflateSync } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'
import { strFromU8, unzipSync } from 'fflate'
import { z } from 'zod'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.js'
import type { Clock } from '../../../../kernel/clock.js'
import { makeSelfSigned } from '../../accounts/self-signed.certificate.js'
import { createSimulators } from '../simulators.app.js'

export const MERCHANT_ID = '777290058110048'

const Registered = z.object({ root_certificate: z.string(), middle_certificate: z.string() })
const Json = z.record(z.string(), z.unknown())
type Fields = Record<string, string>

const TIMING = {
  refundSettleMs: 50,
  duplicateMs: 50,
  lateMs: 500,
  holdMs: 400,
  resendSeconds: [0.2, 0.2],
}

export type Harness = Awaited<ReturnType<typeof startHarness>>

/** A simulator on a database of its own, and one merchant of it. */
export async function startHarness() {
  const shared = { offsetMs: 0 }
  const clock: Clock = { now: () => new Date(Date.now() + shared.offsetMs) }
  const database = await createTestDatabase()
  let app = await listen(database, clock)
  const { certificate_pem, private_key_pem } = await makeSelfSigned('merchant of a test')
  const key = createPrivateKey(private_key_pem)
  const certId = BigInt(`0x${new X509Certificate(certificate_pem).serialNumber}`).toString()
  const registration = {
    merchant_id: MERCHANT_ID,
    merchant_name: '示范大学',
    merchant_certificate: certificate_pem,
  }
  const registered = await control('/merchants', registration)
  const chain = Registered.parse(registered.body)
  const receiver = await startReceiver()

  async function control(path: string, body?: object, method = body ? 'POST' : 'GET') {
    const response = await fetch(`${app.listeningOrigin}/_control/unionpay${path}`, {
      method,
      ...(body
        ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {}),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : Json.parse(JSON.parse(text)) }
  }

  const signed = (fields: Fields): Fields => {
    const all = { ...fields, certId }
    return { ...all, signature: sign(all, key) }
  }
  const post = (path: string, fields: Fields) =>
    fetch(`${app.listeningOrigin}/unionpay${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    })

  const common = (orderId: string, txnTime: string): Fields => ({
    ...{ version: '5.1.0', encoding: 'UTF-8', signMethod: '01', accessType: '0' },
    ...{ merId: MERCHANT_ID, orderId, txnTime },
  })

  return {
    ...{ control, signed, post, receiver, chain, registration },
    base: () => app.listeningOrigin,
    now: clock.now,
    advance(milliseconds: number) {
      shared.offsetMs += milliseconds
    },
    txnTime: (offsetMs = 0) => txnTimeOf(new Date(clock.now().getTime() + offsetMs)),
    form: (orderId: string, txnTime: string, changes: Fields = {}): Fields => ({
      ...common(orderId, txnTime),
      ...{ txnType: '01', txnSubType: '01', bizType: '000201', channelType: '07' },
      ...{ txnAmt: '10000', currencyCode: '156', orderDesc: '学费' },
      payTimeout: txnTimeOf(new Date(clock.now().getTime() + 900_000)),
      ...{ frontUrl: 'http://localhost:3000/return', backUrl: receiver.url },
      ...{ reqReserved: 'T1', ...changes },
    }),
    /** One signed call; the answer says whether UnionPay's signature on it holds. */
    async call(path: string, fields: Fields) {
      const response = await post(path, fields)
      const answer = parseAnswer(await response.text())
      return { status: response.status, answer, is_signed: isSigned(answer, chain) }
    },
    query: (orderId: string, txnTime: string) =>
      signed({
        ...common(orderId, txnTime),
        ...{ txnType: '00', txnSubType: '00', bizType: '000000' },
      }),
    refund: (orderId: string, txnTime: string, origQryId: string, txnAmt: string, changes = {}) =>
      signed({
        ...common(orderId, txnTime),
        ...{ txnType: '04', txnSubType: '00', bizType: '000201', channelType: '07' },
        ...{ origQryId, txnAmt, backUrl: receiver.url, reqReserved: 'R1' },
        ...changes,
      }),
    file: (settleDate: string) => {
      const { orderId: _, ...rest } = common('', txnTimeOf(clock.now()))
      return signed({
        ...{ ...rest, txnType: '76', txnSubType: '01', bizType: '000000' },
        ...{ fileType: '00', settleDate },
      })
    },
    play: (orderId: string, action: string, notify = 'normal') =>
      control(`/orders/${MERCHANT_ID}/${orderId}/play`, { action, notify }),
    fault: (fault: string, order_no: string | null = null, remaining: number | null = null) =>
      control(`/merchants/${MERCHANT_ID}/faults`, { fault, order_no, remaining }),
    clearFaults: () =>
      fetch(`${app.listeningOrigin}/_control/unionpay/merchants/${MERCHANT_ID}/faults`, {
        method: 'DELETE',
      }),
    isSigned: (fields: Fields) => isSigned(fields, chain),
    /** A new application on the same database. */
    async restart() {
      await app.close()
      app = await listen(database, clock)
    },
    async stop() {
      await app.close()
      await receiver.close()
      await database.drop()
    },
  }
}

async function listen(database: TestDatabase, clock: Clock): Promise<FastifyInstance> {
  const app = createSimulators({
    pool: database.pool,
    logger: Fastify({ logger: { level: 'fatal' } }).log,
    publicBase: 'http://localhost:3100',
    clock,
    unionpayTiming: TIMING,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app
}

/** The merchant's notification address: records what came, answers what the test wants. */
async function startReceiver() {
  const received: Fields[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())))
      response.writeHead(answers.shift() ?? 200).end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  const of = (orderId: string) => received.filter((one) => one.orderId === orderId)
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    /** Statuses of the next answers; 200 after them. */
    answers,
    of,
    async waitFor(orderId: string, count: number): Promise<Fields[]> {
      for (let tries = 0; tries < 200; tries += 1) {
        if (of(orderId).length >= count) return of(orderId)
        await sleep(20)
      }
      throw new Error(`${count} notifications of ${orderId} did not arrive`)
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function textOf(fields: Fields): string {
  const names = Object.keys(fields).filter((name) => name !== 'signature')
  return names
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
}

function sign(fields: Fields, key: KeyObject): string {
  const hex = createHash('sha256').update(textOf(fields)).digest('hex')
  return createSign('RSA-SHA256').update(hex).sign(key, 'base64')
}

function isSigned(fields: Fields, chain: z.infer<typeof Registered>): boolean {
  if (!fields.signPubKeyCert || !fields.signature) return false
  const certificate = new X509Certificate(fields.signPubKeyCert)
  const middle = new X509Certificate(chain.middle_certificate)
  const root = new X509Certificate(chain.root_certificate)
  const isTrusted =
    certificate.checkIssued(middle) &&
    certificate.verify(middle.publicKey) &&
    middle.checkIssued(root) &&
    middle.verify(root.publicKey) &&
    /CN=041@Z12@00040000:SIGN@/.test(certificate.subject)
  const hex = createHash('sha256').update(textOf(fields)).digest('hex')
  return (
    isTrusted &&
    createVerify('RSA-SHA256').update(hex).verify(certificate.publicKey, fields.signature, 'base64')
  )
}

function parseAnswer(text: string): Fields {
  const pairs = text.split('&').map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  return Object.fromEntries(pairs)
}

/** The lines of a statement's file. */
export function unpack(fileContent: string): string[] {
  const files = unzipSync(inflateSync(Buffer.from(fileContent, 'base64')))
  const [content = new Uint8Array()] = Object.values(files)
  return strFromU8(content, true).split('\r\n').slice(0, -1)
}

function txnTimeOf(moment: Date): string {
  const local = new Date(moment.getTime() + 8 * 3_600_000)
  return local.toISOString().slice(0, 19).replace(/\D/g, '')
}

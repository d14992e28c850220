import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { renderRefusal } from '../phone/phone.page.js'
import { toPhoneLanguage } from '../phone/phone.text.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import type { HeldCalls } from '../simulator-held.calls.js'
import { describeOrder, describeRefund, toAnswer, toText } from './unionpay.answers.js'
import type { UnionpayAuthority } from './unionpay.authority.js'
import type { UnionpayOrders } from './unionpay.orders.js'
import { targetOf, type UnionpayPayer } from './unionpay.payer.js'
import { UNIONPAY_BRAND } from './unionpay.phone.js'
import type { UnionpayRefunds } from './unionpay.refunds.js'
import { UnionpayRefusal } from './unionpay.refusal.js'
import {
  BackRequest,
  FileRequest,
  PayForm,
  QueryRequest,
  readFields,
  Signed,
} from './unionpay.schema.js'
import { type Fields, isSignedBy } from './unionpay.signature.js'
import type { UnionpayStatements } from './unionpay.statement.js'

export interface UnionpayRoutesOptions {
  readonly authority: UnionpayAuthority
  readonly orders: UnionpayOrders
  readonly payer: UnionpayPayer
  readonly refunds: UnionpayRefunds
  readonly statements: UnionpayStatements
  readonly faults: SimulatorFaults
  readonly held: HeldCalls
  /** The phone page's path in a browser. */
  readonly phonePath: string
}

const TIMEOUTS = ['timeout_before_acceptance', 'timeout_after_acceptance'] as const

/** The public wire: what gateway.95516.com answers to browsers and to merchants' servers. */
export async function unionpayRoutes(
  app: FastifyInstance,
  options: UnionpayRoutesOptions,
): Promise<void> {
  acceptForms(app)
  app.post('/gateway/api/frontTransReq.do', (request, reply) => openPage(options, request, reply))
  app.post('/gateway/api/backTransReq.do', (request, reply) => takeRefund(options, request, reply))
  app.post('/gateway/api/queryTrans.do', async (request, reply) => {
    return send(reply, await seal(options, request, (fields) => query(options, fields)))
  })
  app.post('/file/', async (request, reply) => {
    const sealed = await seal(options, request, async (fields) => {
      const { merId, settleDate } = readFields(FileRequest, fields)
      return toAnswer(fields, '00', await options.statements.file(merId, settleDate))
    })
    return send(reply, sealed)
  })
}

/** The payer's browser arrives with the merchant's form and is shown the page of its order. */
async function openPage(
  options: UnionpayRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { orders, faults, held, phonePath } = options
  try {
    const fields = await authenticate(options.authority, request)
    const form = readFields(PayForm, fields)
    const amount = Number(form.txnAmt)
    const target = { merchant_id: form.merId, order_no: form.orderId, amount }
    if (await faults.strikes('order_refused', target)) throw new UnionpayRefusal('32')
    const timeout = await faults.firstOf(TIMEOUTS, target)
    if (timeout === 'timeout_before_acceptance') return held.hold(reply)
    const order = await orders.open(form, fields)
    if (timeout === 'timeout_after_acceptance') return held.hold(reply)
    return reply.redirect(`${phonePath}/${order.code}`, 303)
  } catch (error) {
    if (!(error instanceof UnionpayRefusal)) throw error
    const language = toPhoneLanguage(undefined, request.headers['accept-language'])
    const page = { brand: UNIONPAY_BRAND, path: phonePath, language }
    const html = renderRefusal(page, `respCode=${error.respCode}`, error.message)
    reply.code(400).type('text/html; charset=utf-8')
    reply.header('Content-Security-Policy', "default-src 'none'; style-src 'self'; base-uri 'none'")
    return reply.send(html)
  }
}

/** A refund or a cancel. It may be taken and its answer be lost, or leave everything open. */
async function takeRefund(
  options: UnionpayRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { refunds, faults, held } = options
  const sealed = await seal(options, request, async (fields) => {
    const back = readFields(BackRequest, fields)
    const original = await refunds.originalOf(back)
    const target = original && { ...targetOf(original), occasion: back.orderId }
    const timeout = target && (await faults.firstOf(TIMEOUTS, target))
    if (timeout === 'timeout_before_acceptance') return null
    const refund = await refunds.accept(back)
    if (timeout === 'timeout_after_acceptance') return null
    const isOpen = target !== null && (await faults.strikes('result_unknown', target))
    const { query_id: queryId, original: paid } = refund
    const numbers = { queryId, origQryId: paid.query_id }
    const amount = { txnAmt: back.txnAmt, currencyCode: '156' }
    return toAnswer(fields, isOpen ? '04' : '00', { ...amount, ...numbers })
  })
  return sealed === null ? held.hold(reply) : send(reply, sealed)
}

async function query(options: UnionpayRoutesOptions, fields: Fields): Promise<Fields> {
  const { orders, refunds, payer } = options
  const { merId, orderId, txnTime } = readFields(QueryRequest, fields)
  const reference = { merchant_id: merId, order_id: orderId, txn_time: txnTime }
  const order = await orders.find(reference)
  if (order) {
    await payer.payAfterClose(order)
    return toAnswer(fields, '00', describeOrder(order))
  }
  const refund = await refunds.find(reference)
  if (!refund) throw new UnionpayRefusal('34')
  return toAnswer(fields, '00', describeRefund(refund))
}

/** Every answer is signed, refusals too: a merchant must be able to believe a "no". Null: there is none. */
async function seal(
  { authority }: UnionpayRoutesOptions,
  request: FastifyRequest,
  work: (fields: Fields) => Promise<Fields | null>,
): Promise<Fields | null> {
  try {
    const fields = await work(await authenticate(authority, request))
    return fields && (await authority.seal(fields))
  } catch (error) {
    if (!(error instanceof UnionpayRefusal)) throw error
    return authority.seal(toAnswer(fieldsOf(request) ?? {}, error.respCode, {}, error.message))
  }
}

function send(reply: FastifyReply, sealed: Fields | null): FastifyReply {
  return reply.type('text/html;charset=UTF-8').send(toText(sealed ?? {}))
}

/** The fields of a request that a merchant signed with the certificate it registered. */
async function authenticate(
  authority: UnionpayAuthority,
  request: FastifyRequest,
): Promise<Fields> {
  const fields = fieldsOf(request)
  if (!fields) throw new UnionpayRefusal('10')
  const { merId, certId } = readFields(Signed, fields)
  const merchant = await authority.merchant(merId)
  if (!merchant) throw new UnionpayRefusal('31', merId)
  if (merchant.cert_id !== certId) throw new UnionpayRefusal('11', 'certId')
  if (!isSignedBy(fields, merchant.certificate)) throw new UnionpayRefusal('11')
  return fields
}

/** Null when a name comes twice. Empty fields don't exist. */
function fieldsOf(request: FastifyRequest): Fields | null {
  if (typeof request.body !== 'string') return null
  const pairs = [...new URLSearchParams(request.body)].filter(([, value]) => value !== '')
  const fields = Object.fromEntries(pairs)
  return Object.keys(fields).length === pairs.length ? fields : null
}

function acceptForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  const bodyLimit = 64 * 1024
  app.addContentTypeParser(type, { parseAs: 'string', bodyLimit }, (_request, body, done) => {
    done(null, body.toString())
  })
}

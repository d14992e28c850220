import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../../kernel/clock.js'
import { toRefund, toTransaction } from './wechatpay.answers.js'
import type { WechatpayKeys } from './wechatpay.keys.js'
import { toCodeUrl, type WechatpayOrders } from './wechatpay.orders.js'
import type { WechatpayRefunds } from './wechatpay.refunds.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import { CloseOrder, CreateOrder, CreateRefund, readBody } from './wechatpay.schema.js'
import { readCredentials, signatureHeaders, verifyRequest } from './wechatpay.signature.js'
import type { MerchantRecord } from './wechatpay.types.js'

export interface WechatpayRoutesOptions {
  readonly keys: WechatpayKeys
  readonly orders: WechatpayOrders
  readonly refunds: WechatpayRefunds
  readonly clock: Clock
}

interface OrderRoute {
  Params: { outTradeNo: string }
  Querystring: { mchid?: string }
}

/** The public wire: what api.mch.weixin.qq.com answers below /v3. */
export async function wechatpayRoutes(
  app: FastifyInstance,
  options: WechatpayRoutesOptions,
): Promise<void> {
  const { orders, refunds } = options
  const signers = new WeakMap<FastifyRequest, MerchantRecord>()
  useRawBodies(app)
  signEveryAnswer(app, options)
  app.addHook('preValidation', async (request) => {
    signers.set(request, await authenticate(request, options))
  })
  const signerOf = (request: FastifyRequest): MerchantRecord => {
    const merchant = signers.get(request)
    if (!merchant) throw new WechatpayRefusal('SIGN_ERROR', '缺少签名')
    return merchant
  }

  app.post('/pay/transactions/native', async (request) => {
    const input = readBody(CreateOrder, rawBody(request))
    return { code_url: toCodeUrl(await orders.create(signerOf(request), input)) }
  })
  app.get<OrderRoute>('/pay/transactions/out-trade-no/:outTradeNo', async (request) => {
    const { params, query } = request
    return toTransaction(await orders.query(signerOf(request), query.mchid, params.outTradeNo))
  })
  app.post<OrderRoute>(
    '/pay/transactions/out-trade-no/:outTradeNo/close',
    async (request, reply) => {
      const { mchid } = readBody(CloseOrder, rawBody(request))
      await orders.close(signerOf(request), mchid, request.params.outTradeNo)
      return reply.code(204).send()
    },
  )
  app.post('/refund/domestic/refunds', async (request) => {
    const input = readBody(CreateRefund, rawBody(request))
    return toRefund(await refunds.create(signerOf(request), input))
  })
  app.get<{ Params: { outRefundNo: string } }>(
    '/refund/domestic/refunds/:outRefundNo',
    async (request) => {
      return toRefund(await refunds.query(signerOf(request), request.params.outRefundNo))
    },
  )
}

/** Signatures cover the bytes that were sent, so a body is parsed only after it was verified. */
function useRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
}

function rawBody(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : ''
}

async function authenticate(
  request: FastifyRequest,
  { keys, clock }: WechatpayRoutesOptions,
): Promise<MerchantRecord> {
  const { method, originalUrl: url, headers } = request
  if (!headers.accept || !headers['user-agent']) {
    throw new WechatpayRefusal('PARAM_ERROR', 'Http头缺少Accept或User-Agent')
  }
  const { authorization } = headers
  const credentials = readCredentials(authorization)
  const merchant = await keys.merchant(credentials.mchid)
  if (!merchant) throw new WechatpayRefusal('SIGN_ERROR', '商户号不存在，无法验证签名')
  const signed = { method, url, body: rawBody(request), authorization }
  verifyRequest(signed, credentials, merchant, clock.now())
  return merchant
}

/** Every answer is signed, refusals too: a merchant must be able to believe a "no". */
function signEveryAnswer(app: FastifyInstance, { keys, clock }: WechatpayRoutesOptions): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    const body = typeof payload === 'string' ? payload : ''
    reply.headers(signatureHeaders(await keys.platformKey(), body, clock.now()))
    reply.header('Request-ID', randomBytes(16).toString('hex').toUpperCase())
    reply.header('Cache-Control', 'no-cache, must-revalidate')
    return payload
  })
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, new WechatpayRefusal('RESOURCE_NOT_EXISTS', '请求的接口不存在')),
  )
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof WechatpayRefusal) return refuse(reply, error)
    if (isClientError(error)) {
      return refuse(reply, new WechatpayRefusal('PARAM_ERROR', error.message))
    }
    request.log.error({ err: error }, 'the simulated WeChat Pay failed')
    return refuse(reply, new WechatpayRefusal('SYSTEM_ERROR', '系统异常，请稍后重试'))
  })
}

function isClientError(error: unknown): error is Error & { statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error)) return false
  return typeof error.statusCode === 'number' && error.statusCode < 500
}

function refuse(reply: FastifyReply, refusal: WechatpayRefusal): FastifyReply {
  return reply.code(refusal.status).send(refusal.toBody())
}

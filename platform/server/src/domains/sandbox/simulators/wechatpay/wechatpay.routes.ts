import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../../kernel/clock.js'
import { wireTime } from '../simulator-merchant.clock.js'
import type { WechatpayBills } from './wechatpay.bills.js'
import type { WechatpayKeys } from './wechatpay.keys.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import { readFields, TradeBillQuery } from './wechatpay.schema.js'
import { readCredentials, signatureHeaders, verifyRequest } from './wechatpay.signature.js'
import type { MerchantRecord } from './wechatpay.types.js'
import { type OrderRoutesOptions, rawBody, wechatpayOrderRoutes } from './wechatpay-order.routes.js'

export interface WechatpayRoutesOptions extends Omit<OrderRoutesOptions, 'signerOf'> {
  readonly keys: WechatpayKeys
  readonly bills: WechatpayBills
  readonly clock: Clock
}

interface BillRoute {
  Querystring: { token?: string; tar_type?: string }
}

/** The public wire: what api.mch.weixin.qq.com answers below /v3. */
export async function wechatpayRoutes(
  app: FastifyInstance,
  options: WechatpayRoutesOptions,
): Promise<void> {
  const { bills } = options
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

  wechatpayOrderRoutes(app, { ...options, signerOf })
  app.get('/bill/tradebill', async (request) => {
    const query = readFields(TradeBillQuery, request.query, 'query')
    const { token, ...hash } = await bills.request(signerOf(request), query)
    const search = new URLSearchParams({ token, ...(query.tar_type && { tar_type: 'GZIP' }) })
    const base = `${request.protocol}://${request.host}${app.prefix}`
    return { ...hash, download_url: `${base}/billdownload/file?${search}` }
  })
  app.get<BillRoute>('/billdownload/file', async (request, reply) => {
    const { token = '', tar_type } = request.query
    const file = await bills.download(signerOf(request), token, tar_type === 'GZIP')
    return reply.type('text/plain').send(file)
  })
}

/** Signatures cover the bytes that were sent, so a body is parsed only after it was verified. */
function useRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
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
  verifyRequest(signed, credentials, merchant, wireTime(clock))
  return merchant
}

/** Every answer is signed, refusals too: a merchant must be able to believe a "no". */
function signEveryAnswer(app: FastifyInstance, { keys, clock }: WechatpayRoutesOptions): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    // A downloaded bill is the only answer that is not signed: its hash was.
    if (!Buffer.isBuffer(payload)) {
      const body = typeof payload === 'string' ? payload : ''
      reply.headers(signatureHeaders(await keys.platformKey(), body, wireTime(clock)))
    }
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

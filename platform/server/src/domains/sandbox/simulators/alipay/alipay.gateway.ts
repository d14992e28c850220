import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../../kernel/clock.js'
import { renderRefusal } from '../phone/phone.page.js'
import { PHONE_TEXTS, toPhoneLanguage } from '../phone/phone.text.js'
import type { HeldCalls } from '../simulator-held.calls.js'
import { SUCCESS } from './alipay.answers.js'
import type { AlipayBills } from './alipay.bills.js'
import { type AlipayCall, type AlipayCalls, NoAnswer } from './alipay.calls.js'
import type { AlipayKeys } from './alipay.keys.js'
import { ALIPAY_BRAND } from './alipay.phone.js'
import { AlipayRefusal } from './alipay.refusal.js'
import { assertFresh, authenticate, identify, parametersOf } from './alipay.request.js'
import { signText } from './alipay.signature.js'
import type { TradeProduct } from './alipay.types.js'

export interface AlipayGatewayOptions {
  readonly keys: AlipayKeys
  readonly calls: AlipayCalls
  readonly bills: AlipayBills
  readonly held: HeldCalls
  readonly clock: Clock
  /** The path of the payment page in a browser. */
  readonly phonePath: string
}

interface BillRoute {
  Params: { file: string }
}

const PAGES: ReadonlyMap<string, TradeProduct> = new Map([
  ['alipay.trade.page.pay', 'page'],
  ['alipay.trade.wap.pay', 'wap'],
])

/** One address for everything, and HTTP 200 for every answer: what happened is said inside. */
export async function alipayGateway(
  app: FastifyInstance,
  options: AlipayGatewayOptions,
): Promise<void> {
  acceptForms(app)
  app.route({
    method: ['GET', 'POST'],
    url: '/gateway.do',
    handler: (request, reply) => {
      const product = PAGES.get(parametersOf(request).method ?? '')
      return product ? openPage(request, reply, product, options) : answer(request, reply, options)
    },
  })
  app.get<BillRoute>('/bill/:file', async (request, reply) => {
    const zip = await options.bills.download(request.params.file.replace(/\.zip$/, ''))
    if (zip) return reply.type('application/zip').send(zip)
    return reply.code(404).type('text/plain; charset=utf-8').send('链接已失效')
  })
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  options: AlipayGatewayOptions,
): Promise<FastifyReply> {
  const { keys, calls, clock, held } = options
  const parameters = parametersOf(request)
  let key: string | null = null
  let body: Readonly<Record<string, string>>
  try {
    const merchant = await identify(parameters, keys)
    key = `${(parameters.method ?? '').replaceAll('.', '_')}_response`
    authenticate(parameters, merchant)
    assertFresh(parameters, clock)
    const work = calls.methods.get(parameters.method ?? '')
    if (!work) throw new AlipayRefusal('isv.invalid-method')
    body = { ...SUCCESS, ...(await work({ merchant, parameters, origin: originOf(request) })) }
  } catch (error) {
    if (error instanceof NoAnswer) return held.hold(reply)
    body = refusalOf(error, request).toBody()
  }
  reply.type('text/html;charset=utf-8')
  return reply.send(await envelope(key, body, keys))
}

/** Alipay writes `/` as `\/`, and signs the text as it writes it. */
async function envelope(key: string | null, body: object, keys: AlipayKeys): Promise<string> {
  const text = JSON.stringify(body).replaceAll('/', '\\/')
  if (key === null) return `{"error_response":${text}}`
  const { private_key } = await keys.platformKey()
  return `{"${key}":${text},"sign":"${signText(text, private_key)}"}`
}

/** The browser brings a whole order in its address; the payer then sees the page of it. */
async function openPage(
  request: FastifyRequest,
  reply: FastifyReply,
  product: TradeProduct,
  { keys, calls, held, phonePath }: AlipayGatewayOptions,
): Promise<FastifyReply> {
  try {
    const parameters = parametersOf(request)
    const merchant = await identify(parameters, keys)
    authenticate(parameters, merchant)
    const call: AlipayCall = { merchant, parameters, origin: originOf(request) }
    const trade = await calls.openPage(call, product)
    return reply.redirect(`${phonePath}/${trade.code}`, 302)
  } catch (error) {
    if (error instanceof NoAnswer) return held.hold(reply)
    const language = toPhoneLanguage(undefined, request.headers['accept-language'])
    const { word, message } = refusalOf(error, request)
    const page = { brand: ALIPAY_BRAND, language, path: phonePath }
    reply.code(400).type('text/html; charset=utf-8')
    reply.header('Content-Security-Policy', "default-src 'none'; style-src 'self'")
    return reply.send(
      renderRefusal(page, PHONE_TEXTS[language].refused_title, `${word} ${message}`),
    )
  }
}

function refusalOf(error: unknown, request: FastifyRequest): AlipayRefusal {
  if (error instanceof AlipayRefusal) return error
  request.log.error({ err: error }, 'the simulated Alipay failed')
  return new AlipayRefusal('aop.unknow-error')
}

function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.headers.host ?? request.hostname}`
}

function acceptForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())))
  })
}

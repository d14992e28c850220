import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { WechatpayKeys } from './wechatpay.keys.js'
import { toCode } from './wechatpay.orders.js'
import { NOTIFY_BEHAVIOURS, PLAY_ACTIONS, type WechatpayPayer } from './wechatpay.payer.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import { type PhonePage, renderOrder, renderRefusal } from './wechatpay-phone.page.js'
import { PHONE_CSS } from './wechatpay-phone.style.js'
import { PHONE_TEXTS, toPhoneLanguage } from './wechatpay-phone.text.js'

export interface WechatpayPhoneOptions {
  readonly keys: WechatpayKeys
  readonly payer: WechatpayPayer
  readonly publicBase: string
}

const PhoneQuery = z.object({
  code_url: z.string().optional(),
  pr: z.string().optional(),
  lang: z.string().optional(),
  done: z.enum(PLAY_ACTIONS).optional().catch(undefined),
})
const PhoneForm = z.object({
  action: z.enum(PLAY_ACTIONS),
  notify: z.enum(NOTIFY_BEHAVIOURS).default('normal'),
  lang: z.string().optional(),
})

/** The page may be framed: a demonstration shows the cashier and the phone side by side. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'"

interface CodeRoute {
  Params: { code: string }
}

/** The payer's phone, as a page: a `weixin://` address cannot be opened on a desk. */
export async function wechatpayPhone(
  app: FastifyInstance,
  { keys, payer, publicBase }: WechatpayPhoneOptions,
): Promise<void> {
  const basePath = new URL(publicBase).pathname.replace(/\/$/, '')
  acceptForms(app)
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.headers({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
    return payload
  })

  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) return reply.send(error)
    return reply.code(400).type('text/plain; charset=utf-8').send(z.prettifyError(error))
  })

  const show = async (code: string, request: FastifyRequest, reply: FastifyReply) => {
    const { lang, done } = PhoneQuery.parse(request.query)
    const language = toPhoneLanguage(lang, request.headers['accept-language'])
    const page = { language, basePath }
    const order = await payer.scan(code)
    reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-store')
    if (!order) return refuse(reply, page, 404, 'not_found_title', PHONE_TEXTS[language].not_found)
    const merchant = await keys.merchant(order.merchant_id)
    const merchant_name = merchant?.merchant_name ?? order.merchant_id
    return renderOrder({ ...page, order, merchant_name, done: done ?? null })
  }

  app.get('/assets/phone.css', async (_request, reply) => {
    return reply.type('text/css; charset=utf-8').header('Cache-Control', 'no-cache').send(PHONE_CSS)
  })
  app.get('/', async (request, reply) => {
    const { code_url, pr } = PhoneQuery.parse(request.query)
    return show(toCode(code_url ?? pr ?? ''), request, reply)
  })
  app.get<CodeRoute>('/:code', (request, reply) => show(request.params.code, request, reply))
  app.post<CodeRoute>('/:code', async (request, reply) => {
    const { action, notify, lang } = PhoneForm.parse(request.body)
    const { code } = request.params
    const language = toPhoneLanguage(lang, request.headers['accept-language'])
    const page = { language, basePath }
    const order = await payer.scan(code)
    if (!order) return refuse(reply, page, 404, 'not_found_title', PHONE_TEXTS[language].not_found)
    try {
      await payer.play(order, { action, notify })
    } catch (error) {
      if (!(error instanceof WechatpayRefusal)) throw error
      return refuse(reply, page, 409, 'refused_title', error.message)
    }
    // See-other, so that reloading the result does not play again.
    const query = new URLSearchParams({ lang: language, done: action })
    return reply.redirect(`${basePath}/wechatpay/phone/${code}?${query}`, 303)
  })
}

function refuse(
  reply: FastifyReply,
  page: PhonePage,
  status: 404 | 409,
  title: 'not_found_title' | 'refused_title',
  message: string,
): FastifyReply {
  reply.code(status).type('text/html; charset=utf-8')
  return reply.send(renderRefusal(page, PHONE_TEXTS[page.language][title], message))
}

function acceptForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())))
  })
}

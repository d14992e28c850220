import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NOTIFY_BEHAVIOURS, PLAY_ACTIONS } from '../simulator-play.js'
import { type PhonePage, renderOrder, renderRefusal } from './phone.page.js'
import { phoneCss } from './phone.style.js'
import { PHONE_TEXTS, toPhoneLanguage } from './phone.text.js'
import type { PhoneBrand, PhonePayer, PhoneReturn } from './phone.types.js'

export interface PhoneOptions {
  readonly brand: PhoneBrand
  readonly payer: PhonePayer
  /** Where a browser reaches the application; only its path matters here. */
  readonly publicBase: string
}

const PhoneQuery = z.object({
  lang: z.string().optional(),
  done: z.enum(PLAY_ACTIONS).optional().catch(undefined),
})
const PhoneForm = z.object({
  action: z.enum(PLAY_ACTIONS),
  notify: z.enum(NOTIFY_BEHAVIOURS).default('normal'),
  lang: z.string().optional(),
})

interface CodeRoute {
  Params: { code: string }
}

/** The payer's phone, or the company's payment page, as one page that needs no script. */
export async function phonePages(app: FastifyInstance, options: PhoneOptions): Promise<void> {
  const { brand, payer } = options
  acceptForms(app)
  secure(app)
  const path = phonePath(options)
  const pageFor = (request: FastifyRequest, lang: string | undefined): PhonePage => {
    return { brand, path, language: toPhoneLanguage(lang, request.headers['accept-language']) }
  }

  app.get('/assets/phone.css', async (_request, reply) => {
    const css = phoneCss(brand)
    return reply.type('text/css; charset=utf-8').header('Cache-Control', 'no-cache').send(css)
  })
  app.get<CodeRoute>('/:code', async (request, reply) => {
    const { lang, done } = PhoneQuery.parse(request.query)
    const page = pageFor(request, lang)
    const { code } = request.params
    const order = await payer.find(code)
    if (!order) return refuse(reply, page, 404, 'not_found_title')
    const back = (await payer.returnOf?.(code, done ?? 'abandon')) ?? null
    if (back) reply.header('Content-Security-Policy', policy(back))
    reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-store')
    return renderOrder({ ...page, code, order, done: done ?? null, back })
  })
  app.post<CodeRoute>('/:code', async (request, reply) => {
    const { action, notify, lang } = PhoneForm.parse(request.body)
    const page = pageFor(request, lang)
    const { code } = request.params
    if (!(await payer.find(code))) return refuse(reply, page, 404, 'not_found_title')
    try {
      await payer.play(code, { action, notify })
    } catch (error) {
      const reason = payer.explain(error)
      if (reason === null) throw error
      return refuse(reply, page, 409, 'refused_title', reason)
    }
    // See-other, so that reloading the result does not play again.
    const query = new URLSearchParams({ lang: page.language, done: action })
    return reply.redirect(`${path}/${encodeURIComponent(code)}?${query}`, 303)
  })
}

/** The page's path in a browser: the application may sit behind a prefix. */
export function phonePath({ brand, publicBase }: Pick<PhoneOptions, 'brand' | 'publicBase'>) {
  return new URL(publicBase).pathname.replace(/\/$/, '') + brand.path
}

/** The page may be framed: a demonstration shows the cashier and the phone side by side. */
function policy(back: PhoneReturn | null): string {
  const targets = back?.method === 'POST' ? `'self' ${new URL(back.url).origin}` : "'self'"
  return `default-src 'none'; style-src 'self'; form-action ${targets}; base-uri 'none'`
}

function secure(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    if (!reply.hasHeader('Content-Security-Policy')) {
      reply.header('Content-Security-Policy', policy(null))
    }
    reply.headers({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' })
    return payload
  })
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) return reply.send(error)
    return reply.code(400).type('text/plain; charset=utf-8').send(z.prettifyError(error))
  })
}

function refuse(
  reply: FastifyReply,
  page: PhonePage,
  status: 404 | 409,
  title: 'not_found_title' | 'refused_title',
  message = PHONE_TEXTS[page.language].not_found,
): FastifyReply {
  reply.code(status).type('text/html; charset=utf-8').header('Cache-Control', 'no-store')
  return reply.send(renderRefusal(page, PHONE_TEXTS[page.language][title], message))
}

function acceptForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  if (app.hasContentTypeParser(type)) return
  app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())))
  })
}

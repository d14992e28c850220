import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import { SimulatorStore } from '../simulator.store.js'
import { CampusAccounts } from './campus-identity.accounts.js'
import { renderRefusal, renderSignIn } from './campus-identity.page.js'
import { CAMPUS_CSS } from './campus-identity.style.js'
import type { CampusLanguage } from './campus-identity.text.js'
import type { CampusClient } from './campus-identity.types.js'

export interface CampusIdentityOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly client: CampusClient
}

const Request = z.object({
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: z.string(),
  state: z.string().min(1),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
})
type Request = z.infer<typeof Request>

const Form = z.object({
  number: z.string().trim().max(64).default(''),
  name: z.string().trim().max(100).default(''),
  picked: z.string().optional(),
  action: z.enum(['sign_in', 'cancel']).optional(),
})

const TokenForm = z.object({
  grant_type: z.literal('authorization_code'),
  client_id: z.string(),
  client_secret: z.string(),
  code: z.string(),
  redirect_uri: z.string(),
  code_verifier: z.string(),
})

/**
 * Stands for the campus' identity provider: an OAuth 2.0 server (RFC 6749, RFC 7636) whose sign-in page
 * believes everybody. It only exists beside the other simulators, for test mode.
 */
export async function campusIdentity(
  app: FastifyInstance,
  { pool, clock, client }: CampusIdentityOptions,
): Promise<void> {
  const accounts = new CampusAccounts(new SimulatorStore(pool, 'campus-identity', clock), clock)
  acceptForms(app)
  app.addHook('onSend', async (_request, reply, payload) => {
    // No form-action: after the form the browser is sent on, through the platform, to wherever it came from.
    const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    reply.headers({ 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' })
    reply.headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    return payload
  })
  app.get('/assets/campus.css', (_request, reply) => {
    reply.type('text/css; charset=utf-8').send(CAMPUS_CSS)
  })
  app.get('/authorize', async (request, reply) => {
    const asked = readRequest(request.query, client)
    const language = languageOf(request)
    if (typeof asked === 'string') return refuse(reply, renderRefusal(language, asked))
    const page = renderSignIn({ language, request: asked, people: await accounts.remembered() })
    return reply.type('text/html; charset=utf-8').send(page)
  })
  app.post('/authorize', async (request, reply) => {
    const asked = readRequest(request.body, client)
    if (typeof asked === 'string') return refuse(reply, renderRefusal(languageOf(request), asked))
    return reply.redirect(await answer(accounts, asked, Form.parse(request.body)), 303)
  })
  app.post('/token', async (request, reply) => {
    const form = TokenForm.safeParse(request.body)
    if (!form.success) return reply.code(400).send({ error: 'invalid_request' })
    if (!isClient(form.data, client)) return reply.code(401).send({ error: 'invalid_client' })
    const { code, redirect_uri, code_verifier } = form.data
    const token = await accounts.redeem(code, redirect_uri, code_verifier)
    if (token === null) return reply.code(400).send({ error: 'invalid_grant' })
    return reply.send({ access_token: token, token_type: 'Bearer', expires_in: 300 })
  })
  app.get('/userinfo', async (request, reply) => {
    const token = /^Bearer ([\w-]+)$/.exec(request.headers.authorization ?? '')?.[1]
    const person = token === undefined ? null : await accounts.ownerOf(token)
    if (!person) return reply.code(401).send({ error: 'invalid_token' })
    return reply.send({ sub: person.number, number: person.number, name: person.name })
  })
}

/** Where the browser goes after the sign-in page. */
async function answer(
  accounts: CampusAccounts,
  asked: Request,
  form: z.infer<typeof Form>,
): Promise<string> {
  const url = new URL(asked.redirect_uri)
  url.searchParams.set('state', asked.state)
  const known = (await accounts.remembered()).find(({ number }) => number === form.picked)
  const person = known ?? { number: form.number, name: form.name }
  if (form.action === 'cancel' || person.number === '') {
    url.searchParams.set('error', 'access_denied')
    return url.href
  }
  const code = await accounts.issueCode(person, asked.redirect_uri, asked.code_challenge)
  url.searchParams.set('code', code)
  return url.href
}

/** RFC 6749 section 4.1.2.1: with a wrong client or address, nobody is sent anywhere. */
function readRequest(given: unknown, client: CampusClient): Request | 'bad_client' | 'bad_request' {
  const place = z.object({ client_id: z.string(), redirect_uri: z.string() }).safeParse(given)
  if (place.data?.client_id !== client.client_id) return 'bad_client'
  if (place.data.redirect_uri !== client.redirect_uri) return 'bad_client'
  return Request.safeParse(given).data ?? 'bad_request'
}

function isClient(form: z.infer<typeof TokenForm>, client: CampusClient): boolean {
  const [given, expected] = [Buffer.from(form.client_secret), Buffer.from(client.client_secret)]
  return (
    form.client_id === client.client_id &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  )
}

function refuse(reply: FastifyReply, page: string): FastifyReply {
  return reply.code(400).type('text/html; charset=utf-8').send(page)
}

function languageOf(request: FastifyRequest): CampusLanguage {
  const { lang } = z.object({ lang: z.string().optional() }).parse(request.query)
  const wanted = lang ?? request.headers['accept-language'] ?? ''
  return /^en\b/i.test(wanted) ? 'en' : 'zh'
}

function acceptForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())))
  })
}

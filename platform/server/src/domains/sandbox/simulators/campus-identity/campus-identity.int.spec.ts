import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import Fastify, { type FastifyInstance } from 'fastify'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.js'
import { ManualClock } from '../../../../kernel/clock.js'
import { createSimulators } from '../simulators.app.js'

const CLIENT = {
  client_id: 'bursar',
  client_secret: 'secret',
  redirect_uri: 'http://localhost:3000/payer/sign-in/callback',
}
const VERIFIER = 'a-verifier-of-more-than-forty-three-characters'
const REQUEST = {
  response_type: 'code',
  client_id: CLIENT.client_id,
  redirect_uri: CLIENT.redirect_uri,
  state: 'state-1',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
}

let db: TestDatabase
let app: FastifyInstance
const clock = new ManualClock(new Date('2026-12-01T00:00:00Z'))

const start = () => {
  const logger = Fastify({ logger: { level: 'fatal' } }).log
  const publicBase = 'http://localhost:3100'
  return createSimulators({
    pool: db.database.pool,
    logger,
    publicBase,
    clock,
    campusClient: CLIENT,
  })
}
beforeAll(async () => {
  db = await createTestDatabase()
})
beforeEach(() => {
  app = start()
})
afterEach(() => app.close())
afterAll(() => db.drop())

const post = (path: string, form: Record<string, string>) =>
  app.inject({
    method: 'POST',
    url: `/campus-identity${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(form).toString(),
  })
const get = (path: string, headers = {}) =>
  app.inject({ method: 'GET', url: `/campus-identity${path}`, headers })

async function signIn(number: string, form = {}): Promise<URL> {
  const answer = await post('/authorize', { ...REQUEST, number, name: '张三', ...form })
  expect(answer.statusCode).toBe(303)
  return new URL(String(answer.headers.location))
}

const redeem = (code: string, changes = {}) =>
  post('/token', {
    ...{ grant_type: 'authorization_code', code, code_verifier: VERIFIER },
    ...CLIENT,
    ...changes,
  })

describe('signing in', () => {
  test('gives a code with the state, a token for the code, and the person for the token', async () => {
    const back = await signIn('20230001')
    expect(back.href).toMatch(
      /^http:\/\/localhost:3000\/payer\/sign-in\/callback\?state=state-1&code=/,
    )
    const { access_token } = (await redeem(back.searchParams.get('code') ?? '')).json()
    const person = await get('/userinfo', { authorization: `Bearer ${access_token}` })
    expect(person.json()).toEqual({ sub: '20230001', number: '20230001', name: '张三' })
  })

  test('offers who was there before, also after a restart, and escapes what was typed', async () => {
    await signIn('20230002', { name: '<b>李四</b>' })
    await app.close()
    app = start()
    const { body } = await get(`/authorize?${new URLSearchParams(REQUEST)}`)
    expect(body).toContain('value="20230002"')
    expect(body).not.toContain('<b>')
    const back = await signIn('', { picked: '20230002' })
    expect(back.searchParams.get('code')).not.toBeNull()
  })

  test('a tester who cancels is sent back without a code', async () => {
    const back = await signIn('20230001', { action: 'cancel' })
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.get('code')).toBeNull()
  })

  test.each([
    ['another return address', { redirect_uri: 'https://evil.example/' }],
    ['another client', { client_id: 'other' }],
    ['no state', { state: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['no PKCE', { code_challenge: '' }],
  ])('with %s nobody is sent anywhere', async (_, changes) => {
    const page = await get(`/authorize?${new URLSearchParams({ ...REQUEST, ...changes })}`)
    expect(page.statusCode).toBe(400)
    expect((await post('/authorize', { ...REQUEST, ...changes, number: '1' })).statusCode).toBe(400)
  })
})

describe('a code', () => {
  const newCode = async () => (await signIn('20230001')).searchParams.get('code') ?? ''

  test('is redeemed once', async () => {
    const code = await newCode()
    expect((await redeem(code)).statusCode).toBe(200)
    expect((await redeem(code)).json()).toEqual({ error: 'invalid_grant' })
  })

  test.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['another return address', { redirect_uri: 'http://localhost/' }, 'invalid_grant'],
    ['a wrong secret', { client_secret: 'guess' }, 'invalid_client'],
  ])('is refused with %s', async (_, changes, error) => {
    expect((await redeem(await newCode(), changes)).json()).toEqual({ error })
  })

  test('is refused after a minute', async () => {
    const code = await newCode()
    clock.advance(60_000)
    expect((await redeem(code)).json()).toEqual({ error: 'invalid_grant' })
  })

  test('an unknown token says nothing', async () => {
    expect((await get('/userinfo', { authorization: 'Bearer abc' })).statusCode).toBe(401)
  })
})

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePorts } from '../../src/infra/net/free-port.js'
import { CampusProvider } from '../support/campus-provider.js'
import { codeOf, newLocalOperator, OperatorBrowser, secretOf } from '../support/operator-browser.js'
import { signInOperator } from '../support/operator-session.js'
import { OwnApi } from '../support/own-api.js'
import type { SeenPage } from '../support/payer-browser.js'
import type { AppCredentials } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { createOutsider } from '../support/stage.js'

let institution: AppCredentials
let campus: CampusProvider
let ours: OwnApi
let theirs: OwnApi
beforeAll(async () => {
  institution = await createOutsider()
  const [port = 0, oursPort = 0, theirsPort = 0] = await freePorts(3)
  const origin = `http://localhost:${port}`
  const settings = {
    OPERATOR_IDP_INSTITUTION: institution.institution_id,
    OPERATOR_IDP_AUTHORIZATION_URL: `${origin}/auth`,
    OPERATOR_IDP_TOKEN_URL: `${origin}/token`,
    OPERATOR_IDP_USERINFO_URL: `${origin}/me`,
    OPERATOR_IDP_CLIENT_ID: 'console',
    OPERATOR_IDP_CLIENT_SECRET: 'a secret of the campus',
    OPERATOR_IDP_SCOPE: 'openid email',
  }
  // Two API processes with one provider: one asks for the second factor itself, the other leaves it to the campus.
  const publicOrigin = `http://localhost:${oursPort}`
  campus = await CampusProvider.start({
    port,
    clientSecret: settings.OPERATOR_IDP_CLIENT_SECRET,
    redirectUri: `${publicOrigin}/console/callback`,
  })
  ours = await OwnApi.start({ ...settings, PORT: String(oursPort) })
  theirs = await OwnApi.start({
    ...settings,
    PORT: String(theirsPort),
    PUBLIC_ORIGIN: publicOrigin,
    OPERATOR_IDP_SECOND_FACTOR: 'theirs',
  })
}, 180_000)
afterAll(async () => {
  await Promise.all([campus?.stop(), ours?.stop(), theirs?.stop()])
})

const titleOf = (page: SeenPage) => /<h1[^>]*>([^<]*)/.exec(page.text)?.[1]

/** Types a login at the campus, agrees to whatever it asks, and comes back. */
async function signIn(login: string, browser = new OperatorBrowser(ours.origin, [campus.origin])) {
  let page = await browser.start()
  for (let step = 0; step < 4 && page.url.origin === campus.origin; step++) {
    const prompt = /name="prompt" value="([^"]*)"/.exec(page.text)?.[1]
    page = await browser.submit(page, { prompt, login, password: 'any' })
  }
  return { browser, page }
}

async function sessionIn(browser: OperatorBrowser) {
  const answer = await fetch(`${ours.origin}/v1/session`, { headers: { cookie: browser.session } })
  return { status: answer.status, session: Object(await answer.json()) }
}

describe('signing in at the institution’s own identity provider', () => {
  test('opens a session for whom we know by the login that it vouches for', async () => {
    const person = await newLocalOperator(institution.institution_id)
    const { browser, page } = await signIn(person.login.toUpperCase())
    expect(page.url.pathname).toBe('/console')
    const { session } = await sessionIn(browser)
    expect(session).toMatchObject({
      operator: { id: person.operator_id },
      step_up: { method: 'sign_in' },
    })
  })

  test('is no way in for a stranger, nor for somebody of another institution or who was disabled', async () => {
    const elsewhere = await createOutsider()
    const foreign = await newLocalOperator(elsewhere.institution_id)
    const gone = await newLocalOperator(institution.institution_id)
    await queryPlatform('update operators set disabled_at = now() where id = $1', [
      gone.operator_id,
    ])
    for (const login of ['stranger@campus.example', foreign.login, gone.login]) {
      const { browser, page } = await signIn(login)
      expect([page.status, titleOf(page)]).toEqual([403, '您还不能使用控制台'])
      expect(browser.cookies.has('bursar_operator')).toBe(false)
    }
  })

  test('lets in who was invited, without a password of ours', async () => {
    const { institution_id } = institution
    const admin = await signInOperator({ institution_id, roles: ['platform_admin'] })
    const login = `invited.${admin.operator_id}@campus.example`
    const body = { login, name: '受邀者', roles: ['developer' as const] }
    const { acceptance_link } = await admin.bursar().invitations.create(body)
    const path = new URL(acceptance_link ?? '').pathname
    const shown = await new OperatorBrowser(ours.origin).open(`${ours.origin}${path}`)
    expect(shown.text).not.toContain('type="password"')
    const { browser, page } = await signIn(login)
    expect(page.url.pathname).toBe('/console')
    const { session } = await sessionIn(browser)
    expect(session).toMatchObject({ roles: ['developer'], operator: { login } })
    const [row] = await queryPlatform('select password_hash from operators where id = $1', [
      session.operator.id,
    ])
    expect(row).toEqual({ password_hash: null })
  })

  test('is half of it for who needs a second factor, unless the provider is trusted with that', async () => {
    const officer = await newLocalOperator(institution.institution_id, ['finance_reviewer'])
    const { browser, page } = await signIn(officer.login)
    expect(page.url.pathname).toBe('/console/second-factor/enrol')
    expect(browser.cookies.has('bursar_operator')).toBe(false)
    await browser.submit(page, { code: codeOf(secretOf(page)), action: 'enrol' })
    const { session } = await sessionIn(browser)
    expect(session.second_factor.is_proven).toBe(true)
    // The same person through the process that leaves it to the campus: no page of ours in between.
    const direct = await throughTheirs(officer.login)
    expect(direct.location).toBe('/console')
    expect(direct.cookies).toMatch(/bursar_operator=[\w-]{43}/)
  })

  test('does not take a password of ours', async () => {
    const person = await newLocalOperator(institution.institution_id)
    const page = await new OperatorBrowser(ours.origin).open(
      `${ours.origin}/console/identity/sign-in/anything`,
    )
    expect(page.status).toBe(400)
    const answer = await fetch(`${ours.origin}/console/callback?code=x&state=y`)
    expect(answer.status).toBe(400)
    expect(person.login).toBeTruthy()
  })
})

/** Begins at `theirs`, whose callback is the address of `ours`: the answer is carried over by hand. */
async function throughTheirs(login: string) {
  const browser = new OperatorBrowser(theirs.origin, [campus.origin])
  let page = await browser.start()
  for (let step = 0; step < 4 && page.url.origin === campus.origin; step++) {
    const prompt = /name="prompt" value="([^"]*)"/.exec(page.text)?.[1]
    page = await browser.submit(page, { prompt, login, password: 'any' })
  }
  const { pathname, search } = page.url
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const answer = await fetch(`${theirs.origin}${pathname}${search}`, {
    redirect: 'manual',
    headers: { cookie },
  })
  return {
    location: answer.headers.get('location'),
    cookies: answer.headers.getSetCookie().join('\n'),
  }
}

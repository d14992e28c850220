import { beforeAll, describe, expect, test } from '@jest/globals'
import { DEMO_OPERATORS, DEMO_PASSWORD } from '../../src/processes/seed.js'
import {
  codeOf,
  type LocalOperator,
  newLocalOperator,
  OperatorBrowser,
  recoveryCodesOf,
  secretOf,
} from '../support/operator-browser.js'
import { openSession, signInOperator } from '../support/operator-session.js'
import type { SeenPage } from '../support/payer-browser.js'
import { type AppCredentials, apiBase, judgedFetch } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { createOutsider } from '../support/stage.js'

let institution: AppCredentials
let person: LocalOperator
beforeAll(async () => {
  institution = await createOutsider()
  person = await newLocalOperator(institution.institution_id)
}, 60_000)

const titleOf = (page: SeenPage) => /<h1[^>]*>([^<]*)/.exec(page.text)?.[1]
const problemOf = (page: SeenPage) => /role="alert">([^<]*)/.exec(page.text)?.[1]

async function sessionIn(browser: OperatorBrowser) {
  const answer = await judgedFetch(`${apiBase()}/v1/session`, {
    headers: { cookie: browser.session },
  })
  return { status: answer.status, session: Object(await answer.json()) }
}

describe('signing in with a password', () => {
  test('opens a session, whose cookie no script and no other site gets at', async () => {
    const browser = new OperatorBrowser()
    const page = await browser.password(person.login, person.password)
    expect(page.url.pathname).toBe('/console')
    const { status, session } = await sessionIn(browser)
    expect(status).toBe(200)
    expect(session).toMatchObject({
      operator: { id: person.operator_id, login: person.login },
      second_factor: { is_required: false, is_enrolled: false, is_proven: false },
      step_up: { method: 'password' },
    })
    const set = browser.setCookies.findLast((one) => one.startsWith('bursar_operator='))
    expect(set).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/)
  })

  test('leads back to the page of the console that was asked for', async () => {
    const browser = new OperatorBrowser()
    const asked = '/console/payments/pay_1?tab=events'
    const query = `?return_to=${encodeURIComponent(asked)}`
    const { url } = await browser.password(person.login, person.password, query)
    expect(`${url.pathname}${url.search}`).toBe(asked)
  })

  test.each([
    'https://evil.example/console',
    '//evil.example/console',
    '/\\evil.example',
    '/console/../../payer/grants',
    '/console\\..\\x',
    'javascript:alert(1)',
    '/consolex',
    '/console/sign-in',
    '/console/%0d%0aset-cookie:a=b/../../../x',
  ])('leads nowhere else: %s', async (asked) => {
    const browser = new OperatorBrowser()
    const query = `?return_to=${encodeURIComponent(asked)}`
    const { url } = await browser.password(person.login, person.password, query)
    expect([url.origin, url.pathname]).toEqual([apiBase(), '/console'])
  })

  test('says the same of a wrong password and of nobody', async () => {
    const wrong = await new OperatorBrowser().password(person.login, 'not this one')
    const nobody = await new OperatorBrowser().password('nobody@nowhere.example', 'not this one')
    expect([wrong.status, nobody.status]).toEqual([403, 403])
    const plain = (page: SeenPage) =>
      page.text.replaceAll(/value="[^"]*"|href="[^"]*"/g, '').replaceAll(/\s+/g, ' ')
    expect(plain(wrong)).toBe(plain(nobody))
    expect(problemOf(wrong)).toBe('登录名或密码不正确。')
  })

  test('does not open for whoever was disabled, or has no password', async () => {
    const gone = await newLocalOperator(institution.institution_id)
    await queryPlatform('update operators set disabled_at = now() where id = $1', [
      gone.operator_id,
    ])
    const external = await newLocalOperator(institution.institution_id)
    await queryPlatform('update operators set password_hash = null where id = $1', [
      external.operator_id,
    ])
    for (const one of [gone, external]) {
      const page = await new OperatorBrowser().password(one.login, one.password)
      expect([page.status, problemOf(page)]).toEqual([403, '登录名或密码不正确。'])
    }
  })

  test('gets slower for one account, also for the right password, and not for others', async () => {
    const target = await newLocalOperator(institution.institution_id)
    const statuses: number[] = []
    while (statuses.at(-1) !== 429 && statuses.length < 10) {
      const { status } = await new OperatorBrowser().password(target.login, 'not this one')
      statuses.push(status)
    }
    expect(statuses.slice(0, 5)).toEqual(Array(5).fill(403))
    const page = await new OperatorBrowser().password(target.login, target.password)
    expect(page.status).toBe(429)
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
    const other = await newLocalOperator(institution.institution_id)
    const { url } = await new OperatorBrowser().password(other.login, other.password)
    expect(url.pathname).toBe('/console')
  })

  test('ends the session that was in the browser before', async () => {
    const { institution_id, operator_id, login } = person
    const planted = await openSession({ institution_id, operator_id, login })
    const browser = new OperatorBrowser()
    browser.cookies.set('bursar_operator', planted.cookie.slice('bursar_operator='.length))
    await browser.password(person.login, person.password)
    expect(browser.session).not.toBe(planted.cookie)
    expect((await planted.send({ path: '/v1/session' })).status).toBe(401)
    expect((await sessionIn(browser)).status).toBe(200)
  })

  test('is for the browser that began it', async () => {
    const mine = new OperatorBrowser()
    const page = await mine.start()
    const theirs = new OperatorBrowser()
    expect((await theirs.open(page.url)).status).toBe(400)
    // A code that somebody else got is worth nothing here.
    const attacker = new OperatorBrowser()
    const asked = await attacker.start()
    const stolen = await attackerCode(attacker, asked)
    const victim = new OperatorBrowser()
    await victim.start()
    const refused = await victim.open(stolen)
    expect([refused.status, titleOf(refused)]).toEqual([400, '登录没有成功'])
    expect(victim.cookies.has('bursar_operator')).toBe(false)
  })

  test('takes no form from another site', async () => {
    const browser = new OperatorBrowser()
    const page = await browser.start()
    for (const origin of [null, 'null', 'https://evil.example']) {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        ...(origin === null ? {} : { origin }),
      }
      const body = new URLSearchParams({ login: person.login, password: person.password })
      const init = { method: 'POST', headers, body: body.toString() }
      expect((await browser.open(page.url, init)).status).toBe(403)
    }
    expect(browser.cookies.has('bursar_operator')).toBe(false)
  })

  test('shows a page without scripts that nobody may frame', async () => {
    const { headers, text } = await new OperatorBrowser().start()
    expect(text).not.toContain('<script')
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; .*frame-ancestors 'none'; form-action 'self'$/,
    )
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    const english = await new OperatorBrowser().start('?lang=en')
    expect(english.status).toBe(200)
  })
})

/** Signs in up to the redirect to our callback, and keeps its address instead of following it. */
async function attackerCode(browser: OperatorBrowser, page: SeenPage): Promise<URL> {
  const cookies = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const form = new URLSearchParams({ login: person.login, password: person.password })
  let answer = await fetch(page.url, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      ...{ cookie: cookies(), origin: apiBase() },
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
  })
  for (;;) {
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      browser.cookies.set(name, value)
    }
    const url = new URL(answer.headers.get('location') ?? '', apiBase())
    if (url.pathname === '/console/callback') return url
    answer = await fetch(url, { redirect: 'manual', headers: { cookie: cookies() } })
  }
}

describe('the second factor', () => {
  test('is set up at the first sign-in of whoever needs one, and asked for ever after', async () => {
    const officer = await newLocalOperator(institution.institution_id, ['finance_officer'])
    const browser = new OperatorBrowser()
    const enrolment = await browser.password(officer.login, officer.password)
    expect(enrolment.url.pathname).toBe('/console/second-factor/enrol')
    expect(enrolment.text).toContain('<svg')
    expect(enrolment.text).not.toContain('value="skip"')
    expect(browser.cookies.has('bursar_operator')).toBe(false)
    const secret = secretOf(enrolment)
    const wrong = await browser.submit(enrolment, { code: '000000', action: 'enrol' })
    expect(wrong.status).toBe(403)
    expect((await browser.submit(enrolment, { code: '', action: 'skip' })).status).toBe(403)
    const code = codeOf(secret)
    const kept = await browser.submit(enrolment, { code, action: 'enrol' })
    const recovery = recoveryCodesOf(kept)
    expect(recovery).toHaveLength(10)
    const { session } = await sessionIn(browser)
    expect(session).toMatchObject({
      roles: ['finance_officer'],
      second_factor: { is_required: true, is_enrolled: true, is_proven: true },
      step_up: { method: 'otp' },
    })

    const again = new OperatorBrowser()
    const asked = await again.password(officer.login, officer.password)
    expect(asked.url.pathname).toBe('/console/second-factor')
    expect(again.cookies.has('bursar_operator')).toBe(false)
    const replayed = await again.submit(asked, { code })
    expect([replayed.status, again.cookies.has('bursar_operator')]).toEqual([403, false])
    const next = await again.submit(asked, { code: codeOf(secret, 30) })
    expect(next.url.pathname).toBe('/console')
    expect((await sessionIn(again)).session.second_factor.is_proven).toBe(true)

    const lost = new OperatorBrowser()
    const third = await lost.password(officer.login, officer.password)
    const [first = ''] = recovery
    expect((await lost.submit(third, { code: first.toUpperCase() })).url.pathname).toBe('/console')
    const fourth = new OperatorBrowser()
    const page = await fourth.password(officer.login, officer.password)
    expect((await fourth.submit(page, { code: first })).status).toBe(403)
  })

  test('cannot be set up over another one with half a sign-in that was kept', async () => {
    const officer = await newLocalOperator(institution.institution_id, ['auditor'])
    const early = new OperatorBrowser()
    const kept = await early.password(officer.login, officer.password)
    const browser = new OperatorBrowser()
    const page = await browser.password(officer.login, officer.password)
    await browser.submit(page, { code: codeOf(secretOf(page)), action: 'enrol' })
    const late = await early.submit(kept, { code: codeOf(secretOf(kept)), action: 'enrol' })
    expect(late.status).toBe(400)
    expect(early.cookies.has('bursar_operator')).toBe(false)
  })

  test('may be skipped at the demo institution, for test mode alone', async () => {
    const browser = new OperatorBrowser()
    const [admin] = DEMO_OPERATORS
    const page = await browser.password(admin.login, DEMO_PASSWORD)
    expect(titleOf(page)).toBe('设置两步验证')
    const { url } = await browser.submit(page, { action: 'skip' }, 1)
    expect(url.pathname).toBe('/console')
    const { session } = await sessionIn(browser)
    expect(session).toMatchObject({
      is_demo: true,
      roles: ['platform_admin'],
      second_factor: { is_required: true, is_proven: false },
    })
    const live = session.apps.flatMap((app: { scopes: { live: string[] } }) => app.scopes.live)
    expect(live).toEqual([])
  })
})

describe('an invitation', () => {
  async function invite(roles: readonly 'developer'[] = ['developer']) {
    const { institution_id, app_id } = institution
    const admin = await signInOperator({ institution_id, roles: ['platform_admin'] })
    const login = `new.${admin.operator_id}@join.example`
    const invitation = await admin.bursar().invitations.create({
      ...{ login: login.toUpperCase(), name: '新同事', roles: [...roles] },
      apps: [{ app: app_id, role: 'viewer' }],
    })
    return { admin, login, invitation, link: invitation.acceptance_link ?? '' }
  }

  test('makes a person who signs in with the password they chose, once', async () => {
    const { admin, login, invitation, link } = await invite()
    expect(invitation).toMatchObject({ login, status: 'open', operator: null })
    const browser = new OperatorBrowser()
    const page = await browser.open(link)
    expect(titleOf(page)).toContain('加入')
    const differs = await browser.submit(page, { password: 'one long sentence', again: 'another' })
    expect([differs.status, problemOf(differs)]).toEqual([400, '两次输入的密码不同。'])
    const weak = await browser.submit(page, { password: 'short', again: 'short' })
    expect(weak.status).toBe(400)
    const password = 'one long sentence'
    const joined = await browser.submit(page, { password, again: password })
    expect(joined.url.pathname).toBe('/console')
    const { session } = await sessionIn(browser)
    expect(session).toMatchObject({ operator: { login }, roles: ['developer'] })
    expect(session.apps).toMatchObject([{ app: institution.app_id }])
    expect((await new OperatorBrowser().open(link)).status).toBe(404)
    const after = await admin.bursar().invitations.get(invitation.id)
    expect(after).toMatchObject({ status: 'accepted', operator: session.operator.id })
    expect(after.acceptance_link).toBeNull()
    const { url } = await new OperatorBrowser().password(login, password)
    expect(url.pathname).toBe('/console')
  })

  test('is over when it was taken back, when it is too old, and for whoever guesses', async () => {
    const { admin, invitation, link } = await invite()
    await admin.bursar().invitations.revoke(invitation.id)
    const late = await invite()
    await queryPlatform('update operator_invitations set expires_at = now() where id = $1', [
      late.invitation.id,
    ])
    const guess = `${apiBase()}/console/invitations/${'x'.repeat(43)}`
    for (const address of [link, late.link, guess]) {
      const page = await new OperatorBrowser().open(address)
      expect([page.status, titleOf(page)]).toEqual([404, '邀请已失效'])
    }
  })
})

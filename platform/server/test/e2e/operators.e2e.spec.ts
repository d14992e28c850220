import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Role } from '../../src/infra/http/roles.js'
import { expectProblem } from '../support/endpoint-contract.js'
import {
  codeOf,
  type LocalOperator,
  newLocalOperator,
  OperatorBrowser,
  secretOf,
} from '../support/operator-browser.js'
import { openSession, type SignedInOperator, signInOperator } from '../support/operator-session.js'
import { apiBase, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { newKey } from '../support/raw-request.js'
import { createOutsider } from '../support/stage.js'
import { until } from '../support/until.js'

const MISSING = 'opr_01jd0000000000000000000000'

let here: TestApp
let elsewhere: TestApp
let admin: SignedInOperator
beforeAll(async () => {
  ;[here, elsewhere] = await Promise.all([createOutsider(), createOutsider()])
  admin = await person(['platform_admin'])
}, 60_000)

const person = (roles: readonly Role[], institution_id = here.institution_id) =>
  signInOperator({ institution_id, roles })

describe('the people of an institution', () => {
  test('are listed and shown to who may see them, and to nobody of another institution', async () => {
    const auditor = await person(['auditor'])
    const { data } = await auditor.bursar().operators.list({ limit: 100 })
    expect(data.map(({ id }) => id)).toContain(admin.operator_id)
    const shown = await auditor.bursar().operators.get(admin.operator_id)
    expect(shown).toMatchObject({ login: admin.login, roles: ['platform_admin'], status: 'active' })
    const found = await auditor.bursar().operators.list({ login: admin.login.toUpperCase() })
    expect(found.data).toHaveLength(1)
    const stranger = await person(['platform_admin'], elsewhere.institution_id)
    const list = await stranger.send({ path: '/v1/operators?limit=100' })
    expect(list.text).not.toContain(admin.operator_id)
    const foreign = await stranger.send({ path: `/v1/operators/${admin.operator_id}` })
    const missing = await stranger.send({ path: `/v1/operators/${MISSING}` })
    expectProblem(foreign, 404, 'operator_not_found')
    expectProblem(missing, 404, 'operator_not_found')
  })

  test('are given and lose roles, which holds at their next call', async () => {
    const clerk = await person([])
    const { app_id, department_id } = here
    const work = { app: app_id }
    expectProblem(await clerk.send({ path: '/v1/payments' }, work), 404, 'app_not_found')
    const changed = await admin.bursar().operators.update(clerk.operator_id, {
      departments: [{ department: department_id, role: 'developer' }],
      name: '新名字',
    })
    expect(changed).toMatchObject({
      name: '新名字',
      departments: [{ department: department_id, role: 'developer' }],
    })
    expect((await clerk.send({ path: '/v1/payments' }, work)).status).toBe(200)
    await admin.bursar().operators.update(clerk.operator_id, { departments: [] })
    expectProblem(await clerk.send({ path: '/v1/payments' }, work), 404, 'app_not_found')
  })

  test('hold no role in a department of somebody else', async () => {
    const clerk = await person([])
    const department = elsewhere.department_id
    const body = { departments: [{ department, role: 'auditor' }] }
    const answer = await admin.send({ path: `/v1/operators/${clerk.operator_id}`, body })
    expectProblem(answer, 400, 'operator_membership_invalid')
  })

  test('cannot be changed by who may only look, by apps, or without a fresh proof', async () => {
    const clerk = await person([])
    const path = `/v1/operators/${clerk.operator_id}`
    const body = { roles: ['platform_admin'] }
    const auditor = await person(['auditor'])
    expectProblem(await auditor.send({ path, body }), 403, 'permission_missing')
    expectProblem(await clerk.send({ path, body }), 403, 'permission_missing')
    expectProblem(await here.send({ path, body }), 403, 'session_required')
    const stale = await openSession({
      institution_id: here.institution_id,
      ...admin,
      provenMsAgo: 11 * 60_000,
    })
    expectProblem(await stale.send({ path, body }), 403, 'step_up_required')
    expect((await stale.send({ path })).status).toBe(200)
    expect((await admin.bursar().operators.get(clerk.operator_id)).roles).toEqual([])
  })

  test('who are disabled are signed out at once, and come back when they are enabled', async () => {
    const clerk = await person(['developer'])
    const disabled = await admin.bursar().operators.disable(clerk.operator_id)
    expect(disabled).toMatchObject({ status: 'disabled' })
    expectProblem(await clerk.send({ path: '/v1/session' }), 401, 'session_invalid')
    const enabled = await admin.bursar().operators.enable(clerk.operator_id)
    expect(enabled).toMatchObject({ status: 'active', disabled_at: null })
    // The old session stays over.
    expectProblem(await clerk.send({ path: '/v1/session' }), 401, 'session_invalid')
  })

  test('always include an administrator', async () => {
    const own = await createOutsider()
    const first = await person(['platform_admin'], own.institution_id)
    const path = `/v1/operators/${first.operator_id}`
    const refusals = [
      await first.send({ path, body: { roles: [] } }),
      await first.send({ path: `${path}/disable`, method: 'POST' }),
    ]
    for (const answer of refusals) expectProblem(answer, 409, 'operator_last_admin')
    const second = await person(['platform_admin'], own.institution_id)
    // Each takes the other's role away at the same moment: one of them is left.
    const both = await Promise.all([
      first.send({ path: `/v1/operators/${second.operator_id}`, body: { roles: [] } }),
      second.send({ path, body: { roles: [] } }),
    ])
    const left = await queryPlatform(
      "select id from operators where institution_id = $1 and 'platform_admin' = any(roles)",
      [own.institution_id],
    )
    expect(left).toHaveLength(1)
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('are invited once per login, by who may, into apps of their own institution', async () => {
    const { bursar } = admin
    const body = { login: admin.login, name: '重复' }
    expectProblem(await admin.send({ path: '/v1/invitations', body }), 409, 'operator_login_taken')
    const foreign = {
      login: 'a.b@c.example',
      name: '甲',
      apps: [{ app: elsewhere.app_id, role: 'owner' }],
    }
    expectProblem(
      await admin.send({ path: '/v1/invitations', body: foreign }),
      400,
      'operator_membership_invalid',
    )
    const auditor = await person(['auditor'])
    const allowed = { login: 'c.d@e.example', name: '乙' }
    expectProblem(
      await auditor.send({ path: '/v1/invitations', body: allowed }),
      403,
      'permission_missing',
    )
    const key = newKey()
    const request = { path: '/v1/invitations', body: allowed, idempotencyKey: key }
    const made = await admin.send(request)
    expect(made.status).toBe(201)
    expect((await admin.send(request)).text).toBe(made.text)
    const { data } = await bursar().invitations.list()
    expect(data.filter(({ login }) => login === 'c.d@e.example')).toHaveLength(1)
    const stranger = await person(['platform_admin'], elsewhere.institution_id)
    const path = `/v1/invitations/${made.json.id}`
    expectProblem(await stranger.send({ path }), 404, 'invitation_not_found')
    expectProblem(
      await stranger.send({ path: `${path}/revoke`, method: 'POST' }),
      404,
      'invitation_not_found',
    )
  })
})

describe("one's own sessions", () => {
  const sessionsOf = async (one: SignedInOperator) =>
    (await one.bursar().sessions.list()).data.map(({ id, is_current }) => ({ id, is_current }))

  test('are listed, and end one by one or all at once', async () => {
    const { institution_id } = here
    const first = await person([])
    const others = await Promise.all([1, 2, 3].map(() => openSession({ institution_id, ...first })))
    expect(await sessionsOf(first)).toHaveLength(4)
    expect(await sessionsOf(first)).toContainEqual({ id: first.session_id, is_current: true })
    const [second, third] = others
    await first.bursar().sessions.delete(second?.session_id ?? '')
    expect(await second?.send({ path: '/v1/session' })).toMatchObject({ status: 401 })
    expect(await third?.send({ path: '/v1/session' })).toMatchObject({ status: 200 })
    const all = await first.send({ method: 'DELETE', path: '/v1/sessions' })
    expect([all.status, all.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringContaining('Max-Age=0'),
    ])
    for (const one of [first, third]) {
      expect(await one?.send({ path: '/v1/session' })).toMatchObject({ status: 401 })
    }
  })

  test('are nobody else’s', async () => {
    const [mine, other] = await Promise.all([person([]), person(['platform_admin'])])
    const path = `/v1/sessions/${mine.session_id}`
    const foreign = await other.send({ method: 'DELETE', path })
    const missing = await other.send({
      method: 'DELETE',
      path: `/v1/sessions/${other.operator_id}`,
    })
    expectProblem(foreign, 404, 'session_not_found')
    expectProblem(missing, 404, 'session_not_found')
    expect(JSON.stringify(await sessionsOf(other))).not.toContain(mine.session_id)
    expect((await mine.send({ path: '/v1/session' })).status).toBe(200)
  })
})

describe('a proof of who one is', () => {
  /** Signed in with a password, as in a browser that knows only cookies. */
  async function signedIn(roles: readonly Role[] = []) {
    const local = await newLocalOperator(here.institution_id, roles)
    const browser = new OperatorBrowser()
    const page = await browser.password(local.login, local.password)
    const secret = secretOf(page)
    if (roles.length > 0) await browser.submit(page, { code: codeOf(secret), action: 'enrol' })
    return { local, browser, secret }
  }

  async function call(browser: OperatorBrowser, path: string, body: object) {
    const get = { headers: { cookie: browser.session } }
    const { csrf_token } = Object(await (await fetch(`${apiBase()}/v1/session`, get)).json())
    const headers = {
      ...{ cookie: browser.session, origin: apiBase(), 'bursar-csrf': String(csrf_token) },
      'content-type': 'application/json',
    }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(`${apiBase()}${path}`, init)
    const json = Object(await answer.json())
    return { status: answer.status, json, cookies: answer.headers.getSetCookie(), csrf_token }
  }

  const stepUp = (browser: OperatorBrowser, body: object) =>
    call(browser, '/v1/session/step_up', body)

  async function makeStale({ operator_id }: LocalOperator) {
    await queryPlatform(
      "update operator_sessions set authenticated_at = now() - interval '1 hour' where operator_id = $1",
      [operator_id],
    )
  }

  test('is the password for who has no second factor; the token changes with it', async () => {
    const { local, browser } = await signedIn()
    await makeStale(local)
    const before = browser.session
    const proven = await stepUp(browser, { password: local.password })
    expect(proven.status).toBe(200)
    expect(Date.parse(proven.json.step_up.fresh_until)).toBeGreaterThan(Date.now())
    expect(proven.json.csrf_token).not.toBe(proven.csrf_token)
    const [set = ''] = proven.cookies
    expect(set).toMatch(
      /^bursar_operator=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/,
    )
    const old = await fetch(`${apiBase()}/v1/session`, { headers: { cookie: before } })
    expect(old.status).toBe(401)
  })

  test('is a one-time code for who has one: the password alone is not enough', async () => {
    const { local, browser, secret } = await signedIn(['auditor'])
    const byPassword = await stepUp(browser, { password: local.password })
    expect([byPassword.status, byPassword.json.code]).toEqual([400, 'session_proof_missing'])
    const used = await stepUp(browser, { otp: codeOf(secret) })
    expect([used.status, used.json.code]).toEqual([403, 'session_proof_wrong'])
    expect((await stepUp(browser, { otp: codeOf(secret, 30) })).status).toBe(200)
  })

  test('can be guessed a few times and no more', async () => {
    const { local, browser } = await signedIn()
    const codes: string[] = []
    for (let tries = 0; tries < 6; tries++) {
      codes.push((await stepUp(browser, { password: `wrong ${tries}` })).json.code)
    }
    expect(codes.slice(0, 5)).toEqual(Array(5).fill('session_proof_wrong'))
    expect(codes[5]).toBe('session_proof_locked')
    const right = await stepUp(browser, { password: local.password })
    expect(right.json.code).toBe('session_proof_locked')
  })

  test('changes with the password, which signs out everywhere else', async () => {
    const { local, browser } = await signedIn()
    const elsewhereToo = new OperatorBrowser()
    await elsewhereToo.password(local.login, local.password)
    const path = '/v1/session/change_password'
    const next = { password: local.password, new_password: 'another long sentence' }
    const weak = await call(browser, path, { ...next, new_password: 'openbursar123' })
    expect([weak.status, weak.json.code]).toEqual([400, 'operator_password_weak'])
    const wrong = await call(browser, path, { ...next, password: 'not mine at all' })
    expect([wrong.status, wrong.json.code]).toEqual([403, 'session_proof_wrong'])
    const changed = await call(browser, path, next)
    expect(changed.status).toBe(200)
    const other = { headers: { cookie: elsewhereToo.session } }
    expect((await fetch(`${apiBase()}/v1/session`, other)).status).toBe(401)
    const back = await new OperatorBrowser().password(local.login, next.new_password)
    expect(back.url.pathname).toBe('/console')
    const old = await new OperatorBrowser().password(local.login, local.password)
    expect(old.status).toBe(403)
  })

  test('leaves no password, code or link in the log', async () => {
    const { local, browser } = await signedIn()
    await stepUp(browser, { password: local.password })
    const login = `logged.${local.operator_id}@people.example`
    const made = await admin.bursar().invitations.create({ login, name: '丙' })
    const rows = await until(
      () =>
        queryPlatform<{ text: string }>(
          'select request_logs::text as text from request_logs where app_id = any($1)',
          [[local.operator_id, admin.operator_id]],
        ),
      (found) => found.some(({ text }) => text.includes(made.id)),
    )
    const text = rows.map((row) => row.text).join('\n')
    const token = made.acceptance_link?.split('/').at(-1) ?? 'no link'
    expect(text).toContain('/v1/session/step_up')
    for (const secret of [local.password, token, browser.session.split('=')[1] ?? '-']) {
      expect(text).not.toContain(secret)
    }
    const kept = await queryPlatform<{ text: string }>(
      'select sessions::text as text from operator_sessions sessions where operator_id = $1',
      [local.operator_id],
    )
    expect(JSON.stringify(kept)).not.toContain(browser.session.split('=')[1])
  })
})

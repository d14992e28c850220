import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import { newNumber, paymentBody } from '../support/fixtures.js'
import { openSession, type SignedInOperator, signInOperator } from '../support/operator-session.js'
import { apiBase, createApp, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { createOutsider } from '../support/stage.js'
import { until } from '../support/until.js'

let app: TestApp
let neighbour: TestApp
let outsider: TestApp
let owner: SignedInOperator
beforeAll(async () => {
  ;[app, neighbour, outsider] = await Promise.all([createApp(), createApp(), createOutsider()])
  const { institution_id, app_id } = app
  owner = await signInOperator({ institution_id, apps: [[app_id, 'owner']] })
}, 60_000)

const inApp = () => ({ app: app.app_id })

describe('a session', () => {
  test('says who it is, what they may do, and in which apps', async () => {
    const session = await owner.bursar().session.get()
    expect(session).toMatchObject({
      id: owner.session_id,
      object: 'session',
      operator: { id: owner.operator_id, login: owner.login, institution: app.institution_id },
      roles: [],
      second_factor: { is_required: false, is_enrolled: false, is_proven: true },
      has_more_apps: false,
    })
    expect(session.apps).toMatchObject([
      { app: app.app_id, department: app.department_id, modes: ['test', 'live'] },
    ])
    expect(session.apps[0]?.scopes.test).toContain('payments:write')
    expect(session.apps[0]?.scopes.live).not.toContain('payments:write')
  })

  test('makes its person a caller of the app, through the SDK', async () => {
    const bursar = owner.bursar(inApp())
    const payment = await bursar.payments.create(paymentBody())
    expect(await bursar.payments.get(payment.id)).toMatchObject({ id: payment.id, livemode: false })
    expect(await app.bursar.payments.get(payment.id)).toMatchObject({ id: payment.id })
  })

  test('gives the stored answer to a repeated key', async () => {
    const request = { path: '/v1/payments', body: paymentBody(), idempotencyKey: newNumber() }
    const first = await owner.send(request, inApp())
    const again = await owner.send(request, inApp())
    expect([first.status, again.text]).toEqual([201, first.text])
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })

  test('is in the request log with the person', async () => {
    const { headers } = await owner.send({ path: '/v1/payments?limit=1' }, inApp())
    const id = headers.get('x-request-id')
    const logged = () =>
      queryPlatform<object>(
        'select credential, key_id, operator_id, app_id from request_logs where id = $1',
        [id],
      )
    const { operator_id } = owner
    expect(await until(logged, (rows) => rows.length > 0)).toEqual([
      { credential: 'session', key_id: null, operator_id, app_id: app.app_id },
    ])
  })

  test('ends when its person signs out, and takes its cookie along', async () => {
    const { institution_id } = app
    const leaver = await openSession({ institution_id, ...owner })
    const answer = await leaver.send({ method: 'DELETE', path: '/v1/session' })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toMatch(/^bursar_operator=; Path=\/; Max-Age=0/)
    expectProblem(await leaver.send({ path: '/v1/session' }), 401, 'session_invalid')
    expect((await owner.send({ path: '/v1/session' })).status).toBe(200)
  })
})

describe('what a session refuses', () => {
  test('calls about an app that it does not name', async () => {
    expectProblem(await owner.send({ path: '/v1/payments' }), 400, 'session_app_missing')
  })

  test("another department's app and another institution's, as if they did not exist", async () => {
    for (const { app_id } of [neighbour, outsider, { app_id: 'app_nonsense' }]) {
      const answer = await owner.send({ path: '/v1/payments' }, { app: app_id })
      expectProblem(answer, 404, 'app_not_found')
    }
  })

  test('what the role does not allow, by mode', async () => {
    const body = paymentBody()
    const live = { ...inApp(), mode: 'live' } as const
    expectProblem(await owner.send({ path: '/v1/payments', body }, live), 403, 'scope_missing')
    const viewer = await signInOperator({
      institution_id: app.institution_id,
      apps: [[app.app_id, 'viewer']],
    })
    expectProblem(await viewer.send({ path: '/v1/payments', body }, inApp()), 403, 'scope_missing')
    expect((await viewer.send({ path: '/v1/payments' }, inApp())).status).toBe(200)
  })

  test('a mode that there is not', async () => {
    const headers = { 'bursar-mode': 'demo' }
    expectProblem(
      await owner.send({ path: '/v1/payments', headers }, inApp()),
      400,
      'session_mode_invalid',
    )
  })

  test.each([
    ['none', null],
    ['an empty one', ''],
    ['a wrong one', 'A'.repeat(43)],
  ])('writes with %s of the CSRF tokens', async (_, token) => {
    const request = { path: '/v1/payments', body: paymentBody(), headers: { 'bursar-csrf': token } }
    expectProblem(await owner.send(request, inApp()), 403, 'csrf_token_invalid')
  })

  test("writes with another session's CSRF token", async () => {
    const other = await openSession({ institution_id: app.institution_id, ...owner })
    const headers = { 'bursar-csrf': other.csrf }
    const request = { path: '/v1/payments', body: paymentBody(), headers }
    expectProblem(await owner.send(request, inApp()), 403, 'csrf_token_invalid')
  })

  test.each([null, 'null', 'https://evil.example', 'http://localhost:1', 'http://localhost'])(
    'writes that come from the origin %s',
    async (origin) => {
      const request = { path: '/v1/payments', body: paymentBody(), headers: { origin } }
      expectProblem(await owner.send(request, inApp()), 403, 'origin_not_allowed')
    },
  )

  test.each(['cross-site', 'same-site'])(
    'reads that a %s page makes a browser do',
    async (site) => {
      const headers = { 'sec-fetch-site': site }
      expectProblem(await owner.send({ path: '/v1/session', headers }), 403, 'origin_not_allowed')
    },
  )

  test('a cookie that is nobody’s, or there twice', async () => {
    const forged = `bursar_operator=${'x'.repeat(43)}`
    for (const cookie of [forged, 'bursar_operator=', 'bursar_operator=%00']) {
      const answer = await owner.send({ path: '/v1/session', headers: { cookie } })
      expect([answer.status]).toEqual([401])
    }
    const twice = `${owner.cookie}; ${forged}`
    expect((await owner.send({ path: '/v1/session', headers: { cookie: twice } })).status).toBe(401)
  })

  test('to be anybody beside the signature of a program', async () => {
    // The cookie comes along with a signed request: the program is the caller.
    const answer = await app.send({ path: '/v1/session', headers: { cookie: owner.cookie } })
    expectProblem(answer, 403, 'session_required')
  })

  test('to live longer than it was given, or without being used', async () => {
    const { institution_id } = app
    const old = await openSession({ institution_id, ...owner })
    const idle = await openSession({ institution_id, ...owner })
    await queryPlatform(
      "update operator_sessions set last_used_at = now() - interval '31 minutes' where id = $1",
      [idle.session_id],
    )
    expectProblem(await idle.send({ path: '/v1/session' }), 401, 'session_invalid')
    const change = queryPlatform(
      "update operator_sessions set expires_at = now() + interval '1 year' where id = $1",
      [old.session_id],
    )
    await expect(change).rejects.toThrow('a session cannot become another one')
    expect((await old.send({ path: '/v1/session' })).status).toBe(200)
  })

  test('whoever was disabled, at once', async () => {
    const { institution_id, app_id } = app
    const gone = await signInOperator({ institution_id, apps: [[app_id, 'owner']] })
    await queryPlatform('update operators set disabled_at = now() where id = $1', [
      gone.operator_id,
    ])
    expectProblem(await gone.send({ path: '/v1/payments' }, inApp()), 401, 'session_invalid')
  })
})

describe('a role that asks for a second factor', () => {
  test('is not in a session without one', async () => {
    const { institution_id } = await createOutsider()
    const officer = await signInOperator({
      institution_id,
      roles: ['finance_officer', 'developer'],
      hasSecondFactor: false,
    })
    expect(await officer.bursar().session.get()).toMatchObject({
      roles: ['developer'],
      second_factor: { is_required: true, is_proven: false },
    })
  })

  test('is there with one, and reaches every app', async () => {
    const { institution_id } = app
    const officer = await signInOperator({ institution_id, roles: ['finance_officer'] })
    const session = await officer.bursar().session.get()
    expect(session.apps.map((one) => one.app)).toEqual(
      expect.arrayContaining([app.app_id, neighbour.app_id]),
    )
    expect(JSON.stringify(session)).not.toContain(outsider.app_id)
  })
})

describe('the pages that hold the session', () => {
  test('are those of our own origin alone: no CORS header lets another one read', async () => {
    const headers = { cookie: owner.cookie, origin: 'https://evil.example' }
    const answer = await fetch(`${apiBase()}/v1/session`, { headers })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})

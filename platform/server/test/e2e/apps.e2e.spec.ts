import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { BursarError, type CreateApp } from '@openbursar/sdk'
import { expectProblem } from '../support/endpoint-contract.js'
import { type SignedInOperator, signInOperator } from '../support/operator-session.js'
import { openApp } from '../support/platform.js'
import { newKey } from '../support/raw-request.js'
import { openStage } from '../support/stage.js'

const stage = openStage()

let developer: SignedInOperator
let stranger: SignedInOperator
let viewer: SignedInOperator
let appId: string
beforeAll(async () => {
  const { institution_id, department_id } = stage.own
  ;[developer, stranger] = await Promise.all([
    signInOperator({ institution_id, departments: [[department_id, 'developer']] }),
    signInOperator({
      institution_id,
      departments: [[stage.neighbour.department_id, 'developer']],
    }),
  ])
  appId = (await developer.bursar().apps.create(appBody())).id
  viewer = await signInOperator({ institution_id, apps: [[appId, 'viewer']] })
}, 60_000)

const appBody = (changes: Partial<CreateApp> = {}): CreateApp => ({
  name: '报名系统',
  purpose: '收报名费',
  department: stage.own.department_id,
  scopes: ['payments:read', 'payments:write'],
  ...changes,
})
const post = (who: SignedInOperator, path: string, body: object) =>
  who.send({ method: 'POST', path, body, headers: { 'idempotency-key': newKey() } })

function newPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

describe('POST /v1/apps', () => {
  test('registers an app, which whoever registered it owns', async () => {
    const app = await developer.bursar().apps.get(appId)
    expect(app).toMatchObject({
      ...{
        object: 'app',
        name: '报名系统',
        purpose: '收报名费',
        created_by: developer.operator_id,
      },
      ...{ department: stage.own.department_id, scopes: ['payments:read', 'payments:write'] },
      live_access: { status: 'none', scopes: [], request: null },
    })
    expect(app.permissions).toEqual(expect.arrayContaining(['apps:write', 'members:write']))
    const { data } = await developer.bursar().apps.members.list(appId)
    expect(data[0]).toMatchObject({ operator: developer.operator_id, role: 'owner' })
  })

  test('answers a repeated Idempotency-Key with the same app', async () => {
    const request = {
      ...{ method: 'POST', path: '/v1/apps', body: appBody(), idempotencyKey: newKey() },
    }
    const first = await developer.send(request)
    const second = await developer.send(request)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.text).toBe(first.text)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
  })

  test('points at what is wrong', async () => {
    const answer = await developer.send({
      ...{ method: 'POST', path: '/v1/apps', body: { ...appBody(), scopes: ['rain:make'] } },
    })
    expectProblem(answer, 400, 'field_value_invalid')
    expect(answer.json.errors[0].pointer).toBe('/scopes/0')
  })

  test('is for people of the department', async () => {
    const request = { method: 'POST', path: '/v1/apps', body: appBody() }
    expectProblem(await stage.own.send(request), 403, 'session_required')
    expectProblem(await stage.own.send({ ...request, signed: false }), 401, 'signature_missing')
    expectProblem(await stranger.send(request), 404, 'department_not_found')
    expectProblem(await viewer.send(request), 403, 'permission_missing')
  })
})

describe('GET /v1/apps', () => {
  test('shows people the apps that their roles and memberships open', async () => {
    const idsOf = async (who: SignedInOperator) =>
      (await who.bursar().apps.list({ limit: 100 })).data.map(({ id }) => id)
    expect(await idsOf(developer)).toEqual(expect.arrayContaining([appId, stage.own.app_id]))
    expect(await idsOf(viewer)).toEqual([appId])
    expect(await idsOf(stranger)).not.toContain(appId)
  })

  test('shows a program the apps of its department', async () => {
    const { data } = await stage.own.bursar.apps.list()
    expect(data.map(({ id }) => id)).toContain(appId)
    expect(data.every(({ department }) => department === stage.own.department_id)).toBe(true)
    expect(data[0]?.permissions).toEqual([])
    expectProblem(await stage.powerless.send({ path: '/v1/apps' }), 403, 'scope_missing')
  })

  test('tells everybody else the same as of an app that does not exist', async () => {
    const missing = 'app_01jd0000000000000000000000'
    for (const who of [stranger, stage.neighbour, stage.outsider]) {
      expectProblem(await who.send({ path: `/v1/apps/${appId}` }), 404, 'app_not_found')
      expectProblem(await who.send({ path: `/v1/apps/${missing}` }), 404, 'app_not_found')
      expectProblem(await who.send({ path: `/v1/apps/${appId}/checklist` }), 404, 'app_not_found')
    }
    expectProblem(await developer.send({ path: '/v1/apps/nonsense' }), 404, 'app_not_found')
  })
})

describe('POST /v1/apps/{id}', () => {
  test('a viewer changes nothing', async () => {
    const body = { name: '别名' }
    expectProblem(await post(viewer, `/v1/apps/${appId}`, body), 403, 'permission_missing')
    const elsewhere = await developer.bursar().apps.create(appBody())
    const owner = await signInOperator({
      institution_id: stage.own.institution_id,
      apps: [
        [elsewhere.id, 'owner'],
        [appId, 'viewer'],
      ],
    })
    expectProblem(await post(owner, `/v1/apps/${appId}`, body), 403, 'app_permission_missing')
  })

  test('what an app may do no more, its keys may do no more', async () => {
    const { id } = await developer.bursar().apps.create(appBody())
    const pair = newPair()
    const key = await developer.bursar({ app: id }).keys.create({ public_key: pair.public_key })
    const app = openApp({ ...stage.own, app_id: id, key_id: key.id, private_key: pair.private_key })
    await app.bursar.payments.list()
    await developer.bursar().apps.update(id, { scopes: ['payments:write'] })
    expect((await developer.bursar().apps.get(id)).scopes).toEqual(['payments:write'])
    await new Promise((resolve) => setTimeout(resolve, 3_500))
    expectProblem(await app.send({ path: '/v1/payments' }), 403, 'scope_missing')
  }, 30_000)
})

describe('keys of people', () => {
  test('are made within what the app has, with limits, and sign', async () => {
    const pair = newPair()
    const keys = developer.bursar({ app: appId }).keys
    const key = await keys.create({
      ...{ public_key: pair.public_key, name: '收银台', scopes: ['payments:read'] },
      ...{ allowed_ips: ['127.0.0.0/8', '::1'], not_after: '2099-01-01T00:00:00Z' },
    })
    expect(key).toMatchObject({ livemode: false, scopes: ['payments:read'], status: 'active' })
    const app = openApp({
      ...stage.own,
      app_id: appId,
      key_id: key.id,
      private_key: pair.private_key,
    })
    expect((await app.bursar.payments.list()).data).toEqual([])
    const next = await keys.rotate(key.id, { public_key: newPair().public_key })
    expect(next.scopes).toEqual(['payments:read'])
    expect(await keys.revoke(next.id)).toMatchObject({ status: 'revoked' })
  })

  test('never hold more than the app', async () => {
    const body = { public_key: newPair().public_key, scopes: ['refunds:write'] }
    const answer = await developer.send({ method: 'POST', path: '/v1/keys', body }, { app: appId })
    expectProblem(answer, 403, 'api_key_too_powerful')
  })

  test('are not made by who only looks, nor by a browser that was left open', async () => {
    const body = { public_key: newPair().public_key }
    const request = { method: 'POST', path: '/v1/keys', body }
    expectProblem(await viewer.send(request, { app: appId }), 403, 'scope_missing')
    const tired = await signInOperator({
      ...{ institution_id: stage.own.institution_id, apps: [[appId, 'owner']] },
      provenMsAgo: 11 * 60_000,
    })
    expectProblem(await tired.send(request, { app: appId }), 403, 'step_up_required')
    expectProblem(await stranger.send(request, { app: appId }), 404, 'app_not_found')
  })

  test('of live mode are not made before that was approved', async () => {
    const owner = developer.bursar({ app: appId, mode: 'live' })
    await expect(owner.keys.create({ public_key: newPair().public_key })).rejects.toMatchObject({
      code: 'app_not_live',
    })
  })
})

describe('members of an app', () => {
  test('are added, changed and removed; what they may do holds at the next call', async () => {
    const { id } = await developer.bursar().apps.create(appBody())
    const { institution_id } = stage.own
    const person = await signInOperator({ institution_id })
    const members = developer.bursar().apps.members
    expectProblem(await person.send({ path: `/v1/apps/${id}` }), 403, 'permission_missing')
    expect(
      await members.add(id, { login: person.login.toUpperCase(), role: 'viewer' }),
    ).toMatchObject({
      ...{ object: 'app_member', operator: person.operator_id, role: 'viewer' },
    })
    expect((await person.bursar().apps.get(id)).permissions).not.toContain('apps:write')
    await members.update(id, person.operator_id, { role: 'owner' })
    await person.bursar().apps.update(id, { name: '新名字' })
    await members.remove(id, person.operator_id)
    expectProblem(await person.send({ path: `/v1/apps/${id}` }), 403, 'permission_missing')
  })

  test('an app keeps an owner', async () => {
    const { id } = await developer.bursar().apps.create(appBody())
    const path = `/v1/apps/${id}/members/${developer.operator_id}`
    expectProblem(await post(developer, path, { role: 'viewer' }), 409, 'app_owner_last')
    // Leaving alone is taking the app's last person from it, and the department still has it.
    const other = await signInOperator({ institution_id: stage.own.institution_id })
    await developer.bursar().apps.members.add(id, { login: other.login, role: 'viewer' })
    expectProblem(await developer.send({ method: 'DELETE', path }), 409, 'app_owner_last')
    const left = await other.bursar().apps.members.remove(id, other.operator_id)
    expect(left).toMatchObject({ operator: other.operator_id, deleted: true })
  })

  test('are people who sign in here, and are changed by who may', async () => {
    const path = `/v1/apps/${appId}/members`
    const body = { login: 'nobody@people.example', role: 'viewer' }
    expectProblem(await post(developer, path, body), 409, 'app_member_unknown')
    expectProblem(await post(viewer, path, body), 403, 'permission_missing')
    expectProblem(await post(stranger, path, body), 403, 'permission_missing')
    const missing = `${path}/opr_01jd0000000000000000000000`
    expectProblem(await post(developer, missing, { role: 'viewer' }), 404, 'app_member_not_found')
    expectProblem(await stage.own.send({ path }), 403, 'session_required')
    const outsider = await signInOperator({ institution_id: stage.outsider.institution_id })
    await expect(
      developer.bursar().apps.members.add(appId, { login: outsider.login, role: 'viewer' }),
    ).rejects.toBeInstanceOf(BursarError)
  })
})

describe('GET /v1/departments', () => {
  test('shows people theirs, administrators all, and a program its own', async () => {
    const idsOf = async (who: SignedInOperator) =>
      (await who.bursar().departments.list({ limit: 100 })).data.map(({ id }) => id)
    expect(await idsOf(developer)).toEqual([stage.own.department_id])
    expect(await idsOf(viewer)).toEqual([stage.own.department_id])
    const { institution_id } = stage.own
    const admin = await signInOperator({ institution_id, roles: ['platform_admin'] })
    expect((await idsOf(admin)).length).toBeGreaterThan(1)
    const { data } = await stage.own.bursar.departments.list()
    expect(data.map(({ id }) => id)).toEqual([stage.own.department_id])
    expectProblem(await stage.powerless.send({ path: '/v1/departments' }), 403, 'scope_missing')
  })
})

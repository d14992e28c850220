import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { App, GoLiveChecklist } from '@openbursar/sdk'
import { newId } from '../../src/kernel/id.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { newNumber, newPaidPayment, paymentIn } from '../support/fixtures.js'
import { type SignedInOperator, signInOperator } from '../support/operator-session.js'
import { openApp, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { newKey } from '../support/raw-request.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
const WANTED = { purpose: '秋季报名', contact: '王老师 8888' }

let owner: SignedInOperator
let admin: SignedInOperator
let appId: string
beforeAll(async () => {
  const { institution_id, department_id, app_id } = stage.own
  appId = app_id
  ;[owner, admin] = await Promise.all([
    signInOperator({ institution_id, apps: [[app_id, 'owner']] }),
    signInOperator({ institution_id, departments: [[department_id, 'department_admin']] }),
  ])
}, 60_000)

const ask = (who: SignedInOperator, action: string, body?: object) =>
  who.send({
    ...{ method: 'POST', path: `/v1/apps/${appId}/${action}` },
    ...(body ? { body } : {}),
    headers: { 'idempotency-key': newKey() },
  })
const itemOf = (checklist: GoLiveChecklist, item: string) =>
  checklist.items.find((one) => one.item === item)
const checklist = () => owner.bursar().apps.checklist(appId)

function newPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** The amount whose order the sandbox leaves without an answer although it was taken. */
async function doubtfulAmount(): Promise<number> {
  const { data } = await stage.own.bursar.testHelpers.magicAmounts.list()
  const found = data.find(({ fault }) => fault === 'timeout_after_acceptance')
  if (!found) throw new Error('there is an amount for every fault')
  return found.amount
}

/** A receiver that passed. What grading itself does is tested where it is made. */
async function writeGrade(): Promise<string> {
  const id = newId('whg')
  const { institution_id } = stage.own
  const cases = ['valid', 'bad_signature'].map((one) => ({ case: one, verdict: 'passed' }))
  await queryPlatform(
    `insert into webhook_grades (institution_id, livemode, id, app_id, endpoint_id, url, status, cases,
       created_at, finished_at)
     values ($1, false, $2, $3, $4, 'http://localhost:1/', 'passed', $5, now(), now())`,
    [institution_id, id, appId, newId('whk'), JSON.stringify(cases)],
  )
  return id
}

describe('the checklist', () => {
  test('begins empty, says how to fill it, and cannot be ticked by hand', async () => {
    const empty = await checklist()
    expect(empty).toMatchObject({ object: 'go_live_checklist', app: appId, is_ready: false })
    expect(empty.items.every(({ is_done, evidence }) => !is_done && evidence === null)).toBe(true)
    expect(empty.items.every(({ how }) => how.zh !== '' && how.en !== '')).toBe(true)
    const answer = await ask(owner, 'checklist', { item: 'refund_tried' })
    expectProblem(answer, 405, 'method_not_allowed')
  })

  test('nobody asks for live access before everything required was seen', async () => {
    const answer = await ask(owner, 'request_live', WANTED)
    expectProblem(answer, 409, 'go_live_not_ready')
    expect(answer.json.detail).toMatch(/refund_tried/)
  })

  test('a payment, a refund and a retry tick their items, with what proves it', async () => {
    const payment = await newPaidPayment(stage.own)
    const body = { payment: payment.id, out_refund_no: newNumber(), amount: 100 }
    const refund = await stage.own.bursar.refunds.create(body)
    await until(
      () => stage.own.bursar.refunds.get(refund.id),
      ({ status }) => status === 'succeeded',
    )
    const request = { path: '/v1/payers', method: 'POST', idempotencyKey: newKey() }
    const payer = { kind: 'student', number_type: 'student_no', number: newNumber(), name: '李' }
    await stage.own.send({ ...request, body: payer })
    const replay = await stage.own.send({ ...request, body: payer })
    const seen = await until(
      checklist,
      (now) => itemOf(now, 'idempotency_retried')?.is_done === true,
    )
    expect(itemOf(seen, 'payment_succeeded')?.evidence?.object_id).toBe(payment.id)
    expect(itemOf(seen, 'refund_tried')?.evidence?.object_id).toBe(refund.id)
    const evidence = itemOf(seen, 'idempotency_retried')?.evidence
    expect(evidence?.object_id).toBe(replay.headers.get('x-request-id'))
  }, 40_000)

  test('an order in doubt that the app asked about ticks its item', async () => {
    const amount = await doubtfulAmount()
    const body = {
      out_trade_no: newNumber(),
      amount,
      subject: '疑单',
      channel: 'wechatpay' as const,
    }
    const payment = await stage.own.bursar.payments.create(body)
    expect(payment.status).toBe('processing')
    const asked = await stage.own.send({ path: `/v1/payments?out_trade_no=${body.out_trade_no}` })
    expect(asked.json.data[0].id).toBe(payment.id)
    expect(itemOf(await checklist(), 'unknown_outcome_handled')?.is_done).toBe(false)
    await stage.own.bursar.testHelpers.payments.simulate(payment.id, { action: 'pay' })
    await paymentIn(stage.own, payment.id, 'succeeded', 30_000)
    const seen = await until(
      checklist,
      (now) => itemOf(now, 'unknown_outcome_handled')?.is_done === true,
    )
    const evidence = itemOf(seen, 'unknown_outcome_handled')?.evidence
    expect(evidence?.object_id).toBe(asked.headers.get('x-request-id'))
  }, 60_000)

  test('a second order in the place of one in doubt does not', async () => {
    const { institution_id } = stage.own
    const amount = await doubtfulAmount()
    const hasty = await createHasty()
    const body = { amount, subject: '疑单', channel: 'wechatpay' as const }
    const first = await hasty.bursar.payments.create({ ...body, out_trade_no: newNumber() })
    await hasty.bursar.payments.create({ ...body, out_trade_no: newNumber() })
    await hasty.bursar.payments.get(first.id)
    await until(
      () => hasty.bursar.payments.get(first.id),
      ({ status }) => status === 'failed' || status === 'succeeded',
      30_000,
    )
    const viewer = await signInOperator({ institution_id, apps: [[hasty.app_id, 'viewer']] })
    const seen = await viewer.bursar().apps.checklist(hasty.app_id)
    expect(itemOf(seen, 'unknown_outcome_handled')?.is_done).toBe(false)
  }, 60_000)

  test('the grading of the receiver ticks two, and a reset takes nothing back', async () => {
    const grade = await writeGrade()
    await stage.own.bursar.testHelpers.sandbox.reset({})
    const seen = await checklist()
    expect(itemOf(seen, 'webhook_verified')?.evidence?.object_id).toBe(grade)
    expect(itemOf(seen, 'signature_verified')?.evidence?.object_id).toBe(grade)
    expect(seen.is_ready).toBe(true)
  })
})

/** An app of the same institution, with everything but patience. */
async function createHasty(): Promise<TestApp> {
  const { institution_id, department_id } = stage.own
  const developer = await signInOperator({
    ...{ institution_id, departments: [[department_id, 'developer']] },
  })
  const { id } = await developer.bursar().apps.create({
    ...{ name: '急性子', purpose: '测试', department: department_id },
    scopes: ['payments:read', 'payments:write'],
  })
  const pair = newPair()
  const key = await developer.bursar({ app: id }).keys.create({ public_key: pair.public_key })
  return openApp({ ...stage.own, app_id: id, key_id: key.id, private_key: pair.private_key })
}

describe('live access', () => {
  let live: TestApp
  let app: App

  test('is asked for once, by an owner', async () => {
    const { institution_id } = stage.own
    const viewer = await signInOperator({ institution_id, apps: [[appId, 'viewer']] })
    expectProblem(await ask(viewer, 'request_live', WANTED), 403, 'permission_missing')
    app = await owner.bursar().apps.requestLive(appId, WANTED)
    expect(app.live_access).toMatchObject({
      status: 'none',
      request: { status: 'requested', requested_by: owner.operator_id, ...WANTED },
    })
    expectProblem(await ask(owner, 'request_live', WANTED), 409, 'app_live_request_open')
    const { data } = await admin.bursar().apps.list({ live_request: 'open' })
    expect(data.map(({ id }) => id)).toContain(appId)
  })

  test('is not decided by who asked, nor by who may not, nor in another department', async () => {
    const { institution_id, department_id } = stage.own
    expectProblem(await ask(owner, 'approve_live', {}), 403, 'permission_missing')
    const both = await signInOperator({
      ...{ institution_id, departments: [[department_id, 'department_admin']] },
    })
    await owner.bursar().apps.withdrawLive(appId)
    await both.bursar().apps.requestLive(appId, WANTED)
    expectProblem(await ask(both, 'approve_live', {}), 403, 'app_live_request_own')
    expectProblem(await ask(both, 'reject_live', { reason: '不行' }), 403, 'app_live_request_own')
    const elsewhere = await signInOperator({
      ...{ institution_id, departments: [[stage.neighbour.department_id, 'department_admin']] },
    })
    for (const action of ['approve_live', 'reject_live', 'suspend_live']) {
      const body = action === 'approve_live' ? {} : { reason: '不行' }
      expectProblem(await ask(elsewhere, action, body), 404, 'app_not_found')
    }
    const tired = await signInOperator({
      ...{ institution_id, departments: [[department_id, 'department_admin']] },
      provenMsAgo: 11 * 60_000,
    })
    expectProblem(await ask(tired, 'approve_live', {}), 403, 'step_up_required')
  })

  test('is refused with a reason, and asked for again', async () => {
    expectProblem(await ask(admin, 'reject_live', {}), 400, 'field_missing')
    const rejected = await admin.bursar().apps.rejectLive(appId, { reason: '请写明收费依据' })
    expect(rejected.live_access).toMatchObject({
      status: 'none',
      request: {
        ...{ status: 'rejected', decided_by: admin.operator_id },
        decision_reason: '请写明收费依据',
      },
    })
    expectProblem(await ask(admin, 'approve_live', {}), 409, 'app_live_request_missing')
    await owner.bursar().apps.requestLive(appId, WANTED)
  })

  test('no live key exists before it is approved; afterwards one works', async () => {
    const pair = newPair()
    const keys = owner.bursar({ app: appId, mode: 'live' }).keys
    await expect(keys.create({ public_key: pair.public_key })).rejects.toMatchObject({
      code: 'app_not_live',
    })
    const approved = await admin.bursar().apps.approveLive(appId, { reason: '材料齐全' })
    expect(approved.live_access).toMatchObject({
      ...{ status: 'approved', changed_by: admin.operator_id, scopes: app.scopes },
      request: { status: 'approved', decided_by: admin.operator_id },
    })
    const key = await keys.create({ public_key: pair.public_key, scopes: ['payments:read'] })
    expect(key.livemode).toBe(true)
    live = openApp({ ...stage.own, key_id: key.id, private_key: pair.private_key })
    expect((await live.bursar.payments.list()).data).toEqual([])
    expectProblem(await ask(owner, 'request_live', WANTED), 409, 'app_live_already')
  })

  test('ends within five seconds when it is taken back, and with it every live key', async () => {
    const suspended = await admin.bursar().apps.suspendLive(appId, { reason: '年度检查' })
    expect(suspended.live_access).toMatchObject({
      ...{ status: 'suspended', scopes: [], reason: '年度检查' },
    })
    const takenBackAt = Date.now()
    const answer = await until(
      () => live.send({ path: '/v1/payments' }),
      ({ status }) => status === 401,
    )
    expect(Date.now() - takenBackAt).toBeLessThan(5_000)
    expectProblem(answer, 401, 'key_suspended')
    expect((await stage.own.bursar.payments.list()).data).toEqual([])
    const again = owner.bursar({ app: appId, mode: 'live' }).keys
    await expect(again.create({ public_key: newPair().public_key })).rejects.toMatchObject({
      code: 'app_not_live',
    })
    expectProblem(await ask(admin, 'suspend_live', { reason: '再来' }), 409, 'app_not_live')
  }, 20_000)

  test('more scopes are for test mode at once, for live mode with an approval', async () => {
    await owner.bursar().apps.requestLive(appId, WANTED)
    await admin.bursar().apps.approveLive(appId, {})
    const scopes = app.scopes.filter((scope) => scope !== 'wallets:read')
    const narrowed = await owner.bursar().apps.update(appId, { scopes })
    expect(narrowed.live_access.scopes).toEqual(scopes)
    const wide = await owner.bursar().apps.update(appId, { scopes: [...scopes, 'wallets:read'] })
    expect(wide.scopes).toContain('wallets:read')
    expect(wide.live_access.scopes).toEqual(scopes)
    await owner.bursar().apps.requestLive(appId, WANTED)
    const wider = await admin.bursar().apps.approveLive(appId, {})
    expect(wider.live_access.scopes).toContain('wallets:read')
  })
})

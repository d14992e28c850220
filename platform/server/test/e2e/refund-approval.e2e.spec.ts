import { beforeAll, describe, expect, test } from '@jest/globals'
import { describeForeign, describeRead, expectProblem } from '../support/endpoint-contract.js'
import { newNumber, newPaidPayment } from '../support/fixtures.js'
import { openApp, type TestApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()

let payment = ''
let second: TestApp
beforeAll(async () => {
  payment = (await newPaidPayment(stage.own, { amount: 10_000 })).id
  second = openApp({ ...stage.own, ...(await addKey(stage.own)) })
  await stage.own.bursar.departments.update(stage.own.department_id, {
    refund_approval_threshold: 0,
  })
}, 60_000)

const newRefund = () =>
  stage.own.bursar.refunds.create({ payment, out_refund_no: newNumber(), amount: 10 })
const id = async () => (await newRefund()).id

describe('a refund above the threshold of its department', () => {
  test('waits for a second person, and succeeds once it is approved', async () => {
    const refund = await newRefund()
    expect(refund).toMatchObject({
      status: 'awaiting_approval',
      approval: { status: 'awaiting', requested_by: stage.own.key_id, decided_by: null },
    })
    await second.bursar.refunds.approve(refund.id)
    const done = await until(
      () => stage.own.bursar.refunds.get(refund.id),
      ({ status }) => status === 'succeeded',
    )
    expect(done.approval).toMatchObject({ status: 'approved', decided_by: second.key_id })
  })

  test('stays where it is when a second person rejects it', async () => {
    const refund = await newRefund()
    expect(await second.bursar.refunds.reject(refund.id, { reason: '资料不全' })).toMatchObject({
      status: 'rejected',
      approval: { status: 'rejected', decided_by: second.key_id, reason: '资料不全' },
    })
    const answer = await second.send({ path: `/v1/refunds/${refund.id}/approve`, method: 'POST' })
    expectProblem(answer, 409, 'refund_not_awaiting_approval')
    expect(answer.json.outcome).toBe('failed')
  })

  test('is not approved by the key that asked for it', async () => {
    const path = `/v1/refunds/${await id()}/approve`
    expectProblem(await stage.own.send({ path, method: 'POST' }), 403, 'refund_needs_second_person')
  })

  test('is not rejected without a reason', async () => {
    const answer = await second.send({ path: `/v1/refunds/${await id()}/reject`, body: {} })
    expectProblem(answer, 400, 'field_missing')
  })

  for (const action of ['approve', 'reject']) {
    describeForeign(stage, {
      method: 'POST',
      path: (one) => `/v1/refunds/${one}/${action}`,
      id,
      body: action === 'reject' ? { reason: 'x' } : {},
      code: 'refund_not_found',
    })
  }
})

describe('/v1/departments/{id}', () => {
  describeRead(stage, { path: () => `/v1/departments/${stage.own.department_id}` })
  describeForeign(stage, {
    method: 'GET',
    path: (one) => `/v1/departments/${one}`,
    id: () => stage.own.department_id,
    code: 'department_not_found',
  })
  describeForeign(stage, {
    method: 'POST',
    path: (one) => `/v1/departments/${one}`,
    id: () => stage.own.department_id,
    body: { refund_approval_threshold: 1 },
    code: 'department_not_found',
  })

  test('shows what the department has decided for this mode', async () => {
    expect(await stage.own.bursar.departments.get(stage.own.department_id)).toMatchObject({
      object: 'department',
      livemode: false,
      refund_approval_threshold: 0,
    })
  })

  test.each([-1, 1.5, '100', 2 ** 53])('refuses the threshold %p', async (threshold) => {
    const path = `/v1/departments/${stage.own.department_id}`
    const answer = await stage.own.send({ path, body: { refund_approval_threshold: threshold } })
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toMatchObject([{ pointer: '/refund_approval_threshold' }])
  })
})

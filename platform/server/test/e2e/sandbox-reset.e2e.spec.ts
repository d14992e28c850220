import { beforeAll, describe, expect, test } from '@jest/globals'
import { problemsOfBooks } from '../support/books.js'
import { describeRead, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newBill, newNumber, newPaidPayment, newPendingPayment } from '../support/fixtures.js'
import { signInOperator } from '../support/operator-session.js'
import { openApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
const PATH = '/v1/test_helpers/reset'
const PAYERS = '/v1/test_helpers/payers'

describe('POST /v1/test_helpers/reset', () => {
  test('empties the lists and frees the numbers, and the books stay true', async () => {
    const { bursar } = stage.own
    const paid = await newPaidPayment(stage.own)
    const waiting = await newPendingPayment(stage.own)
    const refund = await bursar.refunds.create({
      ...{ payment: paid.id, out_refund_no: newNumber(), amount: 100 },
    })
    await until(
      () => bursar.refunds.get(refund.id),
      ({ status }) => status === 'succeeded',
    )
    const bill = await newBill(stage.own)
    const done = await bursar.testHelpers.sandbox.reset({})
    expect(done.set_aside).toMatchObject({ payments: 2, refunds: 1, bills: 1, fee_items: 1 })
    const { payments, refunds, bills, feeItems, checkouts, events, webhookEndpoints } = bursar
    for (const list of [payments, refunds, bills, feeItems, checkouts, events, webhookEndpoints]) {
      expect((await list.list()).data).toEqual([])
    }
    await expect(payments.get(paid.id)).rejects.toMatchObject({ code: 'payment_not_found' })
    const { out_trade_no } = paid
    const again = await newPendingPayment(stage.own, { out_trade_no })
    expect(again.id).not.toBe(paid.id)
    expect((await newBill(stage.own, { payer: bill.payer })).payer).toBe(bill.payer)
    // The order that was waiting can still be paid at its provider: nobody of ours is told, and it is booked.
    expect(waiting.status).toBe('pending')
    expect(await problemsOfBooks()).toEqual([])
  }, 60_000)

  test('takes nothing from other apps, nor the key that called', async () => {
    const theirs = await newPendingPayment(stage.neighbour)
    await stage.own.bursar.testHelpers.sandbox.reset({})
    expect(await stage.neighbour.bursar.payments.get(theirs.id)).toMatchObject({ id: theirs.id })
    expect((await stage.own.bursar.keys.list()).data.length).toBeGreaterThan(0)
  })

  test('gives back the real time', async () => {
    const { clocks, sandbox } = stage.own.bursar.testHelpers
    await clocks.create({})
    expect(await sandbox.reset({})).toMatchObject({ test_clock_removed: true })
    expect((await clocks.list()).data).toEqual([])
  }, 40_000)

  test('keeps webhook endpoints if asked to', async () => {
    const { webhookEndpoints, testHelpers } = stage.own.bursar
    const { id } = await webhookEndpoints.create({ url: 'http://localhost:9/', event_types: [] })
    await testHelpers.sandbox.reset({ keep_webhook_endpoints: true })
    expect(await webhookEndpoints.get(id)).toMatchObject({ id, status: 'enabled' })
    await testHelpers.sandbox.reset({})
    await expect(webhookEndpoints.get(id)).rejects.toMatchObject({ status: 404 })
  })

  describeWrite(stage, {
    path: () => PATH,
    body: () => ({}),
    status: 201,
    invalid: {
      body: { keep_webhook_endpoints: 'yes' },
      code: 'field_type_invalid',
      pointer: '/keep_webhook_endpoints',
    },
  })

  test('does not exist in live mode, for a key or a person', async () => {
    const live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
    const request = { path: PATH, method: 'POST', body: {} }
    expectProblem(await live.send(request), 403, 'test_mode_only')
    const { institution_id, app_id: app } = stage.own
    const officer = await signInOperator({ institution_id, roles: ['finance_officer'] })
    expectProblem(await officer.send(request, { app, mode: 'live' }), 403, 'test_mode_only')
    const viewer = await signInOperator({ institution_id, apps: [[app, 'viewer']] })
    expectProblem(await viewer.send(request, { app }), 403, 'scope_missing')
  })
})

describe('test payers', () => {
  let wallet: string
  beforeAll(async () => {
    const made = await stage.own.bursar.testHelpers.payers.create({
      ...{ kind: 'student', name: '钱多多', wallet_balance: 10_000 },
    })
    expect(made).toMatchObject({
      ...{ object: 'test_payer', livemode: false, name: '钱多多', number_type: 'student_no' },
      wallet: { currency: 'CNY', balance: 10_000, pin: '246810' },
    })
    expect(made.campus_sign_in).toEqual({ number: made.number })
    wallet = made.wallet?.id ?? ''
  }, 30_000)

  test('those of the documentation are there, and those that were made', async () => {
    const { data } = await stage.own.bursar.testHelpers.payers.list()
    const names = data.map(({ name }) => name)
    expect(names).toContain('钱多多')
    const numbers = data.map(({ number }) => number)
    if (numbers.includes('S20260001')) {
      expect(data.find(({ number }) => number === 'S20260001')?.wallet?.pin).toBe('246810')
    }
  })

  test('one pays with the wallet and PIN that are told', async () => {
    const { payments } = stage.own.bursar
    const body = { out_trade_no: newNumber(), amount: 100, subject: '午餐' }
    const { id } = await payments.create({ ...body, channel: 'campus_card' })
    await payments.confirmWallet(id, { wallet, pin: '246810' })
    const paid = await until(
      () => payments.get(id),
      ({ status }) => status === 'succeeded',
    )
    expect(paid.channel).toBe('campus_card')
  })

  test('an outsider has no campus sign-in, and no wallet unless asked for', async () => {
    const { payers } = stage.own.bursar.testHelpers
    expect(await payers.create({ kind: 'outsider', name: '周海' })).toMatchObject({
      ...{ number_type: 'certificate_no', wallet: null, campus_sign_in: null },
    })
  })

  describe('GET', () => {
    describeRead(stage, { path: () => PAYERS })
  })
  describe('POST', () => {
    describeWrite(stage, {
      path: () => PAYERS,
      body: () => ({ name: '测试' }),
      status: 201,
      invalid: { body: { kind: 'ghost' }, code: 'field_value_invalid', pointer: '/kind' },
    })
  })
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { problemsOfBooks } from '../support/books.js'
import { describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newBill, newPendingPayment, paymentBody, paymentIn } from '../support/fixtures.js'
import { createApp, openApp, type TestApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const PATH = '/v1/test_helpers/clocks'
const MINUTE_S = 60
const DAY_MS = 24 * 3_600_000
const stage = openStage()
const clocksOf = (app: TestApp) => app.bursar.testHelpers.clocks
const clockOf = async (app: TestApp) => {
  const [known] = (await clocksOf(app).list()).data
  return known ?? clocksOf(app).create({})
}
const advance = async (app: TestApp, seconds: number) =>
  clocksOf(app).advance((await clockOf(app)).id, { by: seconds })
const inHalfAnHour = async (app: TestApp) =>
  new Date(Date.parse((await clockOf(app)).now) + 30 * MINUTE_S * 1000).toISOString()
const ahead = (moment: string) => Date.parse(moment) - Date.now()

describe('POST /v1/test_helpers/clocks', () => {
  test('gives the app a clock that shows the real time, and no second one', async () => {
    const app = await createApp()
    const clock = await clocksOf(app).create({})
    expect(clock).toMatchObject({ object: 'test_clock', livemode: false, status: 'ready' })
    expect(Math.abs(ahead(clock.now))).toBeLessThan(5_000)
    const again = await app.send({ path: PATH, method: 'POST', body: {} })
    expectProblem(again, 409, 'test_clock_exists')
    expect((await clocksOf(app).list()).data).toMatchObject([{ id: clock.id }])
    expect(await clocksOf(app).get(clock.id)).toMatchObject({ id: clock.id })
  })

  test('may begin later, but neither before the real time nor years ahead', async () => {
    const app = await createApp()
    const at = (days: number) => ({ now: new Date(Date.now() + days * DAY_MS).toISOString() })
    const create = (body: object) => app.send({ path: PATH, method: 'POST', body })
    expectProblem(await create(at(-1)), 400, 'test_clock_backward')
    expectProblem(await create(at(400)), 400, 'test_clock_too_far')
    const clock = await clocksOf(app).create(at(10))
    expect(Math.abs(ahead(clock.now) - 10 * DAY_MS)).toBeLessThan(10_000)
  })

  test('is closed to live keys', async () => {
    const live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
    expectProblem(await live.send({ path: PATH }), 403, 'test_mode_only')
    const create = await live.send({ path: PATH, method: 'POST', body: {} })
    expectProblem(create, 403, 'test_mode_only')
  })
})

describe('POST /v1/test_helpers/clocks/{id}/advance', () => {
  describeWrite(stage, {
    path: async () => `${PATH}/${(await clockOf(stage.own)).id}/advance`,
    body: () => ({ by: 1 }),
    status: 200,
    invalid: { body: { by: 0 }, code: 'field_out_of_range', pointer: '/by' },
  })

  test('goes forward only, a year at most', async () => {
    const { id, now } = await clockOf(stage.own)
    const send = (body: object) =>
      stage.own.send({ path: `${PATH}/${id}/advance`, method: 'POST', body })
    const to = (ms: number) => ({ to: new Date(Date.parse(now) + ms).toISOString() })
    expectProblem(await send(to(-60_000)), 400, 'test_clock_backward')
    expectProblem(await send(to(400 * DAY_MS)), 400, 'test_clock_too_far')
    expectProblem(await send({ ...to(60_000), by: 1 }), 400, 'field_value_invalid')
    expectProblem(await send({}), 400, 'field_value_invalid')
    const moved = await clocksOf(stage.own).advance(id, to(3_600_000))
    expect(Date.parse(moved.now)).toBeGreaterThanOrEqual(Date.parse(now) + 3_600_000)
  })

  test('is somebody else’s business as little as a clock that does not exist', async () => {
    const { id } = await clockOf(stage.own)
    for (const app of [stage.neighbour, stage.outsider]) {
      const path = `${PATH}/${id}/advance`
      const answer = await app.send({ path, method: 'POST', body: { by: 1 } })
      expectProblem(answer, 404, 'test_clock_not_found')
    }
  })
})

describe('an app with a clock', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createApp()
    await clockOf(app)
  }, 60_000)

  test('creates its objects in the time of the clock', async () => {
    await advance(app, 3_600)
    const payment = await app.bursar.payments.create(paymentBody())
    expect(ahead(payment.created_at)).toBeGreaterThan(3_500_000)
    const other = await stage.neighbour.bursar.payments.create(paymentBody())
    expect(Math.abs(ahead(other.created_at))).toBeLessThan(10_000)
  })

  test('sees payments close at their time, nobody else does', async () => {
    const expires_at = await inHalfAnHour(app)
    const bare = await app.bursar.payments.create(paymentBody({ expires_at }))
    const placed = await newPendingPayment(app, { expires_at })
    const inReality = new Date(Date.now() + 30 * MINUTE_S * 1000).toISOString()
    const other = await newPendingPayment(stage.neighbour, { expires_at: inReality })
    await advance(app, 31 * MINUTE_S)
    await paymentIn(app, bare.id, 'closed')
    await paymentIn(app, placed.id, 'closed')
    expect(await stage.neighbour.bursar.payments.get(other.id)).toMatchObject({ status: 'pending' })
  })

  test('sees checkouts and bills expire', async () => {
    const expires_at = await inHalfAnHour(app)
    const checkout = await app.bursar.checkouts.create({ amount: 500, title: '捐赠', expires_at })
    const { id } = await newBill(app)
    await app.bursar.bills.update(id, { expires_at })
    await advance(app, 31 * MINUTE_S)
    expect(await app.bursar.checkouts.get(checkout.id)).toMatchObject({ status: 'expired' })
    expect(await app.bursar.bills.get(id)).toMatchObject({ status: 'expired' })
  })

  test.each(['wechatpay', 'alipay', 'unionpay', 'abc'] as const)(
    'finds a lost payment of %s by asking, in the time of the clock',
    async (channel) => {
      const { id } = await newPendingPayment(app, { channel })
      await app.bursar.testHelpers.payments.simulate(id, { action: 'pay', notify: 'lost' })
      await advance(app, 20 * MINUTE_S)
      const paid = await paymentIn(app, id, 'succeeded')
      expect(ahead(paid.succeeded_at ?? '')).toBeGreaterThan(3_600_000)
    },
  )

  test('hears a late notification at its time', async () => {
    const { id } = await newPendingPayment(app)
    await app.bursar.testHelpers.payments.simulate(id, { action: 'pay', notify: 'late' })
    await advance(app, 5 * MINUTE_S)
    await paymentIn(app, id, 'succeeded')
  })

  test('gets its money back and its books stay right', async () => {
    const { id, amount } = await newPendingPayment(app)
    await app.bursar.testHelpers.payments.simulate(id, { action: 'pay' })
    await paymentIn(app, id, 'succeeded')
    const body = { payment: id, out_refund_no: `r-${id}`, amount }
    const refund = await app.bursar.refunds.create(body)
    await advance(app, 24 * 60 * MINUTE_S)
    await until(
      () => app.bursar.refunds.get(refund.id),
      ({ status }) => status === 'succeeded',
    )
  })

  test('goes back to the real time without it', async () => {
    const { id } = await clockOf(app)
    const gone = await clocksOf(app).delete(id)
    expect(gone).toEqual({ id, object: 'test_clock', deleted: true })
    expectProblem(await app.send({ path: `${PATH}/${id}` }), 404, 'test_clock_not_found')
    const payment = await newPendingPayment(app)
    expect(Math.abs(ahead(payment.created_at))).toBeLessThan(10_000)
    await app.bursar.testHelpers.payments.simulate(payment.id, { action: 'pay' })
    await paymentIn(app, payment.id, 'succeeded')
    expect((await clocksOf(app).create({})).id).not.toBe(id)
  })
})

describe('a webhook that was not taken', () => {
  const hits: string[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      hits.push(String(request.headers['webhook-id']))
      response.writeHead(hits.length === 1 ? 500 : 204).end()
    })
  })
  afterAll(() => {
    server.close()
  })

  test('comes again when the clock is set forward', async () => {
    const app = await createApp()
    await clockOf(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const url = `http://localhost:${port}/webhooks`
    await app.bursar.webhookEndpoints.create({ url, event_types: ['payment.created'] })
    await app.bursar.payments.create(paymentBody())
    await until(
      async () => hits.length,
      (count) => count === 1,
    )
    await advance(app, MINUTE_S)
    await until(
      async () => hits.length,
      (count) => count === 2,
      2_000,
    )
    expect(hits[1]).toBe(hits[0])
  })
})

test('the books of all of them are right, whatever their clocks show', async () => {
  expect(await problemsOfBooks()).toEqual([])
}, 30_000)

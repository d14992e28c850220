import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { problemsOfBooks } from '../support/books.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'
import { countRows } from '../support/platform-database.js'
import { newKey, type RawAnswer, type RawRequest } from '../support/raw-request.js'
import { until } from '../support/until.js'

let app: TestApp
beforeAll(async () => {
  app = await createApp()
}, 60_000)
afterAll(async () => {
  expect(await problemsOfBooks()).toEqual([])
}, 60_000)

const fifty = (request: () => RawRequest): Promise<RawAnswer[]> =>
  Promise.all(Array.from({ length: 50 }, () => app.send(request())))

/** Tries again, as the answer says, while the first call still runs. */
const settled = (request: RawRequest): Promise<RawAnswer> =>
  until(
    () => app.send(request),
    ({ json }) => json.code !== 'idempotency_in_progress',
  )

describe.each([
  ['without a channel', () => paymentBody()],
  ['with a channel', () => paymentBody({ channel: 'wechatpay' })],
])('fifty identical payments at once, %s', (_, makeBody) => {
  test('are one payment under one Idempotency-Key', async () => {
    const request = { path: '/v1/payments', body: makeBody(), idempotencyKey: newKey() }
    const answers = await fifty(() => request)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 409, 'idempotency_in_progress')
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    const last = await settled(request)
    expect(last.headers.get('idempotent-replayed')).toBe('true')
    const created = answers.filter(({ status }) => status === 201)
    expect(created.length).toBeGreaterThan(0)
    expect(new Set([...created, last].map(({ text }) => text)).size).toBe(1)
    expect(await attemptsAndEventsOf(last.json.id)).toBe(1)
  })

  test('are one payment under one out_trade_no', async () => {
    const body = makeBody()
    const answers = await fifty(() => ({ path: '/v1/payments', body }))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(49)
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    expect(await attemptsAndEventsOf(answers[0]?.json.id)).toBe(1)
  })
})

test('fifty different payments under one out_trade_no are one, and 49 conflicts', async () => {
  const before = await countRows(app)
  const { out_trade_no } = paymentBody()
  let amount = 0
  const answers = await fifty(() => {
    amount += 1
    return { path: '/v1/payments', body: paymentBody({ out_trade_no, amount }) }
  })
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expectProblem(answer, 409, 'payment_conflict')
  }
  const after = await countRows(app)
  expect(after.payments).toBe((before.payments ?? 0) + 1)
})

/** How often the creation of a payment was told of. */
async function attemptsAndEventsOf(id: string): Promise<number> {
  const events = await app.bursar.events.list({ type: 'payment.created' }).toArray({ limit: 100 })
  return events.filter(({ data }) => (data.object as { id: string }).id === id).length
}

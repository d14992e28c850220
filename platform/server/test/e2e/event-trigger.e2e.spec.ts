import { beforeAll, describe, expect, test } from '@jest/globals'
import type { EventType } from '@openbursar/sdk'
import { SCENARIOS } from '../../src/domains/sandbox/scenarios/scenario.table.js'
import { EVENT_TYPES } from '../../src/domains/webhooks/events/event.types.js'
import { describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { createApp, type TestApp } from '../support/platform.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const PATH = '/v1/test_helpers/events'

let app: TestApp
beforeAll(async () => {
  app = await createApp()
}, 60_000)

const isMissing = (type: EventType) => 'missing' in SCENARIOS[type]

describe('POST /v1/test_helpers/events', () => {
  describeWrite(stage, {
    path: () => PATH,
    body: () => ({ type: 'payment.created' }),
    status: 200,
    invalid: { body: { type: 'payment.exploded' }, code: 'field_value_invalid', pointer: '/type' },
  })

  test.each(EVENT_TYPES.filter((type) => !isMissing(type)))(
    'makes %s happen',
    async (type) => {
      const { data } = await app.bursar.testHelpers.events.create({ type })
      expect(data).toMatchObject([{ type, livemode: false }])
      expect(await app.bursar.events.get(data[0]?.id ?? '')).toEqual(data[0])
    },
    40_000,
  )

  test.each(EVENT_TYPES.filter(isMissing))(
    'says that %s does not happen here yet',
    async (type) => {
      const answer = await app.send({ path: PATH, body: { type } })
      expectProblem(answer, 409, 'event_trigger_unavailable')
    },
  )

  test('makes the object say what is asked for', async () => {
    const object = { amount: 4_321, title: '住宿费', metadata: { room: '301' } }
    const { data } = await app.bursar.testHelpers.events.create({ type: 'bill.created', object })
    expect(data[0]?.data.object).toMatchObject({
      amount: 4_321,
      title: '住宿费',
      metadata: { room: '301' },
    })
  })

  test('names the call that caused it, which the log knows', async () => {
    const answer = await app.send({ path: PATH, body: { type: 'payment.created' } })
    const request_id = answer.headers.get('x-request-id') ?? ''
    expect(answer.json.data[0].request_id).toBe(request_id)
    const { data } = await app.bursar.events.list({ request_id })
    expect(data.map(({ id }) => id)).toEqual([answer.json.data[0].id])
  })

  test('needs the scopes of what it does', async () => {
    const narrow = await createApp({ scopes: ['webhooks:read', 'webhooks:write'] })
    const answer = await narrow.send({ path: PATH, body: { type: 'wallet.opened' } })
    expectProblem(answer, 403, 'scope_missing')
    expect(answer.json.detail).toContain('wallets:write')
  })
})

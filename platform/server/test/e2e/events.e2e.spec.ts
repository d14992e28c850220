import { describe, expect, test } from '@jest/globals'
import type { Event } from '@openbursar/sdk'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'
import { describeResource, expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()

/** The event of a payment that was just created. */
async function newEvent(): Promise<Event> {
  const payment = await stage.own.bursar.payments.create(paymentBody())
  const { data } = await stage.own.bursar.events.list({ type: 'payment.created', limit: 1 })
  expect(data[0]?.data.object).toEqual(payment)
  if (!data[0]) throw new Error('creating a payment is told of')
  return data[0]
}
const id = async () => (await newEvent()).id
describeResource(stage, { collection: '/v1/events', id, missing: 'event_not_found' })

describe('GET /v1/events/{id}', () => {
  test('gives the event as it is listed', async () => {
    const event = await newEvent()
    expect(await stage.own.bursar.events.get(event.id)).toEqual(event)
  })

  test('keeps telling of the object as it was then', async () => {
    const event = await newEvent()
    const created = event.data.object as { id: string; status: string }
    await stage.own.bursar.payments.close(created.id)
    expect((await stage.own.bursar.events.get(event.id)).data.object).toEqual(created)
  })
})

describe('GET /v1/events', () => {
  test('tells of a close after the creation, newest first', async () => {
    const payment = await stage.own.bursar.payments.create(paymentBody())
    await stage.own.bursar.payments.close(payment.id)
    const { data } = await stage.own.bursar.events.list({ limit: 2 })
    expect(data.map((event) => event.type)).toEqual(['payment.closed', 'payment.created'])
    expect(data[0]).toMatchObject({
      object: 'event',
      livemode: false,
      api_version: API_VERSION_LATEST,
    })
  })

  test('pages through them', async () => {
    const newest = await newEvent()
    const page = await stage.own.bursar.events.list({ limit: 1 })
    expect(page.data).toEqual([newest])
    const next = await page.nextPage()
    expect(next?.data[0]?.id.localeCompare(newest.id)).toBe(-1)
  })

  test('tells another app nothing of ours', async () => {
    const { id: own } = await newEvent()
    const theirs = await stage.neighbour.bursar.events.list({ limit: 100 })
    expect(theirs.data.map((event) => event.id)).not.toContain(own)
  })

  test('refuses a type that does not exist', async () => {
    const answer = await stage.own.send({ path: '/v1/events?type=payment.exploded' })
    expectProblem(answer, 400, 'field_value_invalid')
    expect(answer.json.errors[0].pointer).toBe('/type')
  })
})

import { describe, expect, test } from '@jest/globals'
import { channelAccountBody } from '../support/channel-accounts.js'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const department = () => stage.own.department_id
let known: Promise<string> | undefined
/** One account of the department that takes no payments. */
const account = (): Promise<string> => {
  known ??= stage.own.bursar.channelAccounts
    .create(channelAccountBody({ department: department() }))
    .then(({ id }) => stage.own.bursar.channelAccounts.disable(id))
    .then(({ id }) => id)
  return known
}
const body = async () => ({ account: await account(), department: department() })
const create = async (changes: object = {}) =>
  stage.own.bursar.channelRoutes.create({ ...(await body()), ...changes })

const routes = describeResource(stage, {
  collection: '/v1/channel_routes',
  id: async () => (await create()).id,
  missing: 'channel_route_not_found',
})

describe('POST /v1/channel_routes', () => {
  describeWrite(stage, {
    path: () => '/v1/channel_routes',
    body,
    status: 201,
    invalid: {
      body: { account: 'cha_01jd0000000000000000000000', position: -1 },
      code: 'field_out_of_range',
      pointer: '/position',
    },
  })

  test('keeps what it matches', async () => {
    const conditions = {
      ...{ position: 7, weight: 3, amount_min: 100, amount_max: 200 },
      ...{ fee_item: 'item_01jd0000000000000000000000', methods: ['native', 'h5'] as const },
    }
    const route = await create({ ...conditions, methods: [...conditions.methods] })
    expect(route).toMatchObject({
      object: 'channel_route',
      department: department(),
      ...conditions,
    })
    expect(await stage.own.bursar.channelRoutes.get(route.id)).toEqual(route)
  })

  test('refuses an account of one department for the payments of all', async () => {
    const answer = await stage.own.send({
      path: '/v1/channel_routes',
      body: { account: await account() },
    })
    expectProblem(answer, 400, 'channel_route_invalid')
    expect(answer.json.errors[0].pointer).toBe('/department')
  })

  test('refuses bounds that nothing fits', async () => {
    const answer = await stage.own.send({
      path: '/v1/channel_routes',
      body: { ...(await body()), amount_min: 2, amount_max: 1 },
    })
    expectProblem(answer, 400, 'channel_route_invalid')
  })
})

describe('POST /v1/channel_routes/{id}', () => {
  routes.describeChange({
    body: () => ({ position: 9 }),
    invalid: { body: { weight: 0 }, code: 'field_out_of_range', pointer: '/weight' },
  })

  test('takes a condition away', async () => {
    const { id } = await create({ amount_min: 100 })
    const changed = await stage.own.bursar.channelRoutes.update(id, { amount_min: null })
    expect(changed.amount_min).toBeNull()
  })
})

describe('DELETE /v1/channel_routes/{id}', () => {
  routes.describeForeign('DELETE')

  test('deletes it', async () => {
    const { id } = await create()
    expect(await stage.own.bursar.channelRoutes.delete(id)).toEqual({
      ...{ id, object: 'channel_route', deleted: true },
    })
    const gone = await stage.own.send({ path: `/v1/channel_routes/${id}` })
    expectProblem(gone, 404, 'channel_route_not_found')
  })
})

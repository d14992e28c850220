import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { isScope } from '../../src/infra/http/scopes.js'
import { expectProblem } from '../support/endpoint-contract.js'
import type { TestApp } from '../support/platform.js'
import type { RawRequest } from '../support/raw-request.js'
import { type AccessStage, type Modes, openAccessStage } from './access-stage.js'
import { type Endpoint, readEndpoints } from './endpoint-list.js'
import { type OwnedIds, PUBLIC_OPERATIONS, RECIPES, type Recipe } from './endpoint-recipes.js'
import { rowsOf } from './written-rows.js'

const endpoints = readEndpoints()
const guarded = endpoints
  .filter(({ scopes }) => scopes.length > 0)
  .map((endpoint) => ({ ...endpoint, recipe: RECIPES[endpoint.operationId] ?? {} }))
type Guarded = Endpoint & { readonly recipe: Recipe }

let stage: AccessStage
beforeAll(async () => {
  stage = await openAccessStage()
  // Made before anything is counted.
  for (const { scopes } of guarded) await stage.without(scopes)
}, 90_000)
afterAll(() => stage.close())

/** Nothing that these tests do may leave a trace, with the owner or with who tried. */
function expectNothingWritten(options: { readonly withMemory: boolean }): void {
  const rows = () => {
    const { test: own, neighbour, outsider, testIds, liveIds } = stage
    const apps = [own, neighbour.test, outsider.test].map(({ app_id }) => app_id)
    return rowsOf(apps, [testIds.payer, liveIds.payer], options)
  }
  let before: Record<string, string> = {}
  beforeAll(async () => {
    before = await rows()
    // A digest of nothing would prove nothing.
    for (const table of ['bills', 'payments', 'refunds', 'events', 'api_keys', 'payers']) {
      expect(before[table]).toMatch(/^[1-9]/)
    }
  })
  afterAll(async () => {
    expect(await rows()).toEqual(before)
  })
}

/** A call that would do its work if it were its owner's. */
function requestFor({ method, path, recipe }: Guarded, ids: OwnedIds): RawRequest {
  return {
    method,
    path: recipe.about ? path.replace('{id}', ids[recipe.about]) : path,
    ...(recipe.body ? { body: recipe.body(ids) } : {}),
  }
}

describe('the list of endpoints', () => {
  test('is the contract’s: whoever adds one says here how it is attacked', () => {
    expect(Object.keys(RECIPES).sort()).toEqual(guarded.map((one) => one.operationId).sort())
  })

  test('has no public endpoint that nobody gave a reason for', () => {
    const open = endpoints.filter(
      ({ scopes, permissions }) => scopes.length === 0 && permissions === null,
    )
    expect(open.map((one) => one.operationId).sort()).toEqual(Object.keys(PUBLIC_OPERATIONS).sort())
  })

  test('names only scopes that exist', () => {
    expect(guarded.flatMap(({ scopes }) => scopes).filter((scope) => !isScope(scope))).toEqual([])
  })

  test('says of every path with an id whose it is', () => {
    for (const { operationId, path, recipe } of guarded) {
      expect([operationId, recipe.about !== undefined]).toEqual([operationId, path.includes('{')])
    }
  })
})

describe('at the door', () => {
  expectNothingWritten({ withMemory: true })

  describe.each(guarded)('$operationId', (endpoint) => {
    test('refuses a call without a credential', async () => {
      for (const ids of [stage.testIds, stage.liveIds]) {
        const answer = await stage.test.send({ ...requestFor(endpoint, ids), signed: false })
        expectProblem(answer, 401, 'signature_missing')
      }
    })

    test('refuses a key that has every scope but the one', async () => {
      const app = await stage.without(endpoint.scopes)
      expectProblem(await app.send(requestFor(endpoint, stage.testIds)), 403, 'scope_missing')
    })

    test('refuses a revoked key', async () => {
      const { test: own, live } = stage.revoked
      expectProblem(await own.send(requestFor(endpoint, stage.testIds)), 401, 'key_revoked')
      expectProblem(await live.send(requestFor(endpoint, stage.liveIds)), 401, 'key_revoked')
    })

    test('refuses a key that another app signed with', async () => {
      const { test: own, neighbour } = stage
      const signer = { ...requestFor(endpoint, stage.testIds), keyId: own.key_id }
      expectProblem(await neighbour.test.send(signer), 401, 'signature_invalid')
    })
  })

  test.each(guarded.filter(({ recipe }) => recipe.isTestOnly))(
    '$operationId does not exist for a live key',
    async (endpoint) => {
      const answer = await stage.live.send(requestFor(endpoint, stage.testIds))
      expectProblem(answer, 403, 'test_mode_only')
    },
  )
})

const named = guarded.filter(({ recipe }) => recipe.about ?? recipe.borrows)
/** What exists in test mode only has no live twin to be taken for, and its own spec says whose it is. */
const lists = guarded.filter(
  ({ method, recipe }) => method === 'GET' && !recipe.about && !recipe.isTestOnly,
)

describe('what belongs to somebody else', () => {
  expectNothingWritten({ withMemory: false })

  describe.each(named)('$operationId', (endpoint) => {
    const { recipe } = endpoint

    /** Test keys at test data, live keys at live data: only who asks is wrong. */
    const attempts = async (who: Modes) => {
      await refuses(endpoint, who.test, stage.testIds)
      if (!recipe.isTestOnly) await refuses(endpoint, who.live, stage.liveIds)
    }

    if (!recipe.isShared) {
      test('is not there for another app of the institution', () => attempts(stage.neighbour))
    }

    test('is not there for another institution', () => attempts(stage.outsider))

    if (!recipe.isInBothModes) {
      test('is not there for the owner’s test key when it is live', () =>
        refuses(endpoint, stage.test, stage.liveIds))
    }

    if (!recipe.isTestOnly && !recipe.isInBothModes) {
      test('is not there for the owner’s live key when it is test', () =>
        refuses(endpoint, stage.live, stage.testIds))
    }
  })

  test.each(lists)('$operationId shows none of it', async (endpoint) => {
    const { recipe } = endpoint
    const strangers: readonly (readonly [TestApp, OwnedIds])[] = [
      [stage.outsider.test, stage.testIds],
      [stage.outsider.live, stage.liveIds],
      [stage.test, stage.liveIds],
      [stage.live, stage.testIds],
      ...(recipe.isShared
        ? []
        : ([
            [stage.neighbour.test, stage.testIds],
            [stage.neighbour.live, stage.liveIds],
          ] as const)),
    ]
    for (const [stranger, ids] of strangers) {
      const { status, text } = await stranger.send({ path: listPath(endpoint, ids) })
      expect(status).toBe(200)
      const shown = (id: string) => (recipe.tellsAttempts ? `"id":"${id}"` : id)
      // What an app shows of itself names its department and the app, in both modes.
      const { department: _, app: __, ...hidden } = ids
      for (const id of Object.values(hidden)) expect(text).not.toContain(shown(id))
    }
  })

  const owned = lists.filter(({ recipe }) => !recipe.listsBooks && !recipe.isAggregate)
  test.each(owned)('$operationId shows it to its owner', async (endpoint) => {
    const own = await stage.test.send({ path: listPath(endpoint, stage.testIds) })
    expect(Object.values(stage.testIds).some((id) => own.text.includes(id))).toBe(true)
  })
})

const listPath = ({ path, recipe }: Guarded, ids: OwnedIds): string =>
  `${path}?${recipe.query?.(ids) ?? 'limit=100'}`

/** The same answer as for a thing that nobody ever made. */
async function refuses(endpoint: Guarded, stranger: TestApp, ids: OwnedIds): Promise<void> {
  const { recipe } = endpoint
  const answer = await stranger.send(requestFor(endpoint, await withOwn(endpoint, stranger, ids)))
  expectProblem(answer, 404, recipe.notFound ?? 'every recipe with an id has its code')
  const bait = recipe.about ? ids[recipe.about] : ''
  expect(answer.text.replaceAll(bait, '')).not.toMatch(new RegExp(stage.test.app_id))
}

/** What the body names besides the bait is the stranger's own, so that nothing else is the reason. */
async function withOwn(endpoint: Guarded, stranger: TestApp, ids: OwnedIds): Promise<OwnedIds> {
  if (endpoint.operationId !== 'bills.create') return ids
  const { data } = await stranger.bursar.payers.list({ limit: 1 })
  return data[0] ? { ...ids, payer: data[0].id } : ids
}

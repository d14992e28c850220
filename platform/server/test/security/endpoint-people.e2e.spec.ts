import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import { openSession, type SignedInOperator, signInOperator } from '../support/operator-session.js'
import type { TestApp } from '../support/platform.js'
import type { RawRequest } from '../support/raw-request.js'
import { createOutsider } from '../support/stage.js'
import { type Endpoint, readEndpoints } from './endpoint-list.js'

const endpoints = readEndpoints()
/** For people: alone, or beside apps. */
const open = endpoints.flatMap((one) =>
  one.permissions === null ? [] : [{ ...one, permissions: one.permissions }],
)
const writes = open.filter(({ method }) => method !== 'GET')

let app: TestApp
let nobody: SignedInOperator
let admin: SignedInOperator
let stale: SignedInOperator
beforeAll(async () => {
  app = await createOutsider()
  const { institution_id } = app
  nobody = await signInOperator({ institution_id })
  admin = await signInOperator({ institution_id, roles: ['platform_admin'] })
  stale = await openSession({ institution_id, ...admin, provenMsAgo: 11 * 60_000 })
}, 60_000)

/** Nothing is ever found, or accepted, under it: who is refused is refused before. */
function requestFor({ method, path }: Endpoint): RawRequest {
  const named = path.replaceAll(/\{\w+\}/g, 'opr_01jd0000000000000000000000')
  return method === 'POST' ? { method, path: named, body: {} } : { method, path: named }
}

describe('the endpoints for people', () => {
  test('are there', () => {
    expect(open.length).toBeGreaterThan(10)
    expect(writes.some(({ needsStepUp }) => needsStepUp)).toBe(true)
  })

  describe.each(open)('$operationId', (endpoint) => {
    test('refuses a call without a session', async () => {
      const answer = await app.send({ ...requestFor(endpoint), signed: false })
      expectProblem(answer, 401, 'signature_missing')
    })

    test('refuses a session that is none', async () => {
      const headers = { cookie: `bursar_operator=${'x'.repeat(43)}` }
      const answer = await nobody.send({ ...requestFor(endpoint), headers })
      expectProblem(answer, 401, 'session_invalid')
    })

    if (endpoint.scopes.length === 0) {
      test('refuses a program', async () => {
        expectProblem(await app.send(requestFor(endpoint)), 403, 'session_required')
      })
    }

    if (endpoint.permissions.length > 0) {
      test('refuses a person without the permission', async () => {
        const request = { ...requestFor(endpoint) }
        expectProblem(await nobody.send(request), 403, 'permission_missing')
      })
    }
  })

  describe.each(writes)('$operationId', (endpoint) => {
    test('takes no write that a page of somebody else may have caused', async () => {
      const without = await nobody.send({
        ...requestFor(endpoint),
        headers: { 'bursar-csrf': null },
      })
      expectProblem(without, 403, 'csrf_token_invalid')
      const headers = { origin: 'https://evil.example' }
      const foreign = await nobody.send({ ...requestFor(endpoint), headers })
      expectProblem(foreign, 403, 'origin_not_allowed')
    })
  })

  test.each(open.filter(({ needsStepUp }) => needsStepUp))(
    '$operationId wants a proof of the last ten minutes',
    async (endpoint) => {
      expectProblem(await stale.send(requestFor(endpoint)), 403, 'step_up_required')
    },
  )
})

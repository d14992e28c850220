import { describe, expect, test } from '@jest/globals'
import { newKey, type RawAnswer } from './raw-request.js'
import type { Stage } from './stage.js'

export interface WriteCall {
  readonly path: () => string | Promise<string>
  /** A body that is accepted, a new one each time; absent for calls without a body. */
  readonly body?: () => object | Promise<object>
  /** What it answers: 201 for a create, 200 otherwise. */
  readonly status: number
  /** A body that is not accepted, and why. */
  readonly invalid?: { readonly body: object; readonly code: string; readonly pointer: string }
}

export interface ReadCall {
  readonly path: () => string | Promise<string>
}

export interface ForeignCall {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** The path for an id. */
  readonly path: (id: string) => string
  /** An id of the stage's own app. */
  readonly id: () => string | Promise<string>
  readonly body?: object
  readonly code: string
  /** Payers belong to the whole institution. */
  readonly isSharedWithNeighbours?: boolean
}

/** One kind of thing that apps own. */
export interface Resource {
  /** Such as /v1/bills. */
  readonly collection: string
  /** A thing of the stage's own app, a new one each time. */
  readonly id: () => Promise<string>
  /** The code of the 404. */
  readonly missing: string
  /** Payers belong to the whole institution. */
  readonly isSharedWithNeighbours?: boolean
}

export interface Change {
  /** The last part of the path, such as void; absent for a change of the thing itself. */
  readonly action?: string
  /** A body that is accepted; absent for calls without a body. */
  readonly body?: () => object
  /** A body that is not accepted, and why. */
  readonly invalid?: WriteCall['invalid']
}

export interface ResourceContract {
  path(id: string, action?: string): string
  /** What every POST to one thing promises. */
  describeChange(change: Change): void
  /** What every other call about one thing promises to those who do not own it. */
  describeForeign(method: ForeignCall['method'], action?: string): void
}

/** What every resource promises of reading one thing and of listing them; gives the means to go on. */
export function describeResource(stage: Stage, resource: Resource): ResourceContract {
  const { collection, id, missing: code, isSharedWithNeighbours = false } = resource
  const path = (one: string, action?: string) =>
    `${collection}/${one}${action === undefined ? '' : `/${action}`}`
  const foreign = (method: ForeignCall['method'], action?: string, body?: object) =>
    describeForeign(stage, {
      ...{ method, path: (one) => path(one, action), id, code, isSharedWithNeighbours },
      ...(body ? { body } : {}),
    })

  describe(`GET ${collection}/{id}, as every resource`, () => {
    describeRead(stage, { path: async () => path(await id()) })
    foreign('GET')
  })
  describe(`GET ${collection}, as every resource`, () => {
    describeRead(stage, { path: () => collection })
  })
  return {
    path,
    describeForeign: (method, action) => foreign(method, action),
    describeChange({ action, body, invalid }) {
      describeWrite(stage, {
        ...{ path: async () => path(await id(), action), status: 200 },
        ...(body ? { body } : {}),
        ...(invalid ? { invalid } : {}),
      })
      foreign('POST', action, body?.())
    },
  }
}

/** What every POST promises, whatever it does. */
export function describeWrite(stage: Stage, call: WriteCall): void {
  const requestOf = async () => ({
    method: 'POST',
    path: await call.path(),
    ...(call.body ? { body: await call.body() } : {}),
  })
  describeCredentials(stage, requestOf)

  test('needs an Idempotency-Key', async () => {
    const answer = await stage.own.send({ ...(await requestOf()), idempotencyKey: null })
    expectProblem(answer, 400, 'idempotency_key_missing')
  })

  test('answers a repeated Idempotency-Key with the same bytes', async () => {
    const request = { ...(await requestOf()), idempotencyKey: newKey() }
    const first = await stage.own.send(request)
    expect([first.status, first.text]).toEqual([call.status, expect.any(String)])
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    const second = await stage.own.send(request)
    expect(second.status).toBe(first.status)
    expect(second.text).toBe(first.text)
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(second.headers.get('idempotent-replayed')).toBe('true')
  })

  if (call.body) describeBody(stage, call, requestOf)
}

/** What every GET promises. */
export function describeRead(stage: Stage, call: ReadCall): void {
  describeCredentials(stage, async () => ({ method: 'GET', path: await call.path() }))
}

/** Who does not own a thing learns nothing of it: the answer is that of a thing that does not exist. */
export function describeForeign(stage: Stage, call: ForeignCall): void {
  test('tells somebody else the same as of a thing that does not exist', async () => {
    const id = await call.id()
    const missing = `${id.slice(0, id.indexOf('_'))}_01jd0000000000000000000000`
    const others = call.isSharedWithNeighbours ? [] : [stage.neighbour]
    const ask = (app: Stage['own'], asked: string) =>
      app.send({
        method: call.method,
        path: call.path(asked),
        ...(call.body ? { body: call.body } : {}),
      })
    expectProblem(await ask(stage.own, missing), 404, call.code)
    for (const other of [...others, stage.outsider]) {
      const foreign = await ask(other, id)
      const absent = await ask(other, missing)
      expectProblem(foreign, 404, call.code)
      expect(withoutIds(foreign)).toBe(withoutIds(absent))
    }
  })

  test('refuses an id of another kind as unknown', async () => {
    const path = call.path('nonsense_01jd0000000000000000000000')
    const body = call.body ? { body: call.body } : {}
    const answer = await stage.own.send({ method: call.method, path, ...body })
    expectProblem(answer, 404, call.code)
  })
}

function describeCredentials(
  stage: Stage,
  requestOf: () => Promise<{ method: string; path: string; body?: object }>,
): void {
  test('refuses a caller without credentials', async () => {
    const answer = await stage.own.send({ ...(await requestOf()), signed: false })
    expectProblem(answer, 401, 'signature_missing')
  })

  test('refuses a key without the scope', async () => {
    expectProblem(await stage.powerless.send(await requestOf()), 403, 'scope_missing')
  })
}

function describeBody(
  stage: Stage,
  { invalid, status }: WriteCall,
  requestOf: () => Promise<{ method: string; path: string; body?: object }>,
): void {
  test('refuses a repeated Idempotency-Key with another body', async () => {
    const request = { ...(await requestOf()), idempotencyKey: newKey() }
    expect((await stage.own.send(request)).status).toBe(status)
    const other = { ...request.body, metadata: { another: 'body' } }
    const body = 'action' in other ? { action: 'abandon' } : other
    const answer = await stage.own.send({ ...request, body })
    expectProblem(answer, 422, 'idempotency_key_reused')
  })

  if (!invalid) return
  test(`points at ${invalid.pointer} when it is wrong`, async () => {
    const { path } = await requestOf()
    const answer = await stage.own.send({ method: 'POST', path, body: invalid.body })
    expectProblem(answer, 400, invalid.code)
    expect(answer.json.errors.map((error: { pointer: string }) => error.pointer)).toContain(
      invalid.pointer,
    )
  })
}

/** A refusal with this status and code, that says nothing of our inside. */
export function expectProblem(answer: RawAnswer, status: number, code: string): void {
  expect([answer.status, answer.json?.code ?? answer.text]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(answer.json).toMatchObject({ status, code, request_id: expect.stringMatching(/^req_/) })
  expect(answer.text).not.toMatch(/node_modules|\bat \/|select |insert /i)
}

const withoutIds = ({ text }: RawAnswer): string =>
  text.replaceAll(/[a-z]+_[0-9a-hjkmnp-tv-z]{26}/g, 'id')

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault, withNewKey } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import type { Vault } from '../../infra/crypto/vault.js'
import { ManualClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { PayerRepository } from './payer.repository.js'
import { CreatePayer, Payer, PayerListQuery, UpdatePayer } from './payer.schema.js'
import { PayerService } from './payer.service.js'

let db: TestDatabase
let vault: Vault
let service: PayerService
const clock = new ManualClock(new Date('2026-12-01T00:00:00Z'))

beforeAll(async () => {
  db = await createTestDatabase()
  vault = createTestVault(db.database)
  service = new PayerService(new PayerRepository(db.database), vault, clock)
})
afterAll(() => db.drop())

const tenant = () => createTenant(db.database, vault)

function input(changes: object = {}): CreatePayer {
  const base = { kind: 'student', number_type: 'student_no', number: '202300123', name: '张三丰' }
  return CreatePayer.parse({ ...base, phone: '13812345678', email: 'zsf@example.edu', ...changes })
}

describe('create', () => {
  test('answers with masked values only', async () => {
    const { caller } = await tenant()
    const reply = await service.create(caller, input({ metadata: { class: '2' } }))
    expect(reply.status).toBe(201)
    expect(Payer.parse(reply.body)).toEqual({
      id: expect.stringMatching(/^payer_/),
      object: 'payer',
      livemode: false,
      kind: 'student',
      number_type: 'student_no',
      number_masked: '****123',
      name_masked: '张*丰',
      phone_masked: '138****5678',
      email_masked: 'z***@example.edu',
      created_at: '2026-12-01T00:00:00.000Z',
      updated_at: '2026-12-01T00:00:00.000Z',
      metadata: { class: '2' },
    })
  })

  test('stores nothing personal in the clear', async () => {
    const { caller } = await tenant()
    const { body } = await service.create(caller, input())
    const [row] = await db.database.query<{ text: string }>(
      `select payers::text || encode(personal, 'escape') || encode(number_hash, 'escape') as text
         from payers where id = $1`,
      [body.id],
    )
    expect(row?.text).toContain(body.id)
    for (const secret of ['202300123', '张三丰', '13812345678', 'zsf@example.edu']) {
      expect(row?.text).not.toContain(secret)
    }
  })

  test('gives the same payer for the same number and the same details, however they are typed', async () => {
    const { caller } = await tenant()
    const first = await service.create(withNewKey(caller), input())
    const second = await service.create(
      withNewKey(caller),
      input({ number: ' 2023 00123', phone: '138-1234-5678' }),
    )
    expect(second.status).toBe(200)
    expect(second.body).toEqual(first.body)
  })

  test('does not compare what is left out', async () => {
    const { caller, otherAppCaller } = await tenant()
    const first = await service.create(caller, input({ metadata: { class: '2' } }))
    const again = await service.create(
      otherAppCaller,
      input({ phone: undefined, email: undefined }),
    )
    expect(again.status).toBe(200)
    expect(again.body.id).toBe(first.body.id)
  })

  test.each([
    ['name', { name: '张三' }],
    ['phone', { phone: '13900000000' }],
    ['email', { email: 'other@example.edu' }],
    ['kind', { kind: 'employee' }],
    ['metadata', { metadata: { class: '3' } }],
  ])(
    'refuses a known number with another %s, and names the payer without its details',
    async (_, change) => {
      const { caller } = await tenant()
      const { body } = await service.create(caller, input())
      const creating = service.create(caller, input(change))
      await expect(creating).rejects.toMatchObject({
        code: 'payer_conflict',
        spec: { status: 409 },
      })
      const message = await creating.catch((error: unknown) => String(error))
      expect(message).toContain(body.id)
      expect(message).not.toMatch(/张|138|example\.edu/)
    },
  )

  test('50 calls at once make one payer', async () => {
    const { caller } = await tenant()
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => service.create(withNewKey(caller), input())),
    )
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1)
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1)
  })

  test('the same call again after a crash gives the payer it made', async () => {
    const { caller } = await tenant()
    const keyed = withNewKey(caller)
    const first = await service.create(keyed, input())
    const second = await service.create(keyed, input())
    expect(second).toEqual({ status: 200, body: first.body })
    expect(first.body.id).toBe(`payer_${keyed.idempotency?.allotted_id}`)
  })

  test('numbers of different types, modes and institutions are different people', async () => {
    const { caller, liveCaller, otherInstitutionCaller } = await tenant()
    const replies = [
      await service.create(caller, input()),
      await service.create(caller, input({ number_type: 'certificate_no' })),
      await service.create(liveCaller, input()),
      await service.create(otherInstitutionCaller, input()),
    ]
    expect(replies.map((reply) => reply.status)).toEqual([201, 201, 201, 201])
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(4)
  })

  test.each([
    ['a blank number', { number: '  ' }],
    ['a blank name', { name: ' ' }],
    ['an unknown kind', { kind: 'alien' }],
    ['an unknown field', { age: 3 }],
    ['a phone that is none', { phone: 'call me' }],
    ['an email that is none', { email: 'nobody' }],
  ])('refuses %s', (_, change) => {
    expect(() => input(change)).toThrow()
  })
})

describe('get and require', () => {
  test('is the same for every app of the institution', async () => {
    const { caller, otherAppCaller } = await tenant()
    const { body } = await service.create(caller, input())
    expect(await service.get(otherAppCaller, body.id)).toEqual(body)
    expect((await service.require(otherAppCaller, body.id)).id).toBe(body.id)
    expect(await service.displayName(caller, body.id)).toBe('张*丰')
  })

  test("does not reveal another institution's or another mode's payer", async () => {
    const { caller, liveCaller, otherInstitutionCaller } = await tenant()
    const { body } = await service.create(caller, input())
    const missing = { code: 'payer_not_found', spec: { status: 404 } }
    await expect(service.get(liveCaller, body.id)).rejects.toMatchObject(missing)
    await expect(service.get(otherInstitutionCaller, body.id)).rejects.toMatchObject(missing)
    await expect(service.get(caller, newId('payer'))).rejects.toMatchObject(missing)
    await expect(service.get(caller, 'payer_\0')).rejects.toMatchObject(missing)
    await expect(service.displayName(liveCaller, body.id)).rejects.toMatchObject(missing)
  })
})

describe('list', () => {
  test('pages newest first and filters by kind', async () => {
    const { caller, otherInstitutionCaller } = await tenant()
    await service.create(otherInstitutionCaller, input())
    const ids: string[] = []
    for (const number of ['20230001', '20230002', '20230003']) {
      ids.unshift((await service.create(caller, input({ number }))).body.id)
    }
    const staff = await service.create(caller, input({ kind: 'employee', number: '9' }))

    const first = await service.list(caller, PayerListQuery.parse({ kind: 'student', limit: 2 }))
    expect(first.data.map((payer) => payer.id)).toEqual(ids.slice(0, 2))
    expect(first).toMatchObject({ object: 'list', has_more: true, next_cursor: ids[1] })
    const rest = await service.list(
      caller,
      PayerListQuery.parse({ kind: 'student', limit: 2, cursor: first.next_cursor }),
    )
    expect(rest.data.map((payer) => payer.id)).toEqual(ids.slice(2))
    expect(rest).toMatchObject({ has_more: false, next_cursor: null })
    const all = await service.list(caller, PayerListQuery.parse({}))
    expect(all.data.map((payer) => payer.id)).toEqual([staff.body.id, ...ids])
  })
})

describe('update', () => {
  test('changes what is said, clears what is null, and keeps the rest', async () => {
    const { caller } = await tenant()
    const { body } = await service.create(caller, input({ metadata: { class: '2' } }))
    clock.advance(1000)
    const change = UpdatePayer.parse({ name: '张无忌', phone: null })
    const updated = await service.update(caller, body.id, change)
    expect(updated).toMatchObject({
      name_masked: '张*忌',
      phone_masked: null,
      metadata: { class: '2' },
    })
    expect(updated.email_masked).toBe(body.email_masked)
    expect(updated.updated_at > body.updated_at).toBe(true)
    expect(await service.get(caller, body.id)).toEqual(updated)
  })

  test('the number still finds the payer afterwards', async () => {
    const { caller } = await tenant()
    const { body } = await service.create(caller, input())
    await service.update(caller, body.id, { name: '张无忌', metadata: {} })
    const again = await service.create(caller, input({ name: '张无忌' }))
    expect(again.body.id).toBe(body.id)
  })

  test('of updates at once none is lost: who comes second is told to try again', async () => {
    const { caller } = await tenant()
    const { body } = await service.create(caller, input())
    const changes = [{ name: '李四光' }, { phone: '13900000001' }, { email: 'new@example.edu' }]
    const told = [
      { name_masked: '李*光' },
      { phone_masked: '139****0001' },
      { email_masked: 'n***@example.edu' },
    ]
    const results = await Promise.allSettled(
      changes.map((change) => service.update(caller, body.id, change)),
    )
    const now = await service.get(caller, body.id)
    expect(results.some((result) => result.status === 'fulfilled')).toBe(true)
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') expect(now).toMatchObject(told[index] ?? {})
      else expect(result.reason).toMatchObject({ code: 'payer_changed', spec: { retryable: true } })
    })
  })

  test("refuses another institution's payer", async () => {
    const { caller, otherInstitutionCaller } = await tenant()
    const { body } = await service.create(caller, input())
    const updating = service.update(otherInstitutionCaller, body.id, { name: '李四' })
    await expect(updating).rejects.toMatchObject({ code: 'payer_not_found' })
  })
})

describe('identify', () => {
  const TYPES = ['student_no', 'employee_no'] as const

  test('finds who has the number, in any spelling, in this institution and mode', async () => {
    const { caller, otherInstitutionCaller, liveCaller } = await tenant()
    const { body } = await service.create(caller, input({ number: 'A1001' }))
    expect(await service.identify(caller, ' ａ1001', TYPES)).toBe(body.id)
    expect(await service.identify(otherInstitutionCaller, 'A1001', TYPES)).toBeNull()
    expect(await service.identify(liveCaller, 'A1001', TYPES)).toBeNull()
    expect(await service.identify(caller, 'A1002', TYPES)).toBeNull()
  })

  test('does not guess between two people, nor take a number of another type', async () => {
    const { caller } = await tenant()
    const person = (changes: object) => service.create(caller, input({ number: '7', ...changes }))
    await person({ number_type: 'certificate_no' })
    expect(await service.identify(caller, '7', TYPES)).toBeNull()
    const { body } = await person({})
    expect(await service.identify(caller, '7', TYPES)).toBe(body.id)
    await person({ kind: 'employee', number_type: 'employee_no' })
    expect(await service.identify(caller, '7', TYPES)).toBeNull()
  })
})

describe('on behalf of a payer', () => {
  test('there is that payer and nobody else', async () => {
    const { caller } = await tenant()
    const { body: own } = await service.create(caller, input({ metadata: { note: 'ours' } }))
    const { body: other } = await service.create(caller, input({ number: '202300999' }))
    const delegated = { ...caller, payer_id: own.id }
    expect(await service.get(delegated, 'me')).toMatchObject({ id: own.id, metadata: {} })
    await expect(service.get(delegated, other.id)).rejects.toMatchObject({
      code: 'payer_not_found',
    })
    await expect(service.get(caller, 'me')).rejects.toMatchObject({ code: 'payer_not_found' })
    const { data } = await service.list(delegated, PayerListQuery.parse({ cursor: undefined }))
    expect(data.map(({ id }) => id)).toEqual([own.id])
  })
})

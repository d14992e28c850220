import { describe, expect, test } from '@jest/globals'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newNumber, newPayer, payerBody } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const payers = describeResource(stage, {
  collection: '/v1/payers',
  id: async () => (await newPayer(stage.own)).id,
  missing: 'payer_not_found',
  isSharedWithNeighbours: true,
})

describe('POST /v1/payers', () => {
  describeWrite(stage, {
    path: () => '/v1/payers',
    body: payerBody,
    status: 201,
    invalid: {
      body: { ...payerBody(), kind: 'cat' },
      code: 'field_value_invalid',
      pointer: '/kind',
    },
  })

  test('creates a payer and shows nothing of the person unmasked', async () => {
    const body = { ...payerBody(), phone: '13800138000', email: 'zhang@example.edu' }
    const answer = await stage.own.send({ path: '/v1/payers', body })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      object: 'payer',
      livemode: false,
      kind: 'student',
      number_masked: `****${body.number.slice(-4).toUpperCase()}`,
      phone_masked: '138****8000',
    })
    for (const secret of [body.number, body.name, body.phone, body.email]) {
      expect(answer.text).not.toContain(secret)
    }
  })

  test('gives the payer back when the number is known with the same details', async () => {
    const body = payerBody()
    const first = await stage.own.send({ path: '/v1/payers', body })
    const second = await stage.own.send({ path: '/v1/payers', body })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.json).toEqual(first.json)
  })

  test('refuses a known number with another name', async () => {
    const body = payerBody()
    await stage.own.bursar.payers.create(body)
    const answer = await stage.own.send({ path: '/v1/payers', body: { ...body, name: '李四' } })
    expectProblem(answer, 409, 'payer_conflict')
  })

  test('knows a student of another department by the same number', async () => {
    const body = payerBody()
    const mine = await stage.own.bursar.payers.create(body)
    const theirs = await stage.neighbour.bursar.payers.create(body)
    expect(theirs.id).toBe(mine.id)
  })

  test('knows nothing of a student of another institution with the same number', async () => {
    const body = payerBody()
    const mine = await stage.own.bursar.payers.create(body)
    const theirs = await stage.outsider.bursar.payers.create(body)
    expect(theirs.id).not.toBe(mine.id)
  })
})

describe('GET /v1/payers/{id}', () => {
  test('gives the payer as it was created', async () => {
    const payer = await newPayer(stage.own)
    expect(await stage.own.bursar.payers.get(payer.id)).toEqual(payer)
  })
})

describe('POST /v1/payers/{id}', () => {
  payers.describeChange({
    body: () => ({ name: '李四' }),
    invalid: { body: { name: 4 }, code: 'field_type_invalid', pointer: '/name' },
  })

  test('changes what is given and leaves the rest', async () => {
    const payer = await newPayer(stage.own)
    const changed = await stage.own.bursar.payers.update(payer.id, { phone: '13900139000' })
    expect(changed).toMatchObject({
      ...payer,
      phone_masked: '139****9000',
      updated_at: expect.any(String),
    })
  })

  test('does not let the number be changed', async () => {
    const { id: payerId } = await newPayer(stage.own)
    const answer = await stage.own.send({
      path: payers.path(payerId),
      body: { number: newNumber() },
    })
    expectProblem(answer, 400, 'field_unknown')
  })
})

describe('GET /v1/payers', () => {
  test('lists newest first, page by page', async () => {
    const older = await newPayer(stage.own)
    const newer = await newPayer(stage.own)
    const page = await stage.own.bursar.payers.list({
      limit: 1,
      'created_at[gte]': older.created_at,
    })
    expect(page.has_more).toBe(true)
    const ids: string[] = []
    for await (const payer of page) ids.push(payer.id)
    expect(ids.indexOf(newer.id)).toBeLessThan(ids.indexOf(older.id))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('shows another institution none of them', async () => {
    const { id } = await newPayer(stage.own)
    const theirs = await stage.outsider.bursar.payers.list({ limit: 100 })
    expect(theirs.data.map((payer) => payer.id)).not.toContain(id)
  })

  test('refuses a limit beyond 100 and an unknown filter', async () => {
    expectProblem(await stage.own.send({ path: '/v1/payers?limit=101' }), 400, 'field_out_of_range')
    expectProblem(await stage.own.send({ path: '/v1/payers?colour=red' }), 400, 'field_unknown')
  })
})

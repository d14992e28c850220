import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  describeForeign,
  describeRead,
  describeWrite,
  expectProblem,
} from '../support/endpoint-contract.js'
import { newPaidPayment } from '../support/fixtures.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()

let payment = ''
let transaction = ''
beforeAll(async () => {
  payment = (await newPaidPayment(stage.own, { amount: 10_000 })).id
  transaction =
    (await stage.own.bursar.ledgerTransactions.list({ source: payment })).data[0]?.id ?? ''
}, 60_000)

const payable = () => `department_payable:${stage.own.department_id}`
const moveBody = (amount = 1) => ({
  transaction,
  kind: 'move' as const,
  moves: [{ from: payable(), to: `department_payable:${stage.neighbour.department_id}`, amount }],
  reason: '记错部门',
})
const newCorrection = () => stage.own.bursar.ledgerCorrections.create(moveBody())
const correctionId = async () => (await newCorrection()).id
const correctionPath = async (action?: string) =>
  `/v1/ledger/corrections/${await correctionId()}${action ? `/${action}` : ''}`

describe('GET /v1/ledger/transactions/{id}', () => {
  describeRead(stage, { path: () => `/v1/ledger/transactions/${transaction}` })
  describeForeign(stage, {
    method: 'GET',
    path: (id) => `/v1/ledger/transactions/${id}`,
    id: () => transaction,
    code: 'ledger_transaction_not_found',
    isSharedWithNeighbours: true,
  })

  test('shows what a payment booked, and its link in the chain a moment later', async () => {
    const read = () => stage.own.bursar.ledgerTransactions.get(transaction)
    const sealed = await until(read, ({ seal }) => seal !== null)
    expect(sealed).toMatchObject({
      object: 'ledger_transaction',
      livemode: false,
      kind: 'payment',
      source: payment,
      corrects: null,
      entries: [
        { account: expect.stringMatching(/^channel_clearing:cha_/), direction: 'debit' },
        { account: payable(), direction: 'credit', amount: 10_000, currency: 'CNY' },
      ],
      seal: { position: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })
})

describe('GET /v1/ledger/transactions', () => {
  describeRead(stage, { path: () => '/v1/ledger/transactions' })

  test('filters by source, kind and account, page after page', async () => {
    const list = stage.own.bursar.ledgerTransactions
    const idsOf = async (query: Parameters<typeof list.list>[0]) =>
      (await list.list(query)).data.map(({ id }) => id)
    expect(await idsOf({ source: payment, kind: 'payment' })).toEqual([transaction])
    expect(await idsOf({ source: payment, kind: 'refund' })).toEqual([])
    expect(await idsOf({ source: payment, account: payable() })).toEqual([transaction])
    expect(await idsOf({ source: payment, account: 'suspense' })).toEqual([])
    expect(await idsOf({ source: payment, 'business_date[lt]': '2020-01-01' })).toEqual([])
    await newPaidPayment(stage.own)
    const first = await list.list({ limit: 1, account: payable() })
    expect(first.has_more).toBe(true)
    const second = await list.list({
      limit: 1,
      account: payable(),
      cursor: first.next_cursor ?? '',
    })
    expect(second.data[0]?.id && second.data[0].id < (first.data[0]?.id ?? '')).toBe(true)
  })

  test('refuses a filter that is none', async () => {
    const answer = await stage.own.send({ path: '/v1/ledger/transactions?kind=gift' })
    expectProblem(answer, 400, 'field_value_invalid')
  })
})

describe('GET /v1/ledger/accounts', () => {
  describeRead(stage, { path: () => '/v1/ledger/accounts' })

  test('shows the balance of an account, at once', async () => {
    const balance = async () => {
      const { data } = await stage.own.bursar.ledgerAccounts.list({ account: payable() })
      expect(data).toHaveLength(1)
      expect(data[0]).toMatchObject({
        object: 'ledger_account',
        type: 'liability',
        currency: 'CNY',
      })
      return data[0]?.balance ?? 0
    }
    const before = await balance()
    await newPaidPayment(stage.own, { amount: 321 })
    expect(await balance()).toBe(before + 321)
  })

  test('goes page after page through all accounts', async () => {
    const first = await stage.own.bursar.ledgerAccounts.list({ limit: 1 })
    expect(first.data).toHaveLength(1)
    expect(first.has_more).toBe(true)
    const second = await stage.own.bursar.ledgerAccounts.list({
      limit: 1,
      cursor: first.next_cursor ?? '',
    })
    expect(second.data[0]?.account).not.toBe(first.data[0]?.account)
  })

  test('shows another institution none of them', async () => {
    const { data } = await stage.outsider.bursar.ledgerAccounts.list({ account: payable() })
    expect(data).toEqual([])
  })
})

describe('GET /v1/ledger/roots', () => {
  describeRead(stage, { path: () => '/v1/ledger/roots' })

  test('lists the days that ended: none of an institution that began today', async () => {
    expect((await stage.own.bursar.ledgerRoots.list()).data).toEqual([])
  })
})

describe('POST /v1/ledger/corrections', () => {
  describeWrite(stage, {
    path: () => '/v1/ledger/corrections',
    body: moveBody,
    status: 201,
    invalid: {
      body: { transaction: 'pay_1', kind: 'reversal', reason: 'x' },
      code: 'field_format_invalid',
      pointer: '/transaction',
    },
  })

  test('waits for another key', async () => {
    expect(await newCorrection()).toMatchObject({
      object: 'ledger_correction',
      status: 'awaiting_approval',
      corrects: transaction,
      requested_by: stage.own.key_id,
      entries: [
        { account: payable(), direction: 'debit', amount: 1 },
        { direction: 'credit', amount: 1 },
      ],
    })
  })

  test('refuses more than the transaction booked', async () => {
    const answer = await stage.own.send({ path: '/v1/ledger/corrections', body: moveBody(99_999) })
    expectProblem(answer, 400, 'ledger_correction_refused')
    expect(answer.json.errors[0].pointer).toBe('/moves/0/amount')
  })

  test.each([
    ['moves with a reversal', () => ({ ...moveBody(), kind: 'reversal' })],
    ['a move without moves', () => ({ transaction, kind: 'move', reason: 'x' })],
  ])('refuses %s', async (_, body) => {
    const answer = await stage.own.send({ path: '/v1/ledger/corrections', body: body() })
    expect(answer.status).toBe(400)
    expect(answer.json.errors[0].pointer).toBe('/moves')
  })

  test("does not reveal another institution's transaction", async () => {
    const body = { transaction, kind: 'reversal', reason: 'x' }
    const answer = await stage.outsider.send({ path: '/v1/ledger/corrections', body })
    expectProblem(answer, 404, 'ledger_transaction_not_found')
  })
})

describe('GET /v1/ledger/corrections', () => {
  describeRead(stage, { path: () => '/v1/ledger/corrections' })

  test('filters by transaction and status', async () => {
    const { id } = await newCorrection()
    const { data } = await stage.own.bursar.ledgerCorrections.list({
      transaction,
      status: 'awaiting_approval',
    })
    expect(data.map((one) => one.id)).toContain(id)
    const posted = await stage.own.bursar.ledgerCorrections.list({ transaction, status: 'posted' })
    expect(posted.data.map((one) => one.id)).not.toContain(id)
  })
})

describe('GET /v1/ledger/corrections/{id}', () => {
  describeRead(stage, { path: () => correctionPath() })
  describeForeign(stage, {
    method: 'GET',
    path: (id) => `/v1/ledger/corrections/${id}`,
    id: correctionId,
    code: 'ledger_correction_not_found',
    isSharedWithNeighbours: true,
  })
})

describe('POST /v1/ledger/corrections/{id}/approve', () => {
  describeForeign(stage, {
    method: 'POST',
    path: (id) => `/v1/ledger/corrections/${id}/approve`,
    id: correctionId,
    code: 'ledger_correction_not_found',
    isSharedWithNeighbours: true,
  })

  test('books it, at the hand of another key', async () => {
    const { id } = await newCorrection()
    const posted = await stage.neighbour.bursar.ledgerCorrections.approve(id)
    expect(posted).toMatchObject({ status: 'posted', decided_by: stage.neighbour.key_id })
    const booked = await stage.own.bursar.ledgerTransactions.get(posted.transaction ?? '')
    expect(booked).toMatchObject({ kind: 'move', source: id, corrects: transaction })
  })

  test('refuses the key that asked, callers without the scope and without credentials', async () => {
    const path = await correctionPath('approve')
    expectProblem(await stage.own.send({ method: 'POST', path }), 403, 'ledger_correction_own')
    expectProblem(await stage.powerless.send({ method: 'POST', path }), 403, 'scope_missing')
    expectProblem(
      await stage.own.send({ method: 'POST', path, signed: false }),
      401,
      'signature_missing',
    )
  })
})

describe('POST /v1/ledger/corrections/{id}/reject', () => {
  describeWrite(stage, { path: () => correctionPath('reject'), status: 200 })
  describeForeign(stage, {
    method: 'POST',
    path: (id) => `/v1/ledger/corrections/${id}/reject`,
    id: correctionId,
    code: 'ledger_correction_not_found',
    isSharedWithNeighbours: true,
  })

  test('ends it for good', async () => {
    const { id } = await newCorrection()
    expect(await stage.own.bursar.ledgerCorrections.reject(id)).toMatchObject({
      status: 'rejected',
    })
    const path = `/v1/ledger/corrections/${id}/approve`
    expectProblem(
      await stage.neighbour.send({ method: 'POST', path }),
      409,
      'ledger_correction_decided',
    )
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { newKey, withNewKey } from '../../../test/support/callers.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { makeRefundFixture, type PaidPayment, type RefundFixture } from './refund.fixture.js'
import { CreateRefund, type Refund } from './refund.schema.js'
import { REFUND_STATUSES, type RefundStatus } from './refund.state.js'

let at: RefundFixture
let clerk: Caller
let second: Caller
let payment: PaidPayment
beforeAll(async () => {
  at = await makeRefundFixture()
})
afterAll(() => at.db.drop())
beforeEach(async () => {
  clerk = (await at.tenant()).caller
  second = { ...clerk, ...newKey() }
  payment = await at.payment(clerk, { bills: [600n, 400n] })
  at.channel.sent.length = 0
  await setThreshold(500)
})

const setThreshold = (sum: number | null) =>
  at.departments.update(clerk, clerk.department_id, { refund_approval_threshold: sum })

async function ask(amount: number): Promise<Refund> {
  const body = CreateRefund.parse({ payment: payment.id, out_refund_no: newId('req'), amount })
  return (await at.refunds.create(withNewKey(clerk), body)).body
}

const codeOf = (deciding: Promise<unknown>) =>
  deciding.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

describe('a refund above the department’s threshold', () => {
  test('waits, holds its money, and the channel hears nothing of it', async () => {
    const refund = await ask(501)
    expect(refund).toMatchObject({
      status: 'awaiting_approval',
      approval: {
        status: 'awaiting',
        requested_by: clerk.actor_id,
        decided_by: null,
        reason: null,
      },
    })
    expect(at.channel.sent).toEqual([])
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 0n, amount_refunding: 501n })
    expect(await at.jobOf(`refund-poll:${refund.id}`)).toBeNull()
    expect(await at.eventTypes(refund.id)).toEqual(['refund.created'])
  })

  test('is reached in small steps too', async () => {
    expect((await ask(300)).status).toBe('succeeded')
    expect((await ask(200)).status).toBe('succeeded')
    expect((await ask(1)).status).toBe('awaiting_approval')
  })

  test('goes to the payer when another person approves', async () => {
    const { id } = await ask(501)
    expect(await at.approvals.approve(second, id)).toMatchObject({
      status: 'succeeded',
      approval: { status: 'approved', requested_by: clerk.actor_id, decided_by: second.actor_id },
    })
    expect(at.channel.sent).toHaveLength(1)
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 501n, amount_refunding: 0n })
    expect(await at.jobOf(`refund-poll:${id}`)).not.toBeNull()
    expect(await at.eventTypes(id)).toEqual(['refund.created', 'refund.succeeded'])
  })

  test('is sent once, however often it is approved', async () => {
    const { id } = await ask(501)
    await Promise.all(Array.from({ length: 8 }, () => at.approvals.approve(second, id)))
    expect(at.channel.sent).toHaveLength(1)
  })

  test('comes to nothing when another person rejects, and its money is free again', async () => {
    const { id } = await ask(501)
    expect(await at.approvals.reject(second, id, '资料不全')).toMatchObject({
      status: 'rejected',
      approval: { status: 'rejected', decided_by: second.actor_id, reason: '资料不全' },
    })
    expect(at.channel.sent).toEqual([])
    expect(await at.amountsOf(payment.id)).toEqual({ amount_refunded: 0n, amount_refunding: 0n })
    expect(await at.eventTypes(id)).toEqual(['refund.created', 'refund.rejected'])
    expect((await ask(1000)).status).toBe('awaiting_approval')
  })

  test('is decided once when approval and rejection meet', async () => {
    const { id } = await ask(501)
    const third = { ...clerk, ...newKey() }
    const answers = await Promise.all([
      codeOf(at.approvals.approve(second, id)),
      codeOf(at.approvals.reject(third, id, 'no')),
    ])
    expect(answers.sort()).toEqual(['accepted', 'refund_not_awaiting_approval'])
  })

  test('is brought on by the poll when we die between the approval and the call', async () => {
    const { id } = await ask(501)
    at.channel.refundScripts.push(() => Promise.reject(new Error('we died')))
    expect((await at.approvals.approve(second, id)).status).toBe('approved')
    at.clock.advance(60_000)
    const { institution_id, livemode } = clerk
    await at.pollJob.run({ institution_id, livemode, refund_id: id })
    expect((await at.refundRow(id)).status).toBe('succeeded')
  })

  test('stays as it was asked for when the threshold changes', async () => {
    const { id } = await ask(501)
    await setThreshold(null)
    expect((await at.refundRow(id)).status).toBe('awaiting_approval')
    expect((await ask(499)).status).toBe('succeeded')
  })
})

describe('a decision is refused', () => {
  test('to whoever asked for the refund', async () => {
    const { id } = await ask(501)
    expect(await codeOf(at.approvals.approve(clerk, id))).toBe('refund_needs_second_person')
    expect(await codeOf(at.approvals.reject(clerk, id, 'no'))).toBe('refund_needs_second_person')
    expect((await at.refundRow(id)).status).toBe('awaiting_approval')
  })

  test('to another app and another mode, for which there is no such refund', async () => {
    const { id } = await ask(501)
    for (const stranger of [
      { ...second, app_id: newId('app') },
      { ...second, livemode: true },
      { ...second, institution_id: newId('inst') },
    ]) {
      expect(await codeOf(at.approvals.approve(stranger, id))).toBe('refund_not_found')
      expect(await codeOf(at.approvals.reject(stranger, id, 'no'))).toBe('refund_not_found')
    }
  })

  test.each(REFUND_STATUSES.filter((status) => status !== 'awaiting_approval'))(
    'about a refund that is %s',
    async (status) => {
      const { id } = await ask(501)
      await force(id, status)
      expect(await codeOf(at.approvals.approve(second, id))).toBe('refund_not_awaiting_approval')
      expect(await codeOf(at.approvals.reject(second, id, 'x'))).toBe(
        'refund_not_awaiting_approval',
      )
      expect((await at.refundRow(id)).status).toBe(status)
    },
  )

  test('by the database too, when one person would be both', async () => {
    const { id } = await ask(501)
    await expect(
      at.database.query(
        `update refunds set status = 'approved', decided_by = requested_by, decided_at = now()
          where id = $1`,
        [id],
      ),
    ).rejects.toThrow('refunds_second_person_check')
  })
})

/** Puts the refund where another path would have led it, decided by a third person. */
async function force(id: string, status: RefundStatus): Promise<void> {
  await at.database.query(
    `update refunds set status = $2, decided_by = 'key_third', decided_at = now() where id = $1`,
    [id, status],
  )
}

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { checkBooks } from '../../processes/books/books-check.js'
import { UpdateFeeItem } from '../bills/fee-item.schema.js'
import { makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'

let f: PaymentFixture
let caller: Caller
let library: string
beforeAll(async () => {
  f = await makePaymentFixture()
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
  library = await f.identity.createDepartment(caller.institution_id, 'Library')
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

/** A payment under way of one bill of a fee item that splits 2:1 between the department and the library. */
async function splitPayment(amount: number) {
  const revenue_split = [
    { department: caller.department_id, share: 2 },
    { department: library, share: 1 },
  ]
  const item = await f.feeItem(caller, { revenue_split })
  const bill = await f.bill(caller, { fee_item: item.id, amount })
  const checkout = await f.checkout(caller, { items: [{ bill: bill.id }] })
  const payment = await f.create(caller, { checkout: checkout.id, channel: 'wechatpay' })
  return { item, payment }
}

async function pay(paymentId: string) {
  const attempt = await f.attemptOf(paymentId)
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  await f.attempts.apply(attempt, account, paid(attempt))
}

describe('a payment of a fee item with a revenue split', () => {
  test('is booked to the departments, to the fen', async () => {
    const { payment } = await splitPayment(1_000)
    await pay(payment.id)
    expect(await f.entriesOf(payment.id)).toEqual([
      expect.stringMatching(/^debit channel_clearing:cha_\w+ 1000$/),
      `credit department_payable:${caller.department_id} 667`,
      `credit department_payable:${library} 333`,
    ])
  })

  test('keeps the split that it was made with, whatever becomes of the fee item', async () => {
    const { item, payment } = await splitPayment(900)
    const revenue_split = [{ department: library, share: 1 }]
    await f.feeItems.update(caller, item.id, UpdateFeeItem.parse({ revenue_split }))
    await pay(payment.id)
    expect(await f.entriesOf(payment.id)).toContain(
      `credit department_payable:${caller.department_id} 600`,
    )
  })

  test('cannot have its split changed or deleted afterwards, also not by hand', async () => {
    await splitPayment(30)
    for (const statement of [
      'update payment_splits set amount = amount + 1',
      `update payment_splits set department_id = '${newId('dept')}'`,
      'delete from payment_splits',
    ]) {
      await expect(f.database.query(statement)).rejects.toThrow('is frozen')
    }
  })

  test('goes to the charging department alone where the fee item does not split', async () => {
    const { checkout } = await f.billsCheckout(caller, [70])
    const payment = await f.create(caller, { checkout: checkout.id, channel: 'wechatpay' })
    await pay(payment.id)
    expect(await f.entriesOf(payment.id)).toContain(
      `credit department_payable:${caller.department_id} 70`,
    )
  })
})

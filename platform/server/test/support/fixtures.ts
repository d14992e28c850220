import { randomBytes } from 'node:crypto'
import type { Bill, CreatePayment, FeeItem, Payer, Payment, Wallet } from '@openbursar/sdk'
import type { TestApp } from './platform.js'
import { until } from './until.js'

/** A number that nobody used before. */
export const newNumber = (): string => `t-${randomBytes(8).toString('hex')}`

export const newPayer = (app: TestApp): Promise<Payer> => app.bursar.payers.create(payerBody())

export const payerBody = () => ({
  kind: 'student' as const,
  number_type: 'student_no' as const,
  number: newNumber(),
  name: '张三丰',
})

export const feeItemBody = () => ({ code: newNumber(), name: '学费', kind: 'tuition' as const })

export const newFeeItem = (app: TestApp, changes: object = {}): Promise<FeeItem> =>
  app.bursar.feeItems.create({ ...feeItemBody(), ...changes })

export interface BillOptions {
  readonly amount?: number
  readonly fee_item?: string
  readonly payer?: string
}

export async function newBill(app: TestApp, options: BillOptions = {}): Promise<Bill> {
  return app.bursar.bills.create({
    payer: options.payer ?? (await newPayer(app)).id,
    fee_item: options.fee_item ?? (await newFeeItem(app)).id,
    out_bill_no: newNumber(),
    amount: options.amount ?? 12_800,
  })
}

export const paymentBody = (changes: Partial<CreatePayment> = {}) => ({
  out_trade_no: newNumber(),
  amount: 12_800,
  subject: '学费',
  ...changes,
})

/** A payment whose order is placed: the payer could scan its code. */
export const newPendingPayment = (
  app: TestApp,
  changes: Partial<CreatePayment> = {},
): Promise<Payment> => app.bursar.payments.create(paymentBody({ channel: 'wechatpay', ...changes }))

/** A payment that was paid, and of which the platform has heard. */
export async function newPaidPayment(
  app: TestApp,
  changes: Partial<CreatePayment> = {},
): Promise<Payment> {
  const { id } = await newPendingPayment(app, changes)
  await app.bursar.testHelpers.payments.simulate(id, { action: 'pay' })
  return paymentIn(app, id, 'succeeded')
}

/** A payment whose money a cashier took. */
export async function newCounterPayment(app: TestApp): Promise<Payment> {
  const { id, amount } = await app.bursar.payments.create(paymentBody({ channel: 'cash' }))
  const receipt = { tender: 'cash' as const, received_amount: amount, cashier: '窗口 1' }
  await app.bursar.counterOrders.receive(id, receipt)
  return paymentIn(app, id, 'succeeded')
}

/** Of nobody’s choosing, so that no rule against weak PINs ever refuses it. */
export const PIN = '135790'

/** A wallet with a PIN, and with money that a cashier took for it. */
export async function newWallet(app: TestApp, balance = 0, payer?: string): Promise<Wallet> {
  const opened = await app.bursar.wallets.create({ payer: payer ?? (await newPayer(app)).id })
  await app.bursar.wallets.setPin(opened.id, { pin: PIN })
  if (balance > 0) {
    const body = { out_trade_no: newNumber(), amount: balance, channel: 'cash' as const }
    const { id } = await app.bursar.wallets.topUp(opened.id, body)
    const receipt = { tender: 'cash' as const, received_amount: balance, cashier: '窗口 1' }
    await app.bursar.counterOrders.receive(id, receipt)
  }
  return app.bursar.wallets.get(opened.id)
}

/** Waits until a payment has the status. */
export const paymentIn = (
  app: TestApp,
  id: string,
  status: Payment['status'],
  timeoutMs?: number,
): Promise<Payment> =>
  until(
    () => app.bursar.payments.get(id),
    (payment) => payment.status === status,
    timeoutMs,
  )

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../../infra/http/caller.js'
import { newId } from '../../../kernel/id.js'
import { checkBooks } from '../../../processes/books/books-check.js'
import { CreateCheckout } from '../checkout.schema.js'
import { keyed, makePaymentFixture, type PaymentFixture, paid } from '../payment.fixture.js'
import { CreateTopUp } from './top-up.schema.js'

const PIN = '135790'
const WRONG = '975310'

let f: PaymentFixture
let caller: Caller
let payer: string
let wallet: string

beforeAll(async () => {
  f = await makePaymentFixture()
  f.accounts.hasInHouse = true
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
  payer = await f.payer(caller)
  wallet = await openWallet()
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

async function openWallet(limits: object = {}): Promise<string> {
  const asked = { limit_per_payment: null, limit_per_day: null, ...limits }
  const body = { payer, currency: 'CNY', ...asked, metadata: {} }
  const opened = (await f.wallets.wallets.open(caller, body)).body
  await f.wallets.wallets.setPin(caller, opened.id, { pin: PIN })
  return opened.id
}

const balance = async (id = wallet) => (await f.wallets.wallets.get(caller, id)).balance
const topUpBody = (changes: object = {}) =>
  CreateTopUp.parse({ out_trade_no: newId('req'), amount: 1_000, ...changes })

const newTopUp = async (changes: object = {}) => {
  const body = topUpBody({ channel: 'wechatpay', ...changes })
  return (await f.topUps.create(keyed(caller, body), wallet, body)).body
}

/** The provider says that this payment is paid. */
async function settle(paymentId: string): Promise<string> {
  const attempt = await f.attemptOf(paymentId)
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  return f.record.paid(attempt, account, paid(attempt))
}

const topUp = async (amount: number) => settle((await newTopUp({ amount })).id)

const byCard = (amount = 300, changes: object = {}) =>
  f.create(caller, { amount, channel: 'campus_card', ...changes })

const confirm = async (paymentId: string, pin = PIN, walletId: string | null = wallet) =>
  f.confirmations.confirm(await f.paymentRow(paymentId), pin, walletId)

const codeOf = (running: Promise<unknown>) =>
  running.then(
    () => 'nothing was refused',
    (error: { code?: string }) => error.code,
  )

describe('a top-up', () => {
  test('credits the wallet in the transaction of the payment’s success, once', async () => {
    const { id, wallet: named } = await newTopUp()
    expect([named, await balance()]).toEqual([wallet, 0])
    expect(await settle(id)).toBe('recorded')
    expect(await settle(id)).toBe('known')
    expect(await balance()).toBe(1_000)
    const { channel_account_id } = await f.attemptOf(id)
    expect(await f.entriesOf(id)).toEqual([
      `debit channel_clearing:${channel_account_id} 1000`,
      `credit payer_wallet:${wallet} 1000`,
    ])
    const { data } = await f.wallets.wallets.history(caller, wallet, { limit: 20 })
    expect(data).toMatchObject([
      { kind: 'top_up', source: id, amount: 1_000, balance_change: 1_000, balance_after: 1_000 },
    ])
    expect(await f.eventTypes(data[0]?.id ?? '')).toEqual(['wallet.topped_up'])
  })

  test('under a known number is the same payment, and a conflict when anything differs', async () => {
    const body = topUpBody()
    const create = (changes: object = {}) => {
      const changed = { ...body, ...changes }
      return f.topUps.create(keyed(caller, changed), wallet, changed)
    }
    const first = await create()
    expect([first.status, (await create()).status]).toEqual([201, 200])
    expect(await codeOf(create({ amount: 1_001 }))).toBe('payment_conflict')
    const plain = { out_trade_no: body.out_trade_no, amount: 1_000 }
    expect(await codeOf(f.create(caller, plain))).toBe('payment_conflict')
    expect((await f.paymentRow(first.body.id)).status).toBe('created')
  })

  test('of a frozen or closed wallet is refused, and nothing is written', async () => {
    await f.wallets.wallets.freeze(caller, wallet, {})
    expect(await codeOf(newTopUp())).toBe('wallet_frozen')
    await f.wallets.wallets.close(caller, wallet)
    expect(await codeOf(newTopUp())).toBe('wallet_closed')
    expect(await f.count('payments', caller)).toBe(0)
  })

  test('still credits a wallet that was frozen meanwhile', async () => {
    const { id } = await newTopUp()
    await f.wallets.wallets.freeze(caller, wallet, { reason: 'lost' })
    expect(await settle(id)).toBe('recorded')
    expect(await balance()).toBe(1_000)
  })

  test('of a wallet that was closed meanwhile fails, and its money goes back', async () => {
    const { id } = await newTopUp()
    await f.wallets.wallets.close(caller, wallet)
    expect(await settle(id)).toBe('late')
    expect(await f.paymentRow(id)).toMatchObject({
      status: 'failed',
      failure_code: 'wallet_closed',
    })
    expect(await f.lateOf(id)).toMatchObject([{ kind: 'late', amount: 1_000n, status: 'posted' }])
    expect(await balance()).toBe(0)
  })

  test('does not come from a wallet', async () => {
    expect(await codeOf(newTopUp({ channel: 'campus_card' }))).toBe('channel_not_allowed')
    const { id } = await newTopUp({ channel: undefined })
    const choice = { channel: 'campus_card', method: 'wallet' } as const
    const row = await f.paymentRow(id)
    expect(await codeOf(f.starter.startAtCashier(row, choice))).toBe('channel_not_allowed')
  })
})

describe('a payment by campus card', () => {
  test('waits for the PIN, then is paid, and the clearing account is empty again', async () => {
    await topUp(1_000)
    const made = await byCard()
    expect([made.status, made.next_action]).toEqual(['pending', { type: 'enter_pin' }])
    expect(await confirm(made.id)).toMatchObject({ status: 'succeeded', channel: 'campus_card' })
    expect(await balance()).toBe(700)
    const { channel_order_no, channel_account_id } = await f.attemptOf(made.id)
    expect(await f.entriesOf(channel_order_no)).toEqual([
      `debit payer_wallet:${wallet} 300`,
      `credit channel_clearing:${channel_account_id} 300`,
    ])
    expect((await f.entriesOf(made.id))[0]).toBe(`debit channel_clearing:${channel_account_id} 300`)
  })

  test('confirmed again charges nothing, whatever the PIN', async () => {
    await topUp(1_000)
    const { id } = await byCard()
    await confirm(id)
    expect((await confirm(id, WRONG)).status).toBe('succeeded')
    expect(await balance()).toBe(700)
  })

  test('that dies between charge and payment is brought on by the query job', async () => {
    await topUp(1_000)
    const { id } = await byCard()
    const attempt = await f.attemptOf(id)
    // The first of the two transactions, and then nothing.
    await f.wallets.orders.pay(caller, {
      ...{ order_no: attempt.channel_order_no, wallet_id: wallet, pin: PIN },
      default_limits: { per_payment: null, per_day: null },
    })
    expect([await balance(), (await f.paymentRow(id)).status]).toEqual([700, 'pending'])
    const { institution_id, livemode } = attempt
    await f.queryJob.run({ institution_id, livemode, attempt_id: attempt.id })
    expect((await f.paymentRow(id)).status).toBe('succeeded')
    expect(await balance()).toBe(700)
  })

  test('that is closed while its wallet was charged is paid, and not closed', async () => {
    await topUp(1_000)
    const { id } = await byCard()
    const attempt = await f.attemptOf(id)
    await f.wallets.orders.pay(caller, {
      ...{ order_no: attempt.channel_order_no, wallet_id: wallet, pin: PIN },
      default_limits: { per_payment: null, per_day: null },
    })
    expect(await codeOf(f.payments.close(caller, id))).toBe('payment_not_closable')
    expect((await f.paymentRow(id)).status).toBe('succeeded')
  })

  test('that was closed takes no PIN any more', async () => {
    await topUp(1_000)
    const { id } = await byCard()
    await f.payments.close(caller, id)
    expect(await codeOf(confirm(id))).toBe('payment_not_confirmable')
    expect(await balance()).toBe(1_000)
  })

  test.each([
    ['a wrong PIN', 300, WRONG, 'wallet_pin_wrong'],
    ['too little money', 1_001, PIN, 'wallet_balance_insufficient'],
  ])('stays payable after %s', async (_, amount, pin, code) => {
    await topUp(1_000)
    const { id } = await byCard(amount)
    expect(await codeOf(confirm(id, pin))).toBe(code)
    expect((await f.paymentRow(id)).status).toBe('pending')
    await topUp(1_000)
    expect((await confirm(id)).status).toBe('succeeded')
  })

  test('stays payable when a limit is in the way', async () => {
    await topUp(1_000)
    await f.wallets.wallets.update(caller, wallet, { limit_per_payment: 299, limit_per_day: 500 })
    const [first, second] = [await byCard(299), await byCard(202)]
    const { id } = await byCard(300)
    expect(await codeOf(confirm(id))).toBe('wallet_limit_exceeded')
    expect((await confirm(first.id)).status).toBe('succeeded')
    expect(await codeOf(confirm(second.id))).toBe('wallet_limit_exceeded')
    f.clock.advance(24 * 3_600_000)
    const tomorrow = await byCard(202)
    expect((await confirm(tomorrow.id)).status).toBe('succeeded')
    await f.wallets.wallets.update(caller, wallet, { limit_per_payment: null, limit_per_day: null })
  })

  test('fails when its wallet is frozen, and the PIN was right', async () => {
    await topUp(1_000)
    const { id } = await byCard()
    await f.wallets.wallets.freeze(caller, wallet, {})
    expect(await codeOf(confirm(id, WRONG))).toBe('wallet_pin_wrong')
    expect((await f.paymentRow(id)).status).toBe('pending')
    expect(await codeOf(confirm(id))).toBe('wallet_frozen')
    expect(await f.paymentRow(id)).toMatchObject({
      status: 'failed',
      failure_code: 'wallet_frozen',
    })
    expect(await balance()).toBe(1_000)
  })

  test('takes no PIN after five wrong ones, also none that were sent at once', async () => {
    await topUp(1_000)
    const { id } = await byCard()
    const guesses = Array.from({ length: 12 }, () => codeOf(confirm(id, WRONG)))
    const counted = (await Promise.all(guesses)).filter((code) => code === 'wallet_pin_wrong')
    expect(counted).toHaveLength(4)
    expect(await codeOf(confirm(id))).toBe('wallet_pin_locked')
    expect(await balance()).toBe(1_000)
    f.clock.advance(20 * 60_000)
    expect(await codeOf(confirm(id))).toBe('wallet_pin_locked')
    f.clock.advance(10 * 60_000)
    const later = await byCard()
    expect((await confirm(later.id)).status).toBe('succeeded')
  })

  test('finds the wallet of the payer whose bills are paid, and no other', async () => {
    const pay = async (payers: readonly string[]) => {
      const bills = await Promise.all(
        payers.map((one) => f.bill(caller, { amount: 100, payer: one })),
      )
      const items = bills.map(({ id }) => ({ bill: id }))
      const checkout = await f.checkout(caller, CreateCheckout.parse({ items }))
      const made = await f.create(caller, { checkout: checkout.id, channel: 'campus_card' })
      return confirm(made.id, PIN, null)
    }
    await topUp(1_000)
    expect((await pay([payer, payer])).status).toBe('succeeded')
    expect(await balance()).toBe(800)
    const stranger = await f.payer(caller)
    expect(await codeOf(pay([stranger]))).toBe('payment_wallet_unknown')
    expect(await codeOf(pay([payer, stranger]))).toBe('payment_wallet_unknown')
    expect(await codeOf(byCard().then(({ id }) => confirm(id, PIN, null)))).toBe(
      'payment_wallet_unknown',
    )
  })

  test('takes no wallet of another institution', async () => {
    const other = (await f.tenant()).caller
    const { id } = await f.create(other, { amount: 1, channel: 'campus_card' })
    expect(await codeOf(confirm(id))).toBe('wallet_not_found')
  })

  test('50 at once never make the wallet negative', async () => {
    await topUp(1_000)
    const made = await Promise.all(Array.from({ length: 50 }, () => byCard(90)))
    const codes = await Promise.all(made.map(({ id }) => codeOf(confirm(id))))
    const paidCount = codes.filter((code) => code === 'nothing was refused').length
    expect(paidCount).toBe(11)
    expect(new Set(codes)).toEqual(new Set(['nothing was refused', 'wallet_balance_insufficient']))
    expect(await balance()).toBe(1_000 - 11 * 90)
  }, 60_000)

  test('50 confirmations of one payment charge the wallet once', async () => {
    await topUp(1_000)
    const { id } = await byCard(90)
    await Promise.all(Array.from({ length: 50 }, () => confirm(id)))
    expect(await balance()).toBe(910)
  }, 60_000)

  test('ends with its time: no PIN is taken, and nothing is charged', async () => {
    await topUp(1_000)
    const { id } = await byCard()
    f.clock.advance(31 * 60_000)
    expect(await codeOf(confirm(id))).toBe('wallet_order_over')
    expect(await balance()).toBe(1_000)
    expect((await f.paymentRow(id)).status).toBe('closed')
  })
})

describe('the database', () => {
  test('refuses what would make a wallet negative, or change what happened', async () => {
    await topUp(1_000)
    const refused = (text: string) => f.database.query(text, [wallet])
    await expect(
      refused('update wallets set balance = balance - 1001 where id = $1'),
    ).rejects.toThrow('wallets_never_negative')
    await expect(
      refused('update wallet_transactions set amount = 1 where wallet_id = $1'),
    ).rejects.toThrow('append-only')
    await expect(refused("update wallets set payer_id = 'x' where id = $1")).rejects.toThrow(
      'refused',
    )
  })
})

describe('closing a wallet', () => {
  test('is refused while there is money in it, and final afterwards', async () => {
    await topUp(1)
    expect(await codeOf(f.wallets.wallets.close(caller, wallet))).toBe('wallet_not_empty')
    await confirm((await byCard(1)).id)
    expect((await f.wallets.wallets.close(caller, wallet)).status).toBe('closed')
    expect(await codeOf(f.wallets.wallets.unfreeze(caller, wallet))).toBe('wallet_not_unfreezable')
    expect(await codeOf(f.wallets.wallets.setPin(caller, wallet, { pin: PIN }))).toBe(
      'wallet_closed',
    )
    expect(await openWallet()).not.toBe(wallet)
  })
})

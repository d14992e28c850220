import { randomInt } from 'node:crypto'
import { createTenant, createTestVault } from '../../../../test/support/callers.js'
import { createTestDatabase } from '../../../../test/support/database.js'
import { newId } from '../../../kernel/id.js'
import { PayerRepository } from '../../payers/payer.repository.js'
import { PayerService } from '../../payers/payer.service.js'
import { makeWalletServices } from '../../wallets/wallet.fixture.js'
import { CampusCardChannel } from '../campus-card/campus-card.channel.js'
import { makeCounter } from '../cash/counter.fixture.js'
import type { Channel, ChannelAccount, ChannelOrder } from '../channel.port.js'
import type { ChannelHarness, PaidOrder } from './harness.conformance.js'

const PIN = '135790'
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ORDER_LIFETIME_MS = 30 * 60_000
/** More than any test spends. */
const FUNDS = 1_000_000_000_000n
const NO_LIMITS = { per_payment: null, per_day: null }

/**
 * A channel of the house on a database of its own, as the conformance suite wants it. It has no provider:
 * there is no wire to cut or to forge, nobody notifies, and money is never on its way when an order is
 * closed, so only the blocks about orders and refunds are for it; the rest is in its own specs.
 */
export async function makeInHouseHarness(code: 'campus_card' | 'cash'): Promise<ChannelHarness> {
  const db = await createTestDatabase()
  const { database } = db
  const shared = { offsetMs: 0 }
  const clock = { now: () => new Date(Date.now() + shared.offsetMs) }
  const vault = createTestVault(database)
  const wallets = makeWalletServices(database, vault, clock)
  const counter = makeCounter(database, wallets.identity, clock)
  const { caller } = await createTenant(database, vault)
  const { institution_id, livemode } = caller
  const payers = new PayerService(new PayerRepository(database), vault, clock)
  const person = { kind: 'student', number_type: 'student_no', number: '1', name: '张三' } as const
  const payer = (await payers.create(caller, person)).body.id
  const limits = { limit_per_payment: null, limit_per_day: null }
  const asked = { payer, currency: 'CNY', ...limits, metadata: {} }
  const wallet_id = (await wallets.wallets.open(caller, asked)).body.id
  await wallets.wallets.setPin(caller, wallet_id, { pin: PIN })
  await database.transaction(async (tx) => {
    const money = { institution_id, livemode, wallet_id, source_id: newId('pay'), amount: FUNDS }
    await wallets.topUps.credit(tx, { ...money, description: 'x' })
  })
  const card = new CampusCardChannel(wallets.orders, wallets.refunds, wallets.statements)
  const channel: Channel = code === 'cash' ? counter.channel : card
  const account: ChannelAccount = {
    ...{ institution_id, livemode, id: newId('cha'), channel: code, merchant_id: 'house' },
    settings: {},
  }
  const pay = async (order_no: string) => {
    if (code === 'campus_card') {
      const confirmation = { order_no, wallet_id, pin: PIN, default_limits: NO_LIMITS }
      return wallets.orders.pay(account, confirmation)
    }
    const received_amount = (await counter.orders.find(account, order_no))?.amount ?? 0n
    const receipt = { tender: 'cash', received_amount, terminal_reference: null } as const
    await counter.orders.receive(account, order_no, { ...receipt, cashier: '1' })
  }
  const absent = (what: string) => (): never => {
    throw new Error(`a channel of the house has no provider, so there is no ${what}`)
  }
  return {
    ...{ channel, account, now: clock.now },
    order: (overrides = {}) => ({ ...newOrder(channel, clock.now()), ...overrides }),
    refundOf: (order, overrides = {}) => ({ ...refundOf(order, clock.now()), ...overrides }),
    open: async () => {},
    async play(orderNo, action) {
      if (action === 'pay') await pay(orderNo)
      // At a counter nobody refuses: who does not want to pay goes away.
      if (action === 'refuse' && code === 'campus_card')
        await wallets.orders.refuse(account, orderNo)
    },
    advance(milliseconds) {
      shared.offsetMs += milliseconds
    },
    fault: absent('fault'),
    clearFaults: async () => {},
    received: () => [],
    arrivals: () => [],
    refuseNext: absent('notification'),
    forgeries: absent('notification'),
    channelAt: absent('clock of a provider'),
    impatientChannel: absent('deadline'),
    // Nothing stands between us and ourselves: only what is refused before any step is asked of it.
    behind: () => account,
    wrongAccounts: absent('secret'),
    stop: () => db.drop(),
  }
}

function newOrder(channel: Channel, now: Date): ChannelOrder {
  return {
    order_no: newNo(),
    amount: { minor: 12_345n, currency: 'CNY' },
    description: '2026 学年学费',
    method: channel.methods[0],
    placed_at: now,
    expires_at: new Date(now.getTime() + ORDER_LIFETIME_MS),
    notify_url: 'http://localhost:3000/notify',
    return_url: 'http://localhost:3000/pay/return',
    payer: { ip: null, channel_user_id: null },
  }
}

function refundOf(order: ChannelOrder | PaidOrder, now: Date) {
  const transaction_no = 'transaction_no' in order ? order.transaction_no : 'none'
  return {
    refund_no: newNo(),
    order: { ...order, transaction_no },
    amount: order.amount,
    requested_at: now,
    reason: '重复缴费',
    notify_url: 'http://localhost:3000/notify',
  }
}

function newNo(): string {
  return Array.from({ length: 26 }, () => CROCKFORD.charAt(randomInt(CROCKFORD.length))).join('')
}

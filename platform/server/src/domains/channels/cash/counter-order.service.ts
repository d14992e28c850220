import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { APP_CLOCK } from '../../../infra/tokens.js'
import { assert } from '../../../kernel/assert.js'
import { businessDate, type Clock } from '../../../kernel/clock.js'
import { newId } from '../../../kernel/id.js'
import { IdentityService } from '../../identity/identity.service.js'
import { CounterError } from './counter.errors.js'
import { changeOf, isSameReceipt, newCounterNo, type Received } from './counter.rules.js'
import type { CounterEntryRow, CounterOrderRow } from './counter.types.js'
import { CounterJournalRepository } from './counter-journal.repository.js'
import { CounterOrderRepository } from './counter-order.repository.js'
import { COUNTER_ORDER_TRANSITIONS } from './counter-order.state.js'

export interface NewCounterOrder extends Tenant {
  readonly order_no: string
  readonly channel_account_id: string
  readonly amount: bigint
  readonly currency: string
  readonly description: string
  readonly expires_at: Date
}

/** An order that was paid at the counter, with its entry in the journal. */
export interface CounterReceipt {
  readonly order: CounterOrderRow
  readonly entry: CounterEntryRow
}

/** How often another number is tried; with a thousand orders waiting, one try in 900 meets a taken one. */
const NUMBER_TRIES_MAX = 20

/** Orders for which a cashier takes the money. */
@Injectable()
export class CounterOrderService {
  constructor(
    private readonly database: Database,
    private readonly orders: CounterOrderRepository,
    private readonly journal: CounterJournalRepository,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes the order under a number of its own, or finds the one that is there. */
  async place(order: NewCounterOrder): Promise<CounterOrderRow> {
    const now = this.clock.now()
    for (let tries = 0; tries < NUMBER_TRIES_MAX; tries++) {
      await this.orders.insert({
        ...order,
        id: newId('ctr'),
        counter_no: newCounterNo(),
        amount_refunded: 0n,
        status: 'waiting',
        tender: null,
        received_amount: null,
        change_amount: null,
        terminal_reference: null,
        cashier: null,
        paid_at: null,
        created_at: now,
        updated_at: now,
      })
      const row = await this.orders.find(order, order.order_no)
      if (row) return row
    }
    throw new Error(`no counter number was free in ${NUMBER_TRIES_MAX} tries`)
  }

  /** The order as it is now: one whose time is over expires when somebody looks. */
  async find(tenant: Tenant, orderNo: string): Promise<CounterOrderRow | null> {
    const row = await this.orders.find(tenant, orderNo)
    return row && this.current(row)
  }

  /** @throws CounterError counter_order_not_found */
  async require(tenant: Tenant, counterNo: string): Promise<CounterOrderRow> {
    const row = await this.orders.findByCounterNo(tenant, counterNo)
    if (row) return this.current(row)
    throw counterOrderNotFound(counterNo)
  }

  /** Null when there is no such order; one that is over stays as it is. */
  close(tenant: Tenant, orderNo: string): Promise<CounterOrderRow | null> {
    return this.end(tenant, orderNo, 'close')
  }

  /** The entry under which the order was received; null when it was not. */
  receiptOf(tenant: Tenant, orderNo: string): Promise<CounterEntryRow | null> {
    return this.journal.find(tenant, 'receipt', { order_no: orderNo })
  }

  /**
   * The cashier has the money: order and journal in one commit, once.
   * @throws CounterError counter_order_not_found, counter_order_over, counter_order_paid,
   *   counter_amount_short, counter_amount_differs
   */
  async receive(tenant: Tenant, orderNo: string, received: Received): Promise<CounterReceipt> {
    const timeZone = await this.identity.timeZoneOf(tenant.institution_id)
    const known = await this.database.transaction(async (tx) => {
      const row = await this.orders.lock(tx, tenant, orderNo)
      if (!row) throw counterOrderNotFound(orderNo)
      if (row.status === 'paid') return row
      const now = this.clock.now()
      if (row.status !== 'waiting' || row.expires_at <= now) throw orderOver()
      const change_amount = changeOf(row.amount, received)
      const paid = await this.orders.receive(tx, row, { ...received, change_amount }, now)
      const { institution_id, livemode, order_no, channel_account_id, currency, amount } = row
      await this.journal.add(tx, {
        ...{ institution_id, livemode, channel_account_id, order_no, currency, amount },
        business_date: businessDate(now, timeZone),
        kind: 'receipt',
        refund_no: null,
        tender: received.tender,
        cashier: received.cashier,
        recorded_at: now,
      })
      return paid
    })
    if (!isSameReceipt(known, received)) throw receivedOtherwise(known)
    const entry = await this.receiptOf(tenant, orderNo)
    assert(entry, 'a received order is in the journal')
    return { order: known, entry }
  }

  private async current(row: CounterOrderRow): Promise<CounterOrderRow> {
    if (row.status !== 'waiting' || row.expires_at > this.clock.now()) return row
    return (await this.end(row, row.order_no, 'expire')) ?? row
  }

  private end(
    tenant: Tenant,
    orderNo: string,
    trigger: 'close' | 'expire',
  ): Promise<CounterOrderRow | null> {
    return this.database.transaction(async (tx) => {
      const row = await this.orders.lock(tx, tenant, orderNo)
      const status = row && COUNTER_ORDER_TRANSITIONS[row.status][trigger]
      return row && status ? this.orders.end(tx, row, status, this.clock.now()) : row
    })
  }
}

export function counterOrderNotFound(given: string): CounterError {
  return new CounterError('counter_order_not_found', `Nothing waits at the counter under ${given}.`)
}

function orderOver(): CounterError {
  return new CounterError(
    'counter_order_over',
    'The time to pay this is over, or it was closed: take no money for it.',
    { outcome: 'failed' },
  )
}

function receivedOtherwise({ tender, cashier }: CounterOrderRow): CounterError {
  return new CounterError(
    'counter_order_paid',
    `This was received before, by ${cashier} (${tender}): take no money for it.`,
    { outcome: 'failed' },
  )
}

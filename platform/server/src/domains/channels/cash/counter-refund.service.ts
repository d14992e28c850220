import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { APP_CLOCK } from '../../../infra/tokens.js'
import { assert } from '../../../kernel/assert.js'
import { businessDate, type Clock } from '../../../kernel/clock.js'
import { IdentityService } from '../../identity/identity.service.js'
import { CounterError } from './counter.errors.js'
import type { CounterEntryRow, CounterRefundRow } from './counter.types.js'
import { CounterJournalRepository } from './counter-journal.repository.js'
import { CounterOrderRepository } from './counter-order.repository.js'
import { CounterRefundRepository } from './counter-refund.repository.js'

export interface NewCounterRefund extends Tenant {
  readonly refund_no: string
  readonly order_no: string
  readonly amount: bigint
  readonly currency: string
  readonly reason: string
}

export type CounterRefundResult =
  | { readonly kind: 'known'; readonly refund: CounterRefundRow }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

/** Money that was taken at a counter and is handed out there again. */
@Injectable()
export class CounterRefundService {
  constructor(
    private readonly database: Database,
    private readonly orders: CounterOrderRepository,
    private readonly refunds: CounterRefundRepository,
    private readonly journal: CounterJournalRepository,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /** From now on the money waits at the counter. The same number again is the same refund. */
  request(refund: NewCounterRefund): Promise<CounterRefundResult> {
    return this.database.transaction((tx) => this.requestIn(tx, refund))
  }

  find(tenant: Tenant, refundNo: string): Promise<CounterRefundRow | null> {
    return this.refunds.find(tenant, refundNo)
  }

  /** The entry under which it was handed out; null while it waits. */
  entryOf(tenant: Tenant, refundNo: string): Promise<CounterEntryRow | null> {
    return this.journal.find(tenant, 'refund', { refund_no: refundNo })
  }

  /**
   * The payer has the money: refund and journal in one commit, once.
   * @throws CounterError counter_refund_not_found
   */
  async handOut(tenant: Tenant, refundNo: string, cashier: string): Promise<CounterRefundRow> {
    const timeZone = await this.identity.timeZoneOf(tenant.institution_id)
    const known = await this.refunds.find(tenant, refundNo)
    if (!known) {
      throw new CounterError('counter_refund_not_found', `No refund waits here as ${refundNo}.`)
    }
    return this.database.transaction(async (tx) => {
      const order = await this.orders.lock(tx, tenant, known.order_no)
      const row = await this.refunds.lock(tx, tenant, refundNo)
      assert(order?.tender && row, 'a refund is of an order that was received')
      if (row.status === 'handed_out') return row
      const now = this.clock.now()
      const handed = await this.refunds.handOut(tx, row, cashier, now)
      const { institution_id, livemode, order_no, refund_no, currency, amount } = row
      await this.journal.add(tx, {
        ...{ institution_id, livemode, order_no, refund_no, currency, amount, cashier },
        channel_account_id: order.channel_account_id,
        business_date: businessDate(now, timeZone),
        kind: 'refund',
        tender: order.tender,
        recorded_at: now,
      })
      return handed
    })
  }

  private async requestIn(tx: Transaction, refund: NewCounterRefund): Promise<CounterRefundResult> {
    const order = await this.orders.lock(tx, refund, refund.order_no)
    const known = await this.refunds.lock(tx, refund, refund.refund_no)
    if (known) {
      const isSame = known.order_no === refund.order_no && known.amount === refund.amount
      if (isSame) return { kind: 'known', refund: known }
      return refused('refund_number_taken', 'The number belongs to another refund.')
    }
    if (order?.status !== 'paid') {
      return refused('order_not_paid', 'The counter has received no money for such an order.')
    }
    const isTooMuch = order.amount_refunded + refund.amount > order.amount
    if (order.currency !== refund.currency || isTooMuch) {
      return refused('refund_exceeds_order', 'More would go back than was paid.')
    }
    const now = this.clock.now()
    const row: CounterRefundRow = {
      ...refund,
      status: 'waiting',
      cashier: null,
      handed_out_at: null,
      created_at: now,
      updated_at: now,
    }
    await this.refunds.insert(tx, row)
    await this.orders.addRefund(tx, order, refund.amount, now)
    return { kind: 'known', refund: row }
  }
}

function refused(code: string, message: string): CounterRefundResult {
  return { kind: 'refused', code, message }
}

import { Injectable } from '@nestjs/common'
import type { Caller } from '../../../infra/http/caller.js'
import type { AppScope } from '../../../infra/http/scopes.js'
import { BillService } from '../../bills/bill.service.js'
import { CheckoutService } from '../../payments/checkout.service.js'
import { PaymentService } from '../../payments/payment.service.js'
import { RefundService } from '../../refunds/refund.service.js'
import { HistoryRepository, ROWS_MAX } from './history.repository.js'
import {
  attemptEntry,
  deliveryEntry,
  eventEntry,
  inOrder,
  lateSuccessEntry,
  ledgerEntry,
  refundEntry,
  requestEntry,
} from './history.rules.js'
import {
  HISTORY_ENTRIES_MAX,
  HISTORY_PARTS,
  type History,
  type HistoryEntry,
  type HistoryPart,
} from './history.schema.js'
import type { Family } from './history.types.js'

const SCOPE_OF: Readonly<Record<HistoryPart, AppScope>> = {
  refunds: 'refunds:read',
  ledger_transactions: 'ledger:read',
  webhook_deliveries: 'webhooks:read',
  requests: 'logs:read',
}

/** One object's story from every book that it is written in. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly history: HistoryRepository,
    private readonly payments: PaymentService,
    private readonly refunds: RefundService,
    private readonly bills: BillService,
    private readonly checkouts: CheckoutService,
  ) {}

  /** @throws PaymentError payment_not_found */
  async ofPayment(caller: Caller, id: string): Promise<History> {
    const payment = await this.payments.get(caller, id)
    return this.told(caller, await this.family(caller, payment.id, [payment.id]))
  }

  /** @throws RefundError refund_not_found */
  async ofRefund(caller: Caller, id: string): Promise<History> {
    const { payment } = await this.refunds.get(caller, id)
    const rows = await this.history.refundsOf(caller, [payment])
    const refunds = rows.filter((row) => row.id === id)
    return this.told(caller, { of: id, payments: [], refunds })
  }

  /** @throws BillError bill_not_found */
  async ofBill(caller: Caller, id: string): Promise<History> {
    const bill = await this.bills.get(caller, id)
    const reads = caller.scopes.has('payments:read')
    const paymentIds = reads ? await this.history.paymentsOfBill(caller, bill.id) : []
    return this.told(caller, await this.family(caller, bill.id, paymentIds))
  }

  /** @throws PaymentError checkout_not_found */
  async ofCheckout(caller: Caller, id: string): Promise<History> {
    const checkout = await this.checkouts.get(caller, id)
    const paymentIds = await this.history.paymentsOfCheckout(caller, checkout.id)
    return this.told(caller, await this.family(caller, checkout.id, paymentIds))
  }

  private async family(caller: Caller, of: string, payments: readonly string[]): Promise<Family> {
    const reads = caller.scopes.has('refunds:read') && payments.length > 0
    return { of, payments, refunds: reads ? await this.history.refundsOf(caller, payments) : [] }
  }

  private async told(caller: Caller, family: Family): Promise<History> {
    const { of, payments, refunds } = family
    const objects = [...new Set([of, ...payments, ...refunds.map(({ id }) => id)])]
    const may = (part: HistoryPart) => caller.scopes.has(SCOPE_OF[part])
    const [attempts, events, requests] = await Promise.all([
      payments.length === 0 ? [] : this.history.attempts(caller, payments),
      this.history.events(caller, objects),
      may('requests') ? this.history.requests(caller, objects) : [],
    ])
    const ids = attempts.map(({ id }) => id)
    const late = ids.length === 0 ? [] : await this.history.lateSuccesses(caller, ids)
    const sources = [
      ...[...objects, ...late.map(({ id }) => id)],
      ...attempts.map(({ channel_order_no }) => channel_order_no),
      ...refunds.map(({ channel_refund_no }) => channel_refund_no),
    ]
    const [ledger, deliveries] = await Promise.all([
      may('ledger_transactions') ? this.history.ledger(caller, sources) : [],
      may('webhook_deliveries') && events.length > 0
        ? this.history.deliveries(
            caller,
            events.map(({ id }) => id),
          )
        : [],
    ])
    const parts = [
      ...[attempts.map(attemptEntry), events.map(eventEntry), requests.map(requestEntry)],
      ...[late.map(lateSuccessEntry), refunds.map(refundEntry), ledger.map(ledgerEntry)],
      deliveries.map(deliveryEntry),
    ]
    return toHistory(
      of,
      parts,
      HISTORY_PARTS.filter((part) => !may(part)),
    )
  }
}

function toHistory(
  of: string,
  parts: readonly (readonly HistoryEntry[])[],
  left_out: HistoryPart[],
): History {
  const entries = inOrder(parts.flat())
  const isCut = parts.some((part) => part.length >= ROWS_MAX)
  return {
    object: 'history',
    of,
    entries: entries.slice(0, HISTORY_ENTRIES_MAX),
    is_complete: !isCut && entries.length <= HISTORY_ENTRIES_MAX,
    left_out,
  }
}

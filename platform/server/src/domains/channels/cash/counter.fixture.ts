import type { Database } from '../../../infra/database/database.js'
import type { Clock } from '../../../kernel/clock.js'
import type { IdentityService } from '../../identity/identity.service.js'
import { CashChannel } from './cash.channel.js'
import { CounterJournalRepository } from './counter-journal.repository.js'
import { CounterJournalService } from './counter-journal.service.js'
import { CounterOrderRepository } from './counter-order.repository.js'
import { CounterOrderService } from './counter-order.service.js'
import { CounterRefundRepository } from './counter-refund.repository.js'
import { CounterRefundService } from './counter-refund.service.js'

/** The counter as Nest wires it, on a test's own database and clock. */
export function makeCounter(database: Database, identity: IdentityService, clock: Clock) {
  const orderRows = new CounterOrderRepository(database)
  const journalRows = new CounterJournalRepository(database)
  const refundRows = new CounterRefundRepository(database)
  const orders = new CounterOrderService(database, orderRows, journalRows, identity, clock)
  const refunds = new CounterRefundService(
    database,
    orderRows,
    refundRows,
    journalRows,
    identity,
    clock,
  )
  const journal = new CounterJournalService(journalRows, identity, clock)
  return { orders, refunds, journal, channel: new CashChannel(orders, refunds, journal) }
}

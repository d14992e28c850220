import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { type Caller, idFor, shownTo } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { tableFilterOf } from '../../infra/http/table-filter.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { toPage } from '../../kernel/pagination.js'
import { DepartmentService } from '../identity/department.service.js'
import type { RefundablePayment, RefundItem } from '../payments/payment.types.js'
import { PaymentRefundsService } from '../payments/payment-refunds.service.js'
import { RefundError } from './refund.errors.js'
import { refundEvent } from './refund.events.js'
import { RefundRepository } from './refund.repository.js'
import { amountAsked, channelRefundNo, differencesFrom, needsApproval } from './refund.rules.js'
import {
  type CreateRefund,
  type Refund,
  type RefundListQuery,
  toWireRefund,
} from './refund.schema.js'
import type { PaidOrder, RefundCase, RefundRow } from './refund.types.js'
import { refundPollJob } from './refund-poll.rules.js'
import { RefundProgressService } from './refund-progress.service.js'
import { RefundWalletService } from './refund-wallet.service.js'

/** What was reserved of a payment for one refund. */
interface Reservation {
  readonly payment: RefundablePayment
  readonly amount: bigint
  readonly items: readonly RefundItem[]
}

/** What an app can do with refunds. */
@Injectable()
export class RefundService {
  constructor(
    private readonly database: Database,
    private readonly refunds: RefundRepository,
    private readonly payments: PaymentRefundsService,
    private readonly progress: RefundProgressService,
    private readonly wallets: RefundWalletService,
    private readonly departments: DepartmentService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Three steps: record the intent, call the channel, record the answer. Once the first is durable the call
   * succeeds, and says where the refund stands.
   * @throws RefundError refund_conflict, refund_items_mismatch, refund_item_repeated
   * @throws PaymentError payment_not_found, payment_not_refundable, refund_exceeds_payment
   * @throws WalletError wallet_balance_insufficient when a top-up was spent
   */
  async create(caller: Caller, body: CreateRefund): Promise<Reply<Refund>> {
    const known = await this.refunds.findByOutNumber(caller, body.out_refund_no)
    if (known) return existing(known, body)
    try {
      const opened = await this.recordIntent(caller, body)
      const { status } = opened.refund
      const row = status === 'created' ? await this.progress.start(opened) : opened.refund
      return Reply.created(toWireRefund(row))
    } catch (error) {
      // A twin of this call may have taken the number, and with it what was left of the payment.
      const winner = await this.refunds.findByOutNumber(caller, body.out_refund_no)
      if (winner) return existing(winner, body)
      throw error
    }
  }

  /** @throws RefundError refund_not_found */
  async get(caller: Caller, id: string): Promise<Refund> {
    const row = isId(id, 'ref') ? await this.find(caller, id) : null
    if (row) return this.shown(caller, row)
    throw new RefundError('refund_not_found', `No such refund, or it is not yours: ${id}.`)
  }

  async list(caller: Caller, query: RefundListQuery): Promise<WireList<Refund>> {
    const filter = {
      ...listFilterOf(query),
      payment_id: query.payment ?? null,
      status: query.status ?? null,
      out_refund_no: query.out_refund_no ?? null,
      channel: query.channel ?? null,
      ...tableFilterOf(query),
      payment_ids: await this.paymentsOf(caller, query.payer),
    }
    const rows = await this.refunds.list(caller, filter, await this.ownPayments(caller))
    const page = toPage(rows, filter.limit)
    return toWireList(page, (row) => this.shown(caller, row))
  }

  private async paymentsOf(caller: Caller, payer: string | undefined): Promise<string[] | null> {
    return payer === undefined ? null : this.payments.idsForPayer(caller, payer)
  }

  /** Who in an office decides about money is not the payer's business. */
  private shown(caller: Caller, row: RefundRow): Refund {
    const wire = shownTo(caller, toWireRefund(row))
    return caller.payer_id === null ? wire : { ...wire, approval: null }
  }

  private async find(caller: Caller, id: string): Promise<RefundRow | null> {
    const own = await this.ownPayments(caller)
    return own ? this.refunds.findOfPayments(caller, own, id) : this.refunds.find(caller, id)
  }

  /** On behalf of a payer: the payments whose refunds may be seen. Null for an app itself. */
  private async ownPayments(caller: Caller): Promise<string[] | null> {
    return caller.payer_id === null ? null : this.payments.idsOfPayer(caller, caller.payer_id)
  }

  /** Step 1: the amount is reserved, the number that the channel will see is stored, and the poll is queued. */
  private recordIntent(caller: Caller, body: CreateRefund): Promise<RefundCase> {
    const asked = amountAsked(body)
    const items = body.items?.map(({ bill, amount }) => ({ bill_id: bill, amount: BigInt(amount) }))
    return this.database.transaction(async (tx) => {
      const reserved = await this.payments.reserve(tx, caller, body.payment, asked, items ?? null)
      const { department_id } = reserved.payment
      const threshold = await this.departments.refundThreshold(tx, caller, department_id)
      const isHeld = needsApproval(threshold, reserved.payment, reserved.amount)
      const status = isHeld ? 'awaiting_approval' : 'created'
      const refund = { ...newRefund(caller, body, reserved, this.clock.now()), status } as const
      await this.refunds.insert(tx, refund)
      await appendEvents(tx, [refundEvent('refund.created', refund, caller.api_version)])
      if (!isHeld) await addJob(tx, refundPollJob(refund, 0))
      const { wallet_id } = reserved.payment
      const opened = { refund, order: orderOf(reserved.payment), wallet_id }
      await this.wallets.hold(tx, opened)
      return opened
    })
  }
}

/** The answer to a number that was used before. */
function existing(known: RefundRow, body: CreateRefund): Reply<Refund> {
  const differences = differencesFrom(known, body)
  if (differences.length === 0) return Reply.existing(toWireRefund(known))
  throw new RefundError(
    'refund_conflict',
    `Your out_refund_no belongs to refund ${known.id}, whose ${differences.join(' and ')} differ from this ` +
      'request. Send the same parameters to get that refund, or take a new number for another one.',
    { outcome: 'failed' },
  )
}

function newRefund(
  caller: Caller,
  body: CreateRefund,
  reserved: Reservation,
  now: Date,
): RefundRow {
  const id = idFor(caller, 'ref')
  const { payment, amount, items } = reserved
  return {
    institution_id: caller.institution_id,
    livemode: caller.livemode,
    id,
    app_id: caller.app_id,
    department_id: payment.department_id,
    payment_id: payment.id,
    attempt_id: payment.attempt_id,
    out_refund_no: body.out_refund_no,
    channel_refund_no: channelRefundNo(id),
    currency: payment.currency,
    amount,
    reason: body.reason ?? null,
    status: 'created',
    requested_by: caller.actor_id,
    decided_by: null,
    decided_at: null,
    decision_reason: null,
    failure_code: null,
    failure_message: null,
    items,
    query_count: 0,
    succeeded_at: null,
    metadata: body.metadata ?? {},
    created_at: now,
    updated_at: now,
  }
}

function orderOf(payment: RefundablePayment): PaidOrder {
  const { channel, channel_account_id, channel_order_no, channel_transaction_no } = payment
  const { method, placed_at, amount } = payment
  return {
    ...{ channel, channel_account_id, channel_order_no, channel_transaction_no },
    ...{ method, placed_at, amount },
  }
}

import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Caller, Tenant } from '../../infra/http/caller.js'
import {
  amountCondition,
  containsText,
  startsWithText,
  type TableFilter,
} from '../../infra/http/table-filter.js'
import { type ListFilter, listConditions, wireAmount } from '../../infra/http/wire.schema.js'
import { assert } from '../../kernel/assert.js'
import type { ChannelMethod } from '../channels/channel.port.js'
import { OPEN_STATUSES, REFUND_STATUSES, type RefundStatus } from './refund.state.js'
import type { RefundCase, RefundRow } from './refund.types.js'

/** As stored: the status is any text, and the items are JSON. */
type StoredRefund = Omit<RefundRow, 'status' | 'items'> & { status: string; items: unknown }

/** What a move of a refund writes beside its new status. */
export interface RefundChange {
  readonly status: RefundStatus
  readonly updated_at: Date
  readonly succeeded_at?: Date
  readonly failure_code?: string
  readonly failure_message?: string
}

export interface RefundDecision {
  readonly status: 'approved' | 'rejected'
  readonly by: string
  readonly at: Date
  readonly reason: string | null
}

export interface RefundFilter extends ListFilter, TableFilter {
  readonly payment_id: string | null
  readonly status: RefundStatus | null
  readonly out_refund_no: string | null
  readonly channel: string | null
  /** Only of these payments; null: whichever. */
  readonly payment_ids: readonly string[] | null
}

const Status = z.enum(REFUND_STATUSES)
const Items = z.array(
  z.object({
    position: z.int(),
    bill_id: z.string().nullable(),
    department_id: z.string(),
    amount: z.int().positive().transform(BigInt),
    splits: z
      .array(
        z.object({
          position: z.int(),
          department_id: z.string(),
          amount: z.int().positive().transform(BigInt),
        }),
      )
      .exactOptional(),
  }),
)

/** The refund, and the order its money came by. */
const SELECT_CASE = `
  select refund.*, attempt.channel as order_channel, attempt.channel_account_id as order_account_id,
         attempt.channel_order_no as order_no, attempt.amount as order_amount,
         attempt.channel_transaction_no as order_transaction_no, attempt.method as order_method,
         attempt.created_at as order_placed_at,
         (select payment.wallet_id from payments as payment
           where payment.institution_id = refund.institution_id
             and payment.livemode = refund.livemode and payment.id = refund.payment_id) as wallet_id
    from refunds as refund
    join payment_attempts as attempt
      on attempt.institution_id = refund.institution_id and attempt.livemode = refund.livemode
     and attempt.id = refund.attempt_id
   where refund.institution_id = $1 and refund.livemode = $2`

type StoredCase = StoredRefund & {
  readonly order_channel: string
  readonly order_account_id: string
  readonly order_no: string
  readonly order_amount: bigint
  readonly order_transaction_no: string
  readonly order_method: ChannelMethod
  readonly order_placed_at: Date
  readonly wallet_id: string | null
}

@Injectable()
export class RefundRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Transaction, row: RefundRow): Promise<void> {
    const items = row.items.map((item) => ({
      ...item,
      amount: wireAmount(item.amount),
      splits: item.splits?.map((split) => ({ ...split, amount: wireAmount(split.amount) })),
    }))
    await tx.query(
      `insert into refunds
         (institution_id, livemode, id, app_id, department_id, payment_id, attempt_id, out_refund_no,
          channel_refund_no, currency, amount, reason, status, items, metadata, created_at, updated_at,
          requested_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.app_id,
        row.department_id,
        row.payment_id,
        row.attempt_id,
        row.out_refund_no,
        row.channel_refund_no,
        row.currency,
        row.amount,
        row.reason,
        row.status,
        JSON.stringify(items),
        JSON.stringify(row.metadata),
        row.created_at,
        row.updated_at,
        row.requested_by,
      ],
    )
  }

  async find(caller: Caller, id: string): Promise<RefundRow | null> {
    const row = await this.database.prisma.refund.findFirst({ where: { ...ownedBy(caller), id } })
    return row && toRow(row)
  }

  async findByOutNumber(caller: Caller, outRefundNo: string): Promise<RefundRow | null> {
    const where = { ...ownedBy(caller), out_refund_no: outRefundNo }
    const row = await this.database.prisma.refund.findFirst({ where })
    return row && toRow(row)
  }

  /** The refund, if it gives back one of these payments. */
  async findOfPayments(
    tenant: Tenant,
    paymentIds: readonly string[],
    id: string,
  ): Promise<RefundRow | null> {
    const where = { ...ofPayments(tenant, paymentIds), id }
    const row = await this.database.prisma.refund.findFirst({ where })
    return row && toRow(row)
  }

  /** The refunds of the caller's app; with `paymentIds`, those of these payments, whichever app's. */
  async list(
    caller: Caller,
    filter: RefundFilter,
    paymentIds: readonly string[] | null = null,
  ): Promise<RefundRow[]> {
    const { payment_id, status, out_refund_no } = filter
    const { where, orderBy, take } = listConditions(filter)
    const rows = await this.database.prisma.refund.findMany({
      where: {
        AND: [
          paymentIds ? ofPayments(caller, paymentIds) : ownedBy(caller),
          filter.payment_ids ? ofPayments(caller, filter.payment_ids) : {},
        ],
        ...(payment_id ? { payment_id } : {}),
        ...(status ? { status } : {}),
        ...(out_refund_no ? { out_refund_no } : {}),
        ...(filter.channel ? { payment: { channel: filter.channel } } : {}),
        ...amountCondition(filter),
        ...(filter.text ? { OR: textConditions(filter.text) } : {}),
        ...where,
      },
      orderBy,
      take,
    })
    return rows.map(toRow)
  }

  /** For work without a caller: jobs. */
  async findCase(tenant: Tenant, id: string): Promise<RefundCase | null> {
    const values = [tenant.institution_id, tenant.livemode, id]
    const [row] = await this.database.query<StoredCase>(`${SELECT_CASE} and refund.id = $3`, values)
    return row ? toCase(row) : null
  }

  /** For a channel's notification, which knows only the number we gave it. */
  async findCaseByNumber(tenant: Tenant, channelRefundNo: string): Promise<RefundCase | null> {
    const values = [tenant.institution_id, tenant.livemode, channelRefundNo]
    const text = `${SELECT_CASE} and refund.channel_refund_no = $3`
    const [row] = await this.database.query<StoredCase>(text, values)
    return row ? toCase(row) : null
  }

  /** The refund as it is now; nobody else moves it until the transaction ends. */
  async lock(tx: Transaction, row: RefundRow): Promise<RefundRow> {
    const [stored] = await tx.query<StoredRefund>(
      `select * from refunds
        where institution_id = $1 and livemode = $2 and id = $3 for no key update`,
      keyOf(row),
    )
    assert(stored, `refund ${row.id} was read before, and refunds are never deleted`)
    return toRow(stored)
  }

  /** Moves a refund that is locked in the status of `row`. */
  async move(tx: Transaction, row: RefundRow, change: RefundChange): Promise<RefundRow> {
    const [stored] = await tx.query<StoredRefund>(
      `update refunds
          set status = $5, updated_at = $6, succeeded_at = $7, failure_code = $8, failure_message = $9
        where institution_id = $1 and livemode = $2 and id = $3 and status = $4
       returning *`,
      [
        ...keyOf(row),
        row.status,
        change.status,
        change.updated_at,
        change.succeeded_at ?? null,
        change.failure_code ?? null,
        change.failure_message ?? null,
      ],
    )
    assert(stored, `refund ${row.id} is locked, so it is still ${row.status}`)
    return toRow(stored)
  }

  /** Writes down who decided about a refund that is locked and waits, and what. */
  async decide(tx: Transaction, row: RefundRow, decision: RefundDecision): Promise<RefundRow> {
    const [stored] = await tx.query<StoredRefund>(
      `update refunds
          set status = $4, decided_by = $5, decided_at = $6, decision_reason = $7, updated_at = $6
        where institution_id = $1 and livemode = $2 and id = $3 and status = 'awaiting_approval'
       returning *`,
      [...keyOf(row), decision.status, decision.by, decision.at, decision.reason],
    )
    assert(stored, `refund ${row.id} is locked, so it still waits`)
    return toRow(stored)
  }

  /** Counts one more question to the channel; null when there is nothing left to ask. */
  async countQuery(tx: Transaction, row: RefundRow): Promise<number | null> {
    const [counted] = await tx.query<{ query_count: number }>(
      `update refunds set query_count = query_count + 1
        where institution_id = $1 and livemode = $2 and id = $3 and status = any($4)
       returning query_count`,
      [...keyOf(row), OPEN_STATUSES],
    )
    return counted?.query_count ?? null
  }

  /**
   * Reserves the right to ask the channel for the money once more. False when a call that began after
   * `before` may still be under way, or the refund has ended.
   */
  async claimSending(row: RefundRow, now: Date, before: Date): Promise<boolean> {
    const claimed = await this.database.query(
      `update refunds set updated_at = $5
        where institution_id = $1 and livemode = $2 and id = $3 and status = any($4)
          and updated_at <= $6
       returning id`,
      [...keyOf(row), OPEN_STATUSES, now, before],
    )
    return claimed.length === 1
  }
}

const keyOf = (row: RefundRow) => [row.institution_id, row.livemode, row.id] as const

const textConditions = (text: string) => [
  { reason: containsText(text) },
  { out_refund_no: startsWithText(text) },
]

const ownedBy = ({ institution_id, livemode, app_id }: Caller) => ({
  institution_id,
  livemode,
  app_id,
})

const ofPayments = ({ institution_id, livemode }: Tenant, ids: readonly string[]) => ({
  institution_id,
  livemode,
  payment_id: { in: [...ids] },
})

function toRow(stored: StoredRefund): RefundRow {
  return { ...stored, status: Status.parse(stored.status), items: Items.parse(stored.items) }
}

function toCase(stored: StoredCase): RefundCase {
  const { order_channel, order_account_id, order_no, order_amount, ...rest } = stored
  const { order_transaction_no, order_method, order_placed_at, wallet_id, ...refund } = rest
  return {
    refund: toRow(refund),
    wallet_id,
    order: {
      channel: order_channel,
      channel_account_id: order_account_id,
      channel_order_no: order_no,
      channel_transaction_no: order_transaction_no,
      method: order_method,
      placed_at: order_placed_at,
      amount: order_amount,
    },
  }
}

// Hot path: plain SQL, because reads of one payment and its moves are the busiest statements of all.

import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import { Coalescer } from '../../infra/database/coalescer.js'
import { Database, type SqlReader, type Transaction } from '../../infra/database/database.js'
import { SET_ASIDE, type Tenant } from '../../infra/http/caller.js'
import {
  amountCondition,
  containsText,
  startsWithText,
  type TableFilter,
} from '../../infra/http/table-filter.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import { assert } from '../../kernel/assert.js'
import { type Page, toPage } from '../../kernel/pagination.js'
import { CHANNEL_CODES, CHANNEL_METHODS } from '../channels/channel.port.js'
import { NextAction } from './payment.schema.js'
import { PAYMENT_STATUSES, type PaymentStatus } from './payment.state.js'
import type { Payment, PaymentAttempt, PaymentItem, PaymentSplit } from './payment.types.js'
import { ALSO_OF_PAYER, ONLY_OF_PAYER } from './payment-of-payer.sql.js'

/** Columns that a move may change besides the status. */
export type PaymentChange = Partial<
  Pick<
    Payment,
    | 'channel'
    | 'method'
    | 'next_action'
    | 'current_attempt_id'
    | 'failure_code'
    | 'failure_message'
    | 'succeeded_at'
    | 'closed_at'
  >
>

/** What a payment says of the order it waits for. */
export type PaymentOrder = Pick<
  Payment,
  'current_attempt_id' | 'channel' | 'method' | 'next_action'
>

export interface PaymentListFilter extends ListFilter, TableFilter {
  readonly status?: PaymentStatus | undefined
  readonly out_trade_no?: string | undefined
  readonly checkout_id?: string | undefined
  readonly channel?: string | undefined
  /** Only these; null: whichever. */
  readonly among: readonly string[] | null
}

const idIn = (ids: readonly string[] | null) => (ids === null ? {} : { id: { in: [...ids] } })

const textConditions = (text: string) => [
  { subject: containsText(text) },
  { out_trade_no: startsWithText(text) },
]

interface WantedPayment {
  readonly tenant: Tenant
  readonly appId: string
  readonly id: string
}

@Injectable()
export class PaymentRepository {
  /** Payments that are asked for at the same moment are found by one statement. */
  private readonly finder: Coalescer<WantedPayment, Payment | null>

  constructor(private readonly database: Database) {
    this.finder = new Coalescer({
      groupOf: ({ tenant }) => `${tenant.institution_id} ${tenant.livemode}`,
      run: (wanted) => this.findAll(wanted),
    })
  }

  find(tenant: Tenant, appId: string, id: string): Promise<Payment | null> {
    return this.finder.submit({ tenant, appId, id })
  }

  private async findAll(wanted: readonly WantedPayment[]): Promise<(Payment | null)[]> {
    const [first] = wanted
    if (!first) return []
    const { institution_id, livemode } = first.tenant
    const rows = await this.database.query<Payment>(
      'select * from payments where institution_id = $1 and livemode = $2 and id = any($3::text[])',
      [institution_id, livemode, wanted.map(({ id }) => id)],
      'payment_find',
    )
    const found = new Map(rows.map((row) => [row.id, row]))
    return wanted.map(({ id, appId }) => {
      const row = found.get(id)
      return row?.app_id === appId ? row : null
    })
  }

  /** Without asking whose app: for the cashier and for background work. */
  async findAny(tenant: Tenant, id: string): Promise<Payment | null> {
    const [row] = await this.database.query<Payment>(
      'select * from payments where institution_id = $1 and livemode = $2 and id = $3',
      [tenant.institution_id, tenant.livemode, id],
    )
    return row ?? null
  }

  async findByOutTradeNo(
    tenant: Tenant,
    appId: string,
    outTradeNo: string,
  ): Promise<Payment | null> {
    const [row] = await this.database.query<Payment>(
      `select * from payments
        where institution_id = $1 and livemode = $2 and app_id = $3 and out_trade_no = $4`,
      [tenant.institution_id, tenant.livemode, appId, outTradeNo],
    )
    return row ?? null
  }

  /** The payments of an app, or those of these ids. */
  async list(
    tenant: Tenant,
    of: { readonly app_id: string } | { readonly ids: readonly string[] },
    filter: PaymentListFilter,
  ): Promise<Page<Payment>> {
    const { where, ...paging } = listConditions(filter)
    const rows = await this.database.prisma.payment.findMany({
      where: {
        institution_id: tenant.institution_id,
        livemode: tenant.livemode,
        AND: ['ids' in of ? { id: { in: [...of.ids] } } : of, idIn(filter.among)],
        ...(filter.status ? { status: filter.status } : {}),
        ...(filter.out_trade_no ? { out_trade_no: filter.out_trade_no } : {}),
        ...(filter.checkout_id ? { checkout_id: filter.checkout_id } : {}),
        ...(filter.channel ? { channel: filter.channel } : {}),
        ...amountCondition(filter),
        ...(filter.text ? { OR: textConditions(filter.text) } : {}),
        ...where,
      },
      ...paging,
    })
    return toPage(rows.map(fromPrisma), filter.limit)
  }

  /**
   * The ids of what one payer paid for: payments whose bills are all theirs. One that also pays somebody
   * else's bill tells about that other person, so it is nobody's own.
   */
  async idsOfPayer(tenant: Tenant, payerId: string): Promise<string[]> {
    const { institution_id, livemode } = tenant
    const values = [institution_id, livemode, payerId, SET_ASIDE]
    const rows = await this.database.query<{ id: string }>(ONLY_OF_PAYER, values)
    return rows.map(({ id }) => id)
  }

  /** What collects a bill of this payer, whoever else's it collects too. */
  async idsForPayer(tenant: Tenant, appId: string, payerId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(ALSO_OF_PAYER, [
      tenant.institution_id,
      tenant.livemode,
      payerId,
      appId,
    ])
    return rows.map(({ id }) => id)
  }

  /** Locks the row for the rest of the transaction. */
  async lock(tx: Transaction, tenant: Tenant, id: string): Promise<Payment | null> {
    const [row] = await tx.query<Payment>(
      'select * from payments where institution_id = $1 and livemode = $2 and id = $3 for update',
      [tenant.institution_id, tenant.livemode, id],
    )
    return row ?? null
  }

  /** False when the id or the out_trade_no is taken. */
  async insert(tx: Transaction, payment: Payment): Promise<boolean> {
    const rows = await tx.query(
      `insert into payments (institution_id, livemode, id, app_id, department_id, checkout_id,
         out_trade_no, subject, currency, amount, status, channel, method, current_attempt_id,
         return_url, expires_at, metadata, created_at, updated_at, wallet_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19)
       on conflict do nothing returning id`,
      [
        payment.institution_id,
        payment.livemode,
        payment.id,
        payment.app_id,
        payment.department_id,
        payment.checkout_id,
        payment.out_trade_no,
        payment.subject,
        payment.currency,
        payment.amount,
        payment.status,
        payment.channel,
        payment.method,
        payment.current_attempt_id,
        payment.return_url,
        payment.expires_at,
        JSON.stringify(payment.metadata),
        payment.created_at,
        payment.wallet_id,
      ],
    )
    return rows.length === 1
  }

  /** Moves a payment, if it still is where the caller saw it. Null: it moved in between. */
  async move(
    tx: Transaction,
    payment: Payment,
    status: PaymentStatus,
    change: PaymentChange,
  ): Promise<Payment | null> {
    const [row] = await tx.query<Payment>(
      `update payments set status = $5, updated_at = now(),
         channel = coalesce($6, channel), method = coalesce($7, method),
         next_action = $8, failure_code = $9, failure_message = $10,
         succeeded_at = $11, closed_at = $12,
         current_attempt_id = coalesce($13, current_attempt_id)
        where institution_id = $1 and livemode = $2 and id = $3 and status = $4
        returning *`,
      [
        payment.institution_id,
        payment.livemode,
        payment.id,
        payment.status,
        status,
        change.channel ?? null,
        change.method ?? null,
        change.next_action ? JSON.stringify(change.next_action) : null,
        change.failure_code ?? null,
        change.failure_message ?? null,
        change.succeeded_at ?? null,
        change.closed_at ?? null,
        change.current_attempt_id ?? null,
      ],
    )
    return row ?? null
  }

  /** Turns a locked payment to another order, or away from the last one, without moving it. */
  async turn(tx: Transaction, payment: Payment, to: PaymentOrder): Promise<Payment> {
    const [row] = await tx.query<Payment>(
      `update payments set current_attempt_id = $4, channel = $5, method = $6, next_action = $7,
         updated_at = now()
        where institution_id = $1 and livemode = $2 and id = $3 and status = $8
        returning *`,
      [
        payment.institution_id,
        payment.livemode,
        payment.id,
        to.current_attempt_id,
        to.channel,
        to.method,
        to.next_action ? JSON.stringify(to.next_action) : null,
        payment.status,
      ],
    )
    assert(row, 'a locked payment does not move under us')
    return row
  }

  /**
   * Notes the channel that the payer chose, before any order is placed there. Null: another choice was
   * faster, or the payment is over. A payment has a channel if and only if it has an attempt.
   */
  async choose(
    tx: Transaction,
    payment: Payment,
    { channel, method, id }: Pick<PaymentAttempt, 'channel' | 'method' | 'id'>,
  ): Promise<Payment | null> {
    const [row] = await tx.query<Payment>(
      `update payments set channel = $4, method = $5, current_attempt_id = $6, updated_at = now()
        where institution_id = $1 and livemode = $2 and id = $3
          and status = 'created' and channel is null
        returning *`,
      [payment.institution_id, payment.livemode, payment.id, channel, method, id],
    )
    return row ?? null
  }

  /** The payment under way of a checkout, if there is one. */
  async findOpenOfCheckout(
    tenant: Tenant,
    checkoutId: string,
    reader: SqlReader = this.database,
  ): Promise<Payment | null> {
    const [row] = await reader.query<Payment>(
      `select * from payments
        where institution_id = $1 and livemode = $2 and checkout_id = $3
          and status in ('created', 'pending', 'processing')
        order by id desc limit 1`,
      [tenant.institution_id, tenant.livemode, checkoutId],
    )
    return row ?? null
  }

  async latestOfCheckout(tenant: Tenant, checkoutId: string): Promise<Payment | null> {
    const [row] = await this.database.query<Payment>(
      `select * from payments where institution_id = $1 and livemode = $2 and checkout_id = $3
        order by id desc limit 1`,
      [tenant.institution_id, tenant.livemode, checkoutId],
    )
    return row ?? null
  }

  /** Parts of a payment and what of them goes to whom: never changed but for what refunds take back. */
  async insertItems(tx: Transaction, items: readonly PaymentItem[]): Promise<void> {
    // Nothing is refunded yet, and a bigint has no JSON form.
    const rows = items.map(({ amount_refunded: _, splits, amount, ...item }) => ({
      ...item,
      amount: Number(amount),
      splits: splits.map((split) => ({
        ...split,
        amount: Number(split.amount),
        amount_refunded: 0,
      })),
    }))
    await tx.query(
      `with item as (
         select * from jsonb_to_recordset($1) as item(institution_id text, livemode boolean,
           payment_id text, position int, bill_id text, department_id text, amount bigint, splits jsonb)
       ), added as (
         insert into payment_items (institution_id, livemode, payment_id, position, bill_id,
           department_id, amount)
         select institution_id, livemode, payment_id, position, bill_id, department_id, amount from item
       )
       insert into payment_splits (institution_id, livemode, payment_id, item_position, position,
         department_id, share, amount)
       select item.institution_id, item.livemode, item.payment_id, item.position, split.position,
              split.department_id, split.share, split.amount
         from item
        cross join lateral jsonb_to_recordset(item.splits) as split(position int, department_id text,
              share int, amount bigint)`,
      [JSON.stringify(rows)],
    )
  }

  async items(tx: Transaction, tenant: Tenant, paymentId: string): Promise<PaymentItem[]> {
    const key = [tenant.institution_id, tenant.livemode, paymentId]
    const items = await tx.query<Omit<PaymentItem, 'splits'>>(
      `select * from payment_items where institution_id = $1 and livemode = $2 and payment_id = $3
        order by position`,
      key,
    )
    if (items.length === 0) return []
    const splits = await tx.query<PaymentSplit & { readonly item_position: number }>(
      `select item_position, position, department_id, share, amount, amount_refunded
         from payment_splits where institution_id = $1 and livemode = $2 and payment_id = $3
        order by item_position, position`,
      key,
    )
    return items.map((item) => ({
      ...item,
      splits: splits.filter(({ item_position }) => item_position === item.position),
    }))
  }

  /** Payments without an order that could still be paid, and whose time is over. */
  findExpired(now: Date, limit: number, app: AppRef | null = null): Promise<Payment[]> {
    return this.database.query<Payment>(
      `select * from payments
        where expires_at <= $1 and (status = 'created' and channel is null
           or status = 'pending' and current_attempt_id is null)
          ${app ? 'and institution_id = $3 and livemode = $4 and app_id = $5' : ''}
        order by expires_at limit $2`,
      app ? [now, limit, app.institution_id, app.livemode, app.app_id] : [now, limit],
    )
  }
}

const PaymentRowTexts = {
  status: z.enum(PAYMENT_STATUSES),
  channel: z.enum(CHANNEL_CODES).nullable(),
  method: z.enum(CHANNEL_METHODS).nullable(),
  next_action: NextAction.nullable(),
}

/** Prisma knows statuses and channels as texts; the columns hold only what this module writes. */
function fromPrisma(
  row: Omit<Payment, 'status' | 'channel' | 'method' | 'next_action'> & {
    status: string
    channel: string | null
    method: string | null
    next_action: unknown
  },
): Payment {
  return {
    ...row,
    status: PaymentRowTexts.status.parse(row.status),
    channel: PaymentRowTexts.channel.parse(row.channel),
    method: PaymentRowTexts.method.parse(row.method),
    next_action: PaymentRowTexts.next_action.parse(row.next_action),
  }
}

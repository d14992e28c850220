import { Injectable } from '@nestjs/common'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import { type Caller, readableBy, type Tenant } from '../../infra/http/caller.js'
import {
  amountCondition,
  containsText,
  startsWithText,
  type TableFilter,
} from '../../infra/http/table-filter.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import { moveOf } from './bill.state.js'
import type { BillChannels, BillRow } from './bill.types.js'

export interface BillFilter extends ListFilter, TableFilter {
  readonly payer_id: string | null
  readonly fee_item_id: string | null
  readonly status: string | null
  readonly out_bill_no: string | null
}

/** A bill with what its fee item says about collecting it. */
export type BillWithFeeItem = BillRow & {
  readonly fee_item: {
    readonly partial_payment_allowed: boolean
    readonly partial_payment_minimum: bigint
    readonly channels: readonly string[]
  }
}

const collectionRules = {
  select: { partial_payment_allowed: true, partial_payment_minimum: true, channels: true },
} as const

/** Rows of `bills`: creating, reading, and the moves that are not about money. */
@Injectable()
export class BillRepository {
  constructor(private readonly database: Database) {}

  find(caller: Caller, id: string): Promise<BillRow | null> {
    return this.database.prisma.bill.findFirst({ where: { ...readableBy(caller), id } })
  }

  findByOutBillNo(caller: Caller, outBillNo: string): Promise<BillRow | null> {
    const where = { ...ownerOf(caller), out_bill_no: outBillNo }
    return this.database.prisma.bill.findFirst({ where })
  }

  list(caller: Caller, filter: BillFilter): Promise<BillRow[]> {
    const { payer_id, fee_item_id, status, out_bill_no } = filter
    const { where, orderBy, take } = listConditions(filter)
    return this.database.prisma.bill.findMany({
      where: {
        // Beside the filter, not under it: who asks for another payer's bills on behalf of one gets none.
        AND: readableBy(caller),
        ...(payer_id ? { payer_id } : {}),
        ...(fee_item_id ? { fee_item_id } : {}),
        ...(status ? { status } : {}),
        ...(out_bill_no ? { out_bill_no } : {}),
        ...amountCondition(filter),
        ...(filter.text ? { OR: textConditions(filter.text) } : {}),
        ...where,
      },
      orderBy,
      take,
    })
  }

  findMany(tenant: Tenant, ids: readonly string[]): Promise<BillRow[]> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.bill.findMany({
      where: { institution_id, livemode, id: { in: [...ids] } },
      orderBy: { id: 'asc' },
    })
  }

  async channelsOf(
    { institution_id, livemode }: Tenant,
    ids: readonly string[],
  ): Promise<BillChannels[]> {
    const rows = await this.database.prisma.bill.findMany({
      where: { institution_id, livemode, id: { in: [...ids] } },
      select: { title: true, fee_item: { select: { channels: true } } },
    })
    return rows.map(({ title, fee_item }) => ({ title, channels: fee_item.channels }))
  }

  findForCheckout(caller: Caller, ids: readonly string[]): Promise<BillWithFeeItem[]> {
    return this.database.prisma.bill.findMany({
      where: { ...ownerOf(caller), id: { in: [...ids] } },
      include: { fee_item: collectionRules },
    })
  }

  /** False when the out_bill_no (or the id) is there already. */
  async insert(tx: Transaction, row: BillRow): Promise<boolean> {
    const inserted = await tx.query(
      `insert into bills (institution_id, livemode, id, app_id, department_id, payer_id, fee_item_id,
                          out_bill_no, title, currency, amount, status, lines, expires_at, metadata,
                          created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
       on conflict do nothing
       returning id`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.app_id,
        row.department_id,
        row.payer_id,
        row.fee_item_id,
        row.out_bill_no,
        row.title,
        row.currency,
        row.amount,
        row.status,
        JSON.stringify(row.lines),
        row.expires_at,
        JSON.stringify(row.metadata),
        row.created_at,
      ],
    )
    return inserted.length === 1
  }

  /** The row as it is now, held until the transaction ends. */
  async lock(tx: Transaction, caller: Caller, id: string): Promise<BillRow | null> {
    const [row] = await tx.query<BillRow>(
      `select * from bills
        where institution_id = $1 and livemode = $2 and app_id = $3 and id = $4
          for no key update`,
      [...ownerValues(caller), id],
    )
    return row ?? null
  }

  /** Writes what may change of a row that `lock` holds; money and lifecycle have statements of their own. */
  async save(tx: Transaction, row: BillRow): Promise<void> {
    await tx.query(
      `update bills set status = $4, expires_at = $5, metadata = $6, updated_at = $7
        where institution_id = $1 and livemode = $2 and id = $3`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.status,
        row.expires_at,
        JSON.stringify(row.metadata),
        row.updated_at,
      ],
    )
  }

  /**
   * Expires a batch of bills, of every institution or of one app, whose time is over and which no payment holds.
   * Workers that meet take different ones. Each row carries its app's version, for the event.
   */
  expire(
    tx: Transaction,
    now: Date,
    limit: number,
    app: AppRef | null = null,
  ): Promise<(BillRow & { api_version: string })[]> {
    const { from, to } = moveOf('window_ended')
    // Written out, not a parameter: only so can the planner use the partial index bills_expiring.
    const statuses = from.map((status) => `'${status}'`).join(', ')
    return tx.query(
      `with due as (
         select bill.institution_id, bill.livemode, bill.id, app.api_version
           from bills bill
           join apps app on app.institution_id = bill.institution_id and app.id = bill.app_id
          where bill.status in (${statuses}) and bill.expires_at <= $1 and bill.amount_reserved = 0
            ${app ? 'and bill.institution_id = $4 and bill.livemode = $5 and bill.app_id = $6' : ''}
          order by bill.expires_at
          limit $2
            for no key update of bill skip locked
       )
       update bills bill set status = $3, updated_at = $1
         from due
        where bill.institution_id = due.institution_id and bill.livemode = due.livemode
          and bill.id = due.id
        returning bill.*, due.api_version`,
      [now, limit, to, ...(app ? [app.institution_id, app.livemode, app.app_id] : [])],
    )
  }
}

const textConditions = (text: string) => [
  { title: containsText(text) },
  { out_bill_no: startsWithText(text) },
]

const ownerOf = ({ institution_id, livemode, app_id }: Caller) => ({
  institution_id,
  livemode,
  app_id,
})

const ownerValues = (caller: Caller) => [caller.institution_id, caller.livemode, caller.app_id]

import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { amountCondition, containsText, type TableFilter } from '../../infra/http/table-filter.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../kernel/pagination.js'
import { CHECKOUT_STATUSES, type CheckoutStatus } from './checkout.state.js'
import type { Checkout, CheckoutItem } from './checkout.types.js'

@Injectable()
export class CheckoutRepository {
  constructor(private readonly database: Database) {}

  async find(tenant: Tenant, appId: string, id: string): Promise<Checkout | null> {
    const found = await this.findAny(tenant, id)
    return found?.app_id === appId ? found : null
  }

  /** Without asking whose app: for the cashier and for background work. */
  async findAny(tenant: Tenant, id: string): Promise<Checkout | null> {
    const [row] = await this.database.query<Checkout>(
      'select * from checkouts where institution_id = $1 and livemode = $2 and id = $3',
      [tenant.institution_id, tenant.livemode, id],
    )
    return row ?? null
  }

  async lock(tx: Transaction, tenant: Tenant, id: string): Promise<Checkout | null> {
    const [row] = await tx.query<Checkout>(
      'select * from checkouts where institution_id = $1 and livemode = $2 and id = $3 for update',
      [tenant.institution_id, tenant.livemode, id],
    )
    return row ?? null
  }

  async list(
    tenant: Tenant,
    appId: string,
    filter: ListFilter & TableFilter & { readonly status?: CheckoutStatus | undefined },
  ): Promise<Page<Checkout>> {
    const { where, ...paging } = listConditions(filter)
    const rows = await this.database.prisma.checkout.findMany({
      where: {
        institution_id: tenant.institution_id,
        livemode: tenant.livemode,
        app_id: appId,
        ...(filter.status ? { status: filter.status } : {}),
        ...amountCondition(filter),
        ...(filter.text ? { title: containsText(filter.text) } : {}),
        ...where,
      },
      ...paging,
    })
    const statuses = z.enum(CHECKOUT_STATUSES)
    return toPage(
      rows.map((row) => ({ ...row, status: statuses.parse(row.status) })),
      filter.limit,
    )
  }

  /** The items of many checkouts at once, in the order of their bills. */
  async itemsOf(
    tenant: Tenant,
    ids: readonly string[],
  ): Promise<(CheckoutItem & { checkout_id: string })[]> {
    return this.database.query(
      `select checkout_id, bill_id, department_id, amount from checkout_items
        where institution_id = $1 and livemode = $2 and checkout_id = any($3) order by bill_id`,
      [tenant.institution_id, tenant.livemode, ids],
    )
  }

  async items(tx: Transaction, tenant: Tenant, id: string): Promise<CheckoutItem[]> {
    return tx.query<CheckoutItem>(
      `select bill_id, department_id, amount from checkout_items
        where institution_id = $1 and livemode = $2 and checkout_id = $3 order by bill_id`,
      [tenant.institution_id, tenant.livemode, id],
    )
  }

  /** False when this id was created before: a call that is repeated after a crash. */
  async insert(
    tx: Transaction,
    checkout: Checkout,
    items: readonly CheckoutItem[],
  ): Promise<boolean> {
    const inserted = await tx.query(
      `insert into checkouts (institution_id, livemode, id, app_id, department_id, title, currency,
         amount, status, return_url, expires_at, metadata, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
       on conflict do nothing returning id`,
      [
        checkout.institution_id,
        checkout.livemode,
        checkout.id,
        checkout.app_id,
        checkout.department_id,
        checkout.title,
        checkout.currency,
        checkout.amount,
        checkout.status,
        checkout.return_url,
        checkout.expires_at,
        JSON.stringify(checkout.metadata),
        checkout.created_at,
      ],
    )
    if (inserted.length === 0) return false
    await tx.query(
      `insert into checkout_items (institution_id, livemode, checkout_id, bill_id, department_id, amount)
       select $1, $2, $3, bill_id, department_id, amount
         from jsonb_to_recordset($4) as item(bill_id text, department_id text, amount bigint)`,
      [
        checkout.institution_id,
        checkout.livemode,
        checkout.id,
        JSON.stringify(items.map((item) => ({ ...item, amount: Number(item.amount) }))),
      ],
    )
    return true
  }

  /** Moves an open checkout; null when it is open no more. */
  async leaveOpen(
    tx: Transaction,
    tenant: Tenant,
    id: string,
    status: CheckoutStatus,
  ): Promise<Checkout | null> {
    const [row] = await tx.query<Checkout>(
      `update checkouts set status = $4, updated_at = now()
        where institution_id = $1 and livemode = $2 and id = $3 and status = 'open' returning *`,
      [tenant.institution_id, tenant.livemode, id, status],
    )
    return row ?? null
  }

  /** Open checkouts out of time with no payment under way. */
  findExpired(now: Date, limit: number, app: AppRef | null = null): Promise<Checkout[]> {
    return this.database.query<Checkout>(
      `select * from checkouts where status = 'open' and expires_at <= $1
          and not exists (select from payments
            where payments.institution_id = checkouts.institution_id
              and payments.livemode = checkouts.livemode and payments.checkout_id = checkouts.id
              and payments.status in ('created', 'pending', 'processing'))
          ${app ? 'and institution_id = $3 and livemode = $4 and app_id = $5' : ''}
        order by expires_at limit $2`,
      app ? [now, limit, app.institution_id, app.livemode, app.app_id] : [now, limit],
    )
  }
}

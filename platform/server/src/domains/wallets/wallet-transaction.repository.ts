import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { Database, type SqlReader, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../kernel/pagination.js'
import { MOVEMENT_KINDS, type MovementKind, type WalletTransactionRow } from './wallet.types.js'

/** A movement of an order, as a statement tells of it. */
export interface OrderMovement extends WalletTransactionRow {
  readonly order_no: string
}

const Kind = z.enum(MOVEMENT_KINDS)
const COLUMNS = `institution_id, livemode, id, wallet_id, kind, source_id, order_no, currency, amount,
  balance_change, held_change, balance_after, description, created_at`

@Injectable()
export class WalletTransactionRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Transaction, row: WalletTransactionRow, businessDate: string): Promise<void> {
    await tx.query(
      `insert into wallet_transactions (${COLUMNS}, business_date)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::date)`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.wallet_id,
        row.kind,
        row.source_id,
        row.order_no,
        row.currency,
        row.amount,
        row.balance_change,
        row.held_change,
        row.balance_after,
        row.description,
        row.created_at,
        businessDate,
      ],
    )
  }

  async find(
    tenant: Tenant,
    kind: MovementKind,
    sourceId: string,
    reader: SqlReader = this.database,
  ): Promise<WalletTransactionRow | null> {
    const [row] = await reader.query<WalletTransactionRow>(
      `select ${COLUMNS} from wallet_transactions
        where institution_id = $1 and livemode = $2 and kind = $3 and source_id = $4`,
      [tenant.institution_id, tenant.livemode, kind, sourceId],
    )
    return row ?? null
  }

  /** The charges of one business day; read while the wallet is locked, so that none is missed. */
  async chargedOn(
    tx: Transaction,
    tenant: Tenant,
    walletId: string,
    businessDate: string,
  ): Promise<bigint> {
    const [row] = await tx.query<{ total: bigint }>(
      `select coalesce(sum(amount), 0)::bigint as total from wallet_transactions
        where institution_id = $1 and livemode = $2 and wallet_id = $3 and business_date = $4::date
          and kind = 'charge'`,
      [tenant.institution_id, tenant.livemode, walletId, businessDate],
    )
    return row?.total ?? 0n
  }

  /** What the orders of an account moved on one day, in the order of the ids, page by page. */
  ofDay(
    tenant: Tenant,
    channelAccountId: string,
    businessDate: string,
    after: string,
    limit: number,
  ): Promise<OrderMovement[]> {
    return this.database.query<OrderMovement>(
      `select movement.*
         from wallet_transactions as movement
         join wallet_orders as orders
           on orders.institution_id = movement.institution_id
          and orders.livemode = movement.livemode and orders.order_no = movement.order_no
        where movement.institution_id = $1 and movement.livemode = $2
          and movement.business_date = $4::date and movement.order_no is not null
          and orders.channel_account_id = $3 and movement.id > $5
        order by movement.id limit $6`,
      [tenant.institution_id, tenant.livemode, channelAccountId, businessDate, after, limit],
    )
  }

  async list(
    tenant: Tenant,
    walletId: string,
    filter: ListFilter & { readonly kind: MovementKind | null },
  ): Promise<Page<WalletTransactionRow>> {
    const { where, ...paging } = listConditions(filter)
    const rows = await this.database.prisma.wallet_transaction.findMany({
      where: {
        institution_id: tenant.institution_id,
        livemode: tenant.livemode,
        wallet_id: walletId,
        ...(filter.kind ? { kind: filter.kind } : {}),
        ...where,
      },
      ...paging,
    })
    return toPage(
      rows.map((row) => ({ ...row, kind: Kind.parse(row.kind) })),
      filter.limit,
    )
  }
}

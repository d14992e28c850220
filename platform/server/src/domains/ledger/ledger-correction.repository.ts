import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { Database, type SqlReader, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { type ListFilter, listConditions, wireAmount } from '../../infra/http/wire.schema.js'
import type { BookedEntry } from './ledger.rules.js'
import {
  CORRECTION_KINDS,
  CORRECTION_STATUSES,
  type CorrectionRow,
  type CorrectionStatus,
} from './ledger-correction.types.js'

/** A class of advisory locks of its own: one lock per corrected transaction. */
const LOCK_CLASS = 7_003

export interface CorrectionFilter extends ListFilter {
  readonly status: CorrectionStatus | null
  readonly corrects_id: string | null
}

const Texts = {
  kind: z.enum(CORRECTION_KINDS),
  status: z.enum(CORRECTION_STATUSES),
  entries: z.array(
    z.object({
      account: z.string(),
      direction: z.enum(['debit', 'credit']),
      amount: z.int().positive().transform(BigInt),
    }),
  ),
}

type StoredCorrection = Omit<CorrectionRow, 'kind' | 'status' | 'entries'> & {
  readonly kind: string
  readonly status: string
  readonly entries: unknown
}

@Injectable()
export class LedgerCorrectionRepository {
  constructor(private readonly database: Database) {}

  /** Corrections of one transaction are decided one after the other. */
  async lockTransaction(tx: Transaction, tenant: Tenant, transactionId: string): Promise<void> {
    await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [
      LOCK_CLASS,
      `${tenant.institution_id} ${transactionId}`,
    ])
  }

  /** The entries of a transaction and of every correction of it that was posted; none: no such transaction. */
  booked(tx: Transaction, tenant: Tenant, transactionId: string): Promise<BookedEntry[]> {
    return tx.query<BookedEntry>(
      `select entry.account_code, entry.currency, entry.direction, entry.amount
         from ledger_entries as entry
        where entry.institution_id = $1 and entry.livemode = $2
          and entry.transaction_id in (
            select $3 union all
            select id from ledger_transactions
             where institution_id = $1 and livemode = $2 and corrects_id = $3)
        order by entry.transaction_id, entry.position`,
      [...keyOf(tenant), transactionId],
    )
  }

  /** Those of these account codes on which something was booked. */
  async accountsAmong(
    tx: Transaction,
    tenant: Tenant,
    codes: readonly string[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ code: string }>(
      `select distinct code from ledger_accounts
        where institution_id = $1 and livemode = $2 and code = any($3)`,
      [...keyOf(tenant), codes],
    )
    return new Set(rows.map(({ code }) => code))
  }

  /** False when the transaction is reversed already, or somebody asked for it. */
  async insert(tx: Transaction, row: CorrectionRow): Promise<boolean> {
    const entries = row.entries.map((entry) => ({ ...entry, amount: wireAmount(entry.amount) }))
    const added = await tx.query(
      `insert into ledger_corrections (institution_id, livemode, id, app_id, kind, corrects_id, reason,
         currency, entries, status, requested_by, metadata, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       on conflict (institution_id, livemode, corrects_id)
         where kind = 'reversal' and status <> 'rejected' do nothing
       returning id`,
      [
        ...keyOf(row),
        row.id,
        row.app_id,
        row.kind,
        row.corrects_id,
        row.reason,
        row.currency,
        JSON.stringify(entries),
        row.status,
        row.requested_by,
        JSON.stringify(row.metadata),
        row.created_at,
      ],
    )
    return added.length === 1
  }

  async find(
    tenant: Tenant,
    id: string,
    reader: SqlReader = this.database,
  ): Promise<CorrectionRow | null> {
    const [row] = await reader.query<StoredCorrection>(
      'select * from ledger_corrections where institution_id = $1 and livemode = $2 and id = $3',
      [...keyOf(tenant), id],
    )
    return row ? toRow(row) : null
  }

  async lock(tx: Transaction, tenant: Tenant, id: string): Promise<CorrectionRow | null> {
    const [row] = await tx.query<StoredCorrection>(
      `select * from ledger_corrections
        where institution_id = $1 and livemode = $2 and id = $3 for update`,
      [...keyOf(tenant), id],
    )
    return row ? toRow(row) : null
  }

  /** Writes the decision on a correction that `lock` holds and that awaits one. */
  async decide(tx: Transaction, row: CorrectionRow): Promise<void> {
    await tx.query(
      `update ledger_corrections
          set status = $4, decided_by = $5, decided_at = $6, transaction_id = $7
        where institution_id = $1 and livemode = $2 and id = $3 and status = 'awaiting_approval'`,
      [...keyOf(row), row.id, row.status, row.decided_by, row.decided_at, row.transaction_id],
    )
  }

  async list(tenant: Tenant, filter: CorrectionFilter): Promise<CorrectionRow[]> {
    const { where, orderBy, take } = listConditions(filter)
    const rows = await this.database.prisma.ledger_correction.findMany({
      where: {
        institution_id: tenant.institution_id,
        livemode: tenant.livemode,
        ...(filter.status ? { status: filter.status } : {}),
        ...(filter.corrects_id ? { corrects_id: filter.corrects_id } : {}),
        ...where,
      },
      orderBy,
      take,
    })
    return rows.map(toRow)
  }
}

const keyOf = ({ institution_id, livemode }: Tenant) => [institution_id, livemode]

function toRow(stored: StoredCorrection): CorrectionRow {
  return {
    ...stored,
    kind: Texts.kind.parse(stored.kind),
    status: Texts.status.parse(stored.status),
    entries: Texts.entries.parse(stored.entries),
  }
}

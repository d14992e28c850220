import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Caller, Tenant } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../../kernel/pagination.js'
import { ExportFilters } from './export.schema.js'
import {
  EXPORT_KINDS,
  EXPORT_LANGUAGES,
  EXPORT_STATUSES,
  type ExportRow,
  PERSONAL_DATA,
} from './export.types.js'

/** What of a stored row Prisma and `pg` know only as text or JSON. */
const Stored = z.object({
  kind: z.enum(EXPORT_KINDS),
  filters: ExportFilters,
  language: z.enum(EXPORT_LANGUAGES),
  personal_data: z.enum(PERSONAL_DATA),
  status: z.enum(EXPORT_STATUSES),
})

type StoredRow = Omit<ExportRow, keyof z.infer<typeof Stored>> &
  Record<keyof z.infer<typeof Stored>, unknown>

@Injectable()
export class ExportRepository {
  constructor(private readonly database: Database) {}

  async find(tenant: Tenant, appId: string | null, id: string): Promise<ExportRow | null> {
    const { institution_id, livemode } = tenant
    const row = await this.database.prisma.export_file.findFirst({
      where: { institution_id, livemode, id, ...(appId === null ? {} : { app_id: appId }) },
    })
    return row && toRow(row)
  }

  async list(
    caller: Caller,
    filter: ListFilter & { readonly status: string | null },
  ): Promise<Page<ExportRow>> {
    const { institution_id, livemode, app_id } = caller
    const { where, ...paging } = listConditions(filter)
    const rows = await this.database.prisma.export_file.findMany({
      where: {
        ...{ institution_id, livemode, app_id },
        ...(filter.status ? { status: filter.status } : {}),
        ...where,
      },
      ...paging,
    })
    return toPage(rows.map(toRow), filter.limit)
  }

  /** One after the other for each app, so that two at once cannot both be the last that is allowed. */
  async countRunning(tx: Transaction, caller: Caller): Promise<number> {
    const { institution_id, livemode, app_id } = caller
    await tx.query("select pg_advisory_xact_lock(hashtext('exports'), hashtext($1))", [app_id])
    const [row] = await tx.query<{ count: number }>(
      `select count(*)::int as count from exports
        where institution_id = $1 and livemode = $2 and app_id = $3 and status = 'running'`,
      [institution_id, livemode, app_id],
    )
    return row?.count ?? 0
  }

  /** False when this id was created before: a call that is repeated after a crash. */
  async insert(tx: Transaction, row: ExportRow): Promise<boolean> {
    const inserted = await tx.query(
      `insert into exports (institution_id, livemode, id, app_id, kind, filters, language,
         personal_data, requested_by, status, created_at, updated_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
       on conflict do nothing returning id`,
      [
        ...[row.institution_id, row.livemode, row.id, row.app_id, row.kind],
        ...[JSON.stringify(row.filters), row.language, row.personal_data, row.requested_by],
        ...[row.status, row.created_at, row.expires_at],
      ],
    )
    return inserted.length === 1
  }
}

function toRow(stored: StoredRow): ExportRow {
  return { ...stored, ...Stored.parse(stored) }
}

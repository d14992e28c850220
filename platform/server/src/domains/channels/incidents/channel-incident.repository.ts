import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import type { ChannelIncidentRow } from './channel-incident.types.js'

/** However many processes: no account keeps more than this in a day. */
const ROWS_PER_DAY_MAX = 1_000

@Injectable()
export class ChannelIncidentRepository {
  constructor(private readonly database: Database) {}

  /** False when the account has its share for today. */
  async insert(row: ChannelIncidentRow): Promise<boolean> {
    const rows = await this.database.query(
      `insert into channel_incidents (institution_id, livemode, id, account_id, kind, reason, excerpt,
         length, suppressed, created_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        where (select count(*) from (
                 select from channel_incidents
                  where institution_id = $1 and livemode = $2 and account_id = $4
                    and created_at > $10::timestamptz - interval '1 day'
                  limit ${ROWS_PER_DAY_MAX}) as today) < ${ROWS_PER_DAY_MAX}
       returning id`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.account_id,
        row.kind,
        row.reason,
        row.excerpt ? Buffer.from(row.excerpt) : null,
        row.length,
        row.suppressed,
        row.created_at,
      ],
    )
    return rows.length === 1
  }

  list(
    tenant: Tenant,
    accountId: string,
    filter: ListFilter & { readonly kind: string | null },
  ): Promise<ChannelIncidentRow[]> {
    const { where, orderBy, take } = listConditions(filter)
    return this.database.prisma.channel_incident.findMany({
      where: {
        institution_id: tenant.institution_id,
        livemode: tenant.livemode,
        account_id: accountId,
        ...(filter.kind ? { kind: filter.kind } : {}),
        ...where,
      },
      orderBy,
      take,
    })
  }

  /** Of all institutions. Returns how many went. */
  async deleteBefore(moment: Date, limit: number): Promise<number> {
    const rows = await this.database.query(
      `delete from channel_incidents where ctid in (
         select ctid from channel_incidents where created_at < $1 limit $2) returning id`,
      [moment, limit],
    )
    return rows.length
  }
}

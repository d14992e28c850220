import { Injectable } from '@nestjs/common'
import { Database, type SqlReader, type Transaction } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import type { ChannelHealthRow } from './channel-health.types.js'

@Injectable()
export class ChannelHealthRepository {
  constructor(private readonly database: Database) {}

  /** Of every account of a tenant that was ever unwell. */
  findAll(tenant: Tenant): Promise<ChannelHealthRow[]> {
    return this.database.query<ChannelHealthRow>(
      'select * from channel_health where institution_id = $1 and livemode = $2',
      [tenant.institution_id, tenant.livemode],
    )
  }

  async find(
    tenant: Tenant,
    accountId: string,
    reader: SqlReader = this.database,
  ): Promise<ChannelHealthRow | null> {
    const [row] = await reader.query<ChannelHealthRow>(
      `select * from channel_health
        where institution_id = $1 and livemode = $2 and account_id = $3`,
      [tenant.institution_id, tenant.livemode, accountId],
    )
    return row ?? null
  }

  /** Saves a move, unless another process has moved the breaker since `seen` was read. */
  async save(
    tx: Transaction,
    row: ChannelHealthRow,
    seen: ChannelHealthRow | null,
  ): Promise<boolean> {
    const rows = await tx.query(
      `insert into channel_health (institution_id, livemode, account_id, state, since, trips,
         retry_at, last_error, last_error_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (institution_id, livemode, account_id) do update
         set state = $4, since = $5, trips = $6, retry_at = $7, last_error = $8, last_error_at = $9
         where channel_health.state = $10 and channel_health.retry_at = $11
       returning account_id`,
      [
        row.institution_id,
        row.livemode,
        row.account_id,
        row.state,
        row.since,
        row.trips,
        row.retry_at,
        row.last_error,
        row.last_error_at,
        seen?.state ?? null,
        seen?.retry_at ?? null,
      ],
    )
    return rows.length === 1
  }
}

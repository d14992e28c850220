// Reads `request_logs` in the order of the transactions that wrote it, which Prisma has no words for.

import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { SUMMARY_COLUMNS } from './request-log.repository.js'
import type { RequestLogSummary } from './request-log.types.js'
import { idAt, parametersOf, type RequestLogFilter } from './request-log-filter.sql.js'
import type { LogPosition } from './request-log-position.js'

export type WrittenCall = RequestLogSummary & { readonly written_in: bigint }

/** Every transaction below this one has ended: whatever it wrote is readable now or never. */
const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint'

/** No call is written down later than this after its arrival. Keeps old days out of the plan. */
const WRITTEN_WITHIN_MS = 3_600_000

/** Reading the log forwards. A long poll is one of these in a while, so that waiting holds no connection. */
@Injectable()
export class RequestLogTailRepository {
  constructor(private readonly database: Database) {}

  async horizon(): Promise<bigint> {
    const [row] = await this.database.query<{ horizon: bigint }>(`select ${HORIZON} as horizon`)
    return row?.horizon ?? 0n
  }

  /** What became readable after a place, oldest first, without the reading of the log itself. */
  async after(
    caller: Caller,
    position: LogPosition,
    horizon: bigint,
    filter: RequestLogFilter,
  ): Promise<WrittenCall[]> {
    const since = new Date(position.at_ms - WRITTEN_WITHIN_MS)
    const { conditions, values } = parametersOf(
      [
        ...[caller.institution_id, caller.livemode, caller.app_id],
        ...[position.written_in, position.id, horizon, idAt(since)],
      ],
      { ...filter, cursor: null },
    )
    return this.database.query<WrittenCall>(
      `select ${SUMMARY_COLUMNS.join(', ')}, written_in from request_logs
        where institution_id = $1 and livemode = $2 and app_id = $3 and id >= $7
          and written_in >= $4 and written_in < $6
          and (written_in > $4 or id > $5::text)
          and not (method = 'GET' and coalesce(route, '') = '/v1/request_logs')
          ${conditions.map((condition) => `and ${condition}`).join(' ')}
        order by written_in, id limit ${filter.limit}`,
      values,
    )
  }
}

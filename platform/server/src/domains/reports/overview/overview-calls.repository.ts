// The request log in numbers. Ids carry the time, so a span of time is a range of the primary key.

import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { idFloor } from '../../../kernel/id.js'
import { CODES_MAX } from './overview.schema.js'
import type { CallCounts, CallTimes, CodeCount, OverviewSpan } from './overview.types.js'

/** A bucket's times rest on this many slices of it, and on so many calls of each. */
const SLICES = 8
const CALLS_PER_SLICE = 50

/** What waits because it was asked to says nothing of how fast we are. */
const NOT_WAITING = "coalesce(query, '') not like '%wait_seconds=%'"

@Injectable()
export class OverviewCallsRepository {
  constructor(private readonly database: Database) {}

  /** Every call: the index alone says how it was answered. */
  counts(caller: Caller, buckets: readonly Date[], end: Date): Promise<CallCounts[]> {
    return this.database.query<CallCounts>(
      `select bucket, counted.* from unnest($4::timestamptz[], $5::text[], $6::text[])
                as span(bucket, first_id, end_id)
        cross join lateral (
          select count(*)::int as calls,
                 count(*) filter (where status between 400 and 499)::int as client_errors,
                 count(*) filter (where status >= 500)::int as server_errors
            from request_logs
           where institution_id = $1 and livemode = $2 and app_id = $3
             and id >= first_id and id < end_id) as counted`,
      [...keyOf(caller), ...columnsOf(slicesOf(buckets, end, 1))],
    )
  }

  /** A sample of bounded size, spread over the buckets: reading every row of the log would cost gigabytes. */
  times(caller: Caller, buckets: readonly Date[], end: Date): Promise<CallTimes[]> {
    return this.database.query<CallTimes>(
      `with sample as (
         select bucket, taken.duration_us
           from unnest($4::timestamptz[], $5::text[], $6::text[]) as span(bucket, first_id, end_id)
          cross join lateral (
            select duration_us from request_logs
             where institution_id = $1 and livemode = $2 and app_id = $3
               and id >= first_id and id < end_id and ${NOT_WAITING}
             order by id limit ${CALLS_PER_SLICE}) as taken
       )
       select bucket, count(*)::int as sampled,
              percentile_disc(0.5) within group (order by duration_us) as p50_us,
              percentile_disc(0.95) within group (order by duration_us) as p95_us
         from sample group by grouping sets ((bucket), ())`,
      [...keyOf(caller), ...columnsOf(slicesOf(buckets, end, SLICES))],
    )
  }

  errors(caller: Caller, { from, to }: OverviewSpan): Promise<CodeCount[]> {
    return this.database.query<CodeCount>(
      `select error_code as code, count(*)::int as count from request_logs
        where institution_id = $1 and livemode = $2 and app_id = $3 and error_code is not null
          and id >= $4 and id < $5
        group by 1 order by 2 desc, 1 limit ${CODES_MAX}`,
      [...keyOf(caller), idFloor('req', from.getTime()), idFloor('req', to.getTime())],
    )
  }
}

interface Slice {
  readonly bucket: Date
  readonly fromMs: number
  readonly toMs: number
}

function slicesOf(buckets: readonly Date[], end: Date, perBucket: number): Slice[] {
  return buckets.flatMap((bucket, index) => {
    const startMs = bucket.getTime()
    const lengthMs = (buckets[index + 1] ?? end).getTime() - startMs
    return Array.from({ length: perBucket }, (_, slice) => ({
      bucket,
      fromMs: startMs + Math.floor((lengthMs * slice) / perBucket),
      toMs: startMs + Math.floor((lengthMs * (slice + 1)) / perBucket),
    }))
  })
}

const columnsOf = (slices: readonly Slice[]) => [
  slices.map(({ bucket }) => bucket),
  slices.map(({ fromMs }) => idFloor('req', fromMs)),
  slices.map(({ toMs }) => idFloor('req', toMs)),
]

const keyOf = ({ institution_id, livemode, app_id }: Caller) => [institution_id, livemode, app_id]

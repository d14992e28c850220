// Sums over many rows, which only SQL can do where they lie.

import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { idFloor } from '../../../kernel/id.js'
import type {
  EndpointHealth,
  LatencyRow,
  OverviewSpan,
  PaymentGroup,
  RefundGroup,
} from './overview.types.js'

@Injectable()
export class OverviewRepository {
  constructor(private readonly database: Database) {}

  /** When each bucket begins. Hours have one length; days of a place that changes its clocks have not. */
  async buckets({ from, to, interval, time_zone }: OverviewSpan): Promise<Date[]> {
    const series =
      interval === 'hour'
        ? "generate_series(date_trunc('hour', $1::timestamptz, $3), $2::timestamptz - interval '1 ms', interval '1 hour')"
        : `(select local at time zone $3 from generate_series(date_trunc('day', $1::timestamptz at time zone $3),
             ($2::timestamptz - interval '1 ms') at time zone $3, interval '1 day') as local)`
    const rows = await this.database.query<{ start: Date }>(
      `select start from ${series} as bucket(start) order by start`,
      [from, to, time_zone],
    )
    return rows.map(({ start }) => start)
  }

  payments(caller: Caller, span: OverviewSpan): Promise<PaymentGroup[]> {
    return this.database.query<PaymentGroup>(
      `select date_trunc($6, created_at, $7) as bucket, currency, coalesce(channel, 'none') as channel,
              status, failure_code, count(*)::int as count, sum(amount)::bigint as amount
         from payments
        where ${OWN_AND_BETWEEN}
        group by 1, 2, 3, 4, 5`,
      valuesOf(caller, span),
    )
  }

  /** From the making of a payment to its success, as the payer waits. */
  timesToSuccess(caller: Caller, span: OverviewSpan): Promise<LatencyRow[]> {
    return this.database.query<LatencyRow>(
      `with taken as (
         select date_trunc($6, created_at, $7) as bucket,
                greatest(0, extract(epoch from succeeded_at - created_at) * 1000)::float8 as ms
           from payments where ${OWN_AND_BETWEEN} and status = 'succeeded' and succeeded_at is not null
       )
       select bucket, count(*)::int as count,
              percentile_disc(0.5) within group (order by ms)::float8 as median_ms,
              percentile_disc(0.95) within group (order by ms)::float8 as p95_ms
         from taken group by grouping sets ((bucket), ())`,
      valuesOf(caller, span),
    )
  }

  refunds(caller: Caller, span: OverviewSpan): Promise<RefundGroup[]> {
    return this.database.query<RefundGroup>(
      `select date_trunc($6, created_at, $7) as bucket, currency, count(*)::int as count,
              sum(amount)::bigint as amount
         from refunds
        where ${OWN_AND_BETWEEN} and status = 'succeeded'
        group by 1, 2`,
      valuesOf(caller, span),
    )
  }

  /** Event ids carry their time, and deliveries are found by endpoint and event. */
  webhooks(caller: Caller, { from, to }: OverviewSpan): Promise<EndpointHealth[]> {
    return this.database.query<EndpointHealth>(
      `select endpoint.id as endpoint, endpoint.url, endpoint.status, health.*
         from webhook_endpoints endpoint
        cross join lateral (
          select count(*)::int as deliveries,
                 count(*) filter (where status = 'delivered')::int as delivered,
                 count(*) filter (where status = 'delivered' and attempt_count = 1)::int as at_first_try,
                 count(*) filter (where status = 'pending')::int as pending,
                 count(*) filter (where status = 'exhausted')::int as exhausted,
                 count(*) filter (where status = 'cancelled')::int as cancelled
            from webhook_deliveries delivery
           where delivery.institution_id = $1 and delivery.livemode = $2
             and delivery.endpoint_id = endpoint.id
             and delivery.event_id >= $4 and delivery.event_id < $5) as health
        where endpoint.institution_id = $1 and endpoint.livemode = $2 and endpoint.app_id = $3
        order by endpoint.id limit 100`,
      [
        ...[caller.institution_id, caller.livemode, caller.app_id],
        ...[idFloor('evt', from.getTime()), idFloor('evt', to.getTime())],
      ],
    )
  }
}

const OWN_AND_BETWEEN =
  'institution_id = $1 and livemode = $2 and app_id = $3 and created_at >= $4 and created_at < $5'

function valuesOf(caller: Caller, span: OverviewSpan): readonly unknown[] {
  const { institution_id, livemode, app_id } = caller
  return [institution_id, livemode, app_id, span.from, span.to, span.interval, span.time_zone]
}

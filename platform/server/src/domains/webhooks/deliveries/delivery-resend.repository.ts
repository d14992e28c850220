import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../../infra/database/database.js'
import { addJobs } from '../../../infra/jobs/jobs.js'
import { newId } from '../../../kernel/id.js'
import { deliverJob, type EndpointRef, LEASE_SECONDS } from './delivery.types.js'

/** An event that an endpoint shall be sent, whatever became of it before. */
export interface WantedDelivery extends EndpointRef {
  readonly app_id: string
  readonly event_id: string
  readonly event_type: string
}

/** A try is under way: that one it is. */
const IS_LEASED = `known.status = 'pending' and known.next_attempt_at > now()
  and known.next_attempt_at - known.updated_at = interval '${LEASE_SECONDS} seconds'`

@Injectable()
export class DeliveryResendRepository {
  /**
   * Makes deliveries due now, with their schedule from the start, and those that never were. Locked in one
   * order, so that two of these never wait for each other. Returns their ids.
   */
  async send(tx: Transaction, wanted: readonly WantedDelivery[]): Promise<string[]> {
    if (wanted.length === 0) return []
    const rows = wanted.map((one) => ({ ...one, id: newId('dlv') }))
    const sent = await tx.query<{ id: string }>(
      `insert into webhook_deliveries as known (institution_id, livemode, id, app_id, endpoint_id,
         event_id, event_type, status, next_attempt_at, created_at, updated_at)
       select institution_id, livemode, id, app_id, endpoint_id, event_id, event_type, 'pending',
              now(), now(), now()
         from jsonb_to_recordset($1) as wanted(institution_id text, livemode boolean, id text,
              app_id text, endpoint_id text, event_id text, event_type text)
        order by endpoint_id, event_id
       on conflict (institution_id, livemode, endpoint_id, event_id) do update
          set status = 'pending', round_start = known.attempt_count,
              next_attempt_at = case when ${IS_LEASED} then known.next_attempt_at else now() end,
              updated_at = case when ${IS_LEASED} then known.updated_at else now() end
       returning id`,
      [JSON.stringify(rows)],
    )
    const endpoints = new Map(wanted.map((one) => [one.endpoint_id, one]))
    const jobs = [...endpoints.values()].map((endpoint) =>
      deliverJob(endpoint, { key: `webhook-resend-wake:${endpoint.endpoint_id}` }),
    )
    await addJobs(tx, jobs)
    return sent.map(({ id }) => id)
  }
}

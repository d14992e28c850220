// Hot path: plain SQL, one round trip to claim and one to record, each for many deliveries.

import { Injectable } from '@nestjs/common'
import type { AppRef } from '../../../infra/clock/app-clocks.js'
import { Database, type Transaction } from '../../../infra/database/database.js'
import { addJobs } from '../../../infra/jobs/jobs.js'
import {
  type ClaimedDelivery,
  type DeliveryAttempt,
  deliverJob,
  type EndpointRef,
  LEASE_SECONDS,
} from './delivery.types.js'
import { cancelPending } from './delivery-cancel.repository.js'
import { noteFailing, shiftFailing } from './delivery-failing.repository.js'

interface WaitingDelivery extends EndpointRef {
  readonly id: string
  readonly attempt_count: number
  readonly next_attempt_at: Date
}

@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes due deliveries of one endpoint for this process. A claim moves `next_attempt_at` behind the
   * lease, so nobody else sends them meanwhile, and they come due again by themselves if we die. All
   * times are the database's: workers whose clocks disagree still agree on what is due.
   */
  claim(endpoint: EndpointRef, limit: number): Promise<ClaimedDelivery[]> {
    return this.database.query<ClaimedDelivery>(
      `with due as (
         select institution_id, livemode, id from webhook_deliveries
          where institution_id = $1 and livemode = $2 and endpoint_id = $3
            and status = 'pending' and next_attempt_at <= now()
          order by next_attempt_at limit $4 for update skip locked
       ), claimed as (
         update webhook_deliveries as delivery
            set next_attempt_at = now() + interval '${LEASE_SECONDS} seconds', updated_at = now()
           from due
          where delivery.institution_id = due.institution_id
            and delivery.livemode = due.livemode and delivery.id = due.id
         returning delivery.*
       )
       select claimed.institution_id, claimed.livemode, claimed.endpoint_id, claimed.id,
              claimed.attempt_count, claimed.round_start, endpoint.status as endpoint_status,
              endpoint.failing_since is not null as is_endpoint_failing, endpoint.url,
              endpoint.secret, (
                select array_agg(old.secret order by old.expires_at desc)
                  from webhook_old_secrets as old
                 where old.institution_id = $1 and old.livemode = $2 and old.endpoint_id = $3
                   and old.expires_at > now()) as old_secrets,
              event.id as event_id, event.type as event_type, event.api_version,
              event.object, event.created_at as event_created_at, now() as claimed_at
         from claimed
         join webhook_endpoints as endpoint on endpoint.institution_id = claimed.institution_id
          and endpoint.livemode = claimed.livemode and endpoint.id = claimed.endpoint_id
         join events as event on event.institution_id = claimed.institution_id
          and event.livemode = claimed.livemode and event.id = claimed.event_id`,
      [endpoint.institution_id, endpoint.livemode, endpoint.endpoint_id, limit],
      'webhook_deliveries_claim',
    )
  }

  /** Writes attempts of one institution down, moves their deliveries and plans the next tries: all or none. */
  async record(attempts: readonly DeliveryAttempt[]): Promise<void> {
    await this.database.transaction((tx) => recordIn(tx, attempts))
  }

  /**
   * The endpoint answered 410: it is disabled, and nothing more is sent there. When its URL was changed
   * while the request was under way, the 410 says nothing about the new one, and this is a failed try.
   */
  async recordGone(attempt: DeliveryAttempt, retryDelayMs: number | null): Promise<void> {
    const { institution_id, livemode, endpoint_id, url } = attempt
    await this.database.transaction(async (tx) => {
      const disabled = await tx.query(
        `update webhook_endpoints
            set status = 'disabled', disabled_reason = 'gone', disabled_at = now(),
                disabled_note = 'The endpoint answered 410 Gone.', updated_at = now()
          where institution_id = $1 and livemode = $2 and id = $3 and status = 'enabled'
            and url = $4
          returning id`,
        [institution_id, livemode, endpoint_id, url],
      )
      if (disabled.length === 1) {
        await recordIn(tx, [attempt])
        await cancelPending(tx, attempt)
      } else {
        const status = retryDelayMs === null ? 'exhausted' : 'pending'
        await recordIn(tx, [{ ...attempt, status, retry_delay_ms: retryDelayMs }])
      }
    })
  }

  async cancelPending(endpoint: EndpointRef): Promise<void> {
    await this.database.transaction((tx) => cancelPending(tx, endpoint))
  }

  /** An app's waiting retries come nearer by so much; who becomes due is sent at once. */
  async bringForward(tx: Transaction, app: AppRef, stepMs: number): Promise<void> {
    // A claimed delivery waits for the end of its lease, not for a retry: it stays where it is.
    const due = await tx.query<EndpointRef>(
      `with moved as (
         update webhook_deliveries as delivery
            set next_attempt_at = next_attempt_at - make_interval(secs => $4::float8 / 1000)
           from webhook_endpoints as endpoint
          where delivery.institution_id = $1 and delivery.livemode = $2
            and delivery.status = 'pending' and endpoint.institution_id = $1
            and endpoint.livemode = $2 and endpoint.app_id = $3
            and endpoint.id = delivery.endpoint_id
            and next_attempt_at - delivery.updated_at <> interval '${LEASE_SECONDS} seconds'
         returning delivery.institution_id, delivery.livemode, delivery.endpoint_id,
                   delivery.next_attempt_at
       )
       select distinct institution_id, livemode, endpoint_id from moved
        where next_attempt_at <= now()`,
      [app.institution_id, app.livemode, app.app_id, stepMs],
    )
    await shiftFailing(tx, app, stepMs)
    const jobs = due.map((endpoint) =>
      deliverJob(endpoint, { key: `webhook-clock:${endpoint.endpoint_id}` }),
    )
    await addJobs(tx, jobs)
  }

  /** Wakes the workers for every endpoint with deliveries that somebody should have sent by now. */
  async recoverOverdue(overdueSeconds: number, limit: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      const endpoints = await tx.query<EndpointRef>(
        `select distinct institution_id, livemode, endpoint_id from webhook_deliveries
          where status = 'pending' and next_attempt_at < now() - make_interval(secs => $1)
          limit $2`,
        [overdueSeconds, limit],
      )
      // One waiting job per endpoint: a key replaces the job of the round before.
      const jobs = endpoints.map((endpoint) =>
        deliverJob(endpoint, { key: `webhook-recover:${endpoint.endpoint_id}` }),
      )
      await addJobs(tx, jobs)
      return endpoints.length
    })
  }
}

async function recordIn(tx: Transaction, attempts: readonly DeliveryAttempt[]): Promise<void> {
  // Endpoints before their deliveries: the order in which everybody locks them.
  const given_up = await noteFailing(tx, attempts)
  const waiting = await tx.query<WaitingDelivery>(RECORD, [
    attempts[0]?.institution_id,
    JSON.stringify(attempts),
  ])
  const jobs = waiting.map((delivery) =>
    deliverJob(delivery, {
      key: `webhook-deliver:${delivery.id}:${delivery.attempt_count}`,
      runAt: delivery.next_attempt_at,
    }),
  )
  await addJobs(tx, jobs)
  for (const endpoint of given_up) await cancelPending(tx, endpoint)
}

/**
 * A delivery that was cancelled meanwhile stays cancelled; the attempt is kept all the same. One that somebody
 * had sent again while its last try was under way begins its new round after that try.
 */
const RECORD = `
  with attempt as (
    select * from jsonb_to_recordset($2) as attempt(livemode boolean, delivery_id text, status text,
      retry_delay_ms double precision, round_start int, is_resend boolean, url text, request_headers jsonb, request_body text,
      response_status int, response_headers jsonb, response_body text, error text, duration_ms int,
      attempted_at timestamptz)
  ), moved as (
    update webhook_deliveries as delivery
       set status = case when delivery.status <> 'pending' then delivery.status
             when attempt.status = 'exhausted' and delivery.round_start <> attempt.round_start
               then 'pending' else attempt.status end,
           next_attempt_at = case when delivery.status <> 'pending' then null
             when attempt.status = 'pending'
               then now() + make_interval(secs => attempt.retry_delay_ms / 1000)
             when attempt.status = 'exhausted' and delivery.round_start <> attempt.round_start
               then now() end,
           attempt_count = delivery.attempt_count + 1, updated_at = now()
      from attempt
     where delivery.institution_id = $1 and delivery.livemode = attempt.livemode
       and delivery.id = attempt.delivery_id
    returning delivery.*
  ), kept as (
    insert into webhook_attempts (institution_id, livemode, delivery_id, position, url,
      request_headers, request_body, response_status, response_headers, response_body, error,
      is_resend, duration_ms, attempted_at)
    select $1, moved.livemode, moved.id, moved.attempt_count, url, request_headers, request_body,
           response_status, response_headers, response_body, error, is_resend, duration_ms, attempted_at
      from moved join attempt on attempt.delivery_id = moved.id
  )
  select institution_id, livemode, endpoint_id, id, attempt_count, next_attempt_at
    from moved where next_attempt_at is not null`

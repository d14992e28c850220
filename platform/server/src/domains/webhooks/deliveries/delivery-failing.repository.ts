// Which endpoints have not accepted anything for long. Costs nothing where deliveries succeed.

import type { AppRef } from '../../../infra/clock/app-clocks.js'
import type { Transaction } from '../../../infra/database/database.js'
import type { DeliveryAttempt, EndpointRef } from './delivery.types.js'

/** So long deliveries may be given up, with none accepted, before nothing more is sent. */
const FAILING_DAYS_MAX = 5
const NOTE = `Deliveries were given up for ${FAILING_DAYS_MAX} days, and none was accepted.`

/** Remembers since when an endpoint fails, or that it does no longer. Returns those that are disabled by it. */
export async function noteFailing(
  tx: Transaction,
  attempts: readonly DeliveryAttempt[],
): Promise<EndpointRef[]> {
  const disabled: EndpointRef[] = []
  for (const attempt of attempts) {
    if (attempt.status === 'delivered' && attempt.is_endpoint_failing) await recover(tx, attempt)
    if (attempt.status === 'exhausted' && (await fail(tx, attempt))) disabled.push(attempt)
  }
  return disabled
}

async function recover(tx: Transaction, attempt: DeliveryAttempt): Promise<void> {
  await tx.query(
    `update webhook_endpoints set failing_since = null, updated_at = now()
      where institution_id = $1 and livemode = $2 and id = $3 and failing_since is not null`,
    [attempt.institution_id, attempt.livemode, attempt.endpoint_id],
  )
}

/** A URL that was changed meanwhile is not to blame. */
async function fail(tx: Transaction, attempt: DeliveryAttempt): Promise<boolean> {
  const rows = await tx.query<{ status: string }>(
    `update webhook_endpoints as endpoint
        set failing_since = coalesce(failing_since, now()), updated_at = now(),
            status = case when is_over then 'disabled' else status end,
            disabled_reason = case when is_over then 'exhausted' else disabled_reason end,
            disabled_note = case when is_over then $5 else disabled_note end,
            disabled_at = case when is_over then now() else disabled_at end
       from (select coalesce(failing_since < now() - interval '${FAILING_DAYS_MAX} days', false) as is_over
               from webhook_endpoints
              where institution_id = $1 and livemode = $2 and id = $3 for update) as seen
      where institution_id = $1 and livemode = $2 and id = $3 and status = 'enabled' and url = $4
      returning endpoint.status`,
    [attempt.institution_id, attempt.livemode, attempt.endpoint_id, attempt.url, NOTE],
  )
  return rows.some(({ status }) => status === 'disabled')
}

/** The clock of an app was set forward: it has been failing for longer. */
export async function shiftFailing(tx: Transaction, app: AppRef, stepMs: number): Promise<void> {
  await tx.query(
    `update webhook_endpoints set failing_since = failing_since - make_interval(secs => $4::float8 / 1000)
      where institution_id = $1 and livemode = $2 and app_id = $3 and failing_since is not null`,
    [app.institution_id, app.livemode, app.app_id, stepMs],
  )
}

import type { NewJob } from '../../../infra/jobs/jobs.js'
import type { DeliveryStatus } from './delivery.state.js'

/** Which endpoint; an institution and a mode are the first two columns of every key. */
export interface EndpointRef {
  readonly institution_id: string
  readonly livemode: boolean
  readonly endpoint_id: string
}

/** A due delivery that this process may now send, for as long as its lease lasts. */
export interface ClaimedDelivery extends EndpointRef {
  readonly id: string
  readonly attempt_count: number
  /** How many attempts were made before somebody had it sent again: its schedule began anew there. */
  readonly round_start: number
  readonly endpoint_status: string
  readonly is_endpoint_failing: boolean
  readonly url: string
  readonly secret: Uint8Array
  /** Those that were replaced and sign still, newest first; null: there are none. */
  readonly old_secrets: readonly Uint8Array[] | null
  readonly event_id: string
  readonly event_type: string
  readonly api_version: string
  readonly object: unknown
  readonly event_created_at: Date
  /** The database's clock: one clock for all workers. */
  readonly claimed_at: Date
}

/** What came back, or why nothing did. */
export interface WebhookAnswer {
  readonly response_status: number | null
  readonly response_headers: Record<string, string> | null
  readonly response_body: string | null
  readonly error: string | null
  readonly duration_ms: number
}

/** One try, ready to be written down. */
export interface DeliveryAttempt extends EndpointRef, WebhookAnswer {
  readonly delivery_id: string
  /** What becomes of the delivery. */
  readonly status: DeliveryStatus
  readonly retry_delay_ms: number | null
  readonly round_start: number
  readonly is_resend: boolean
  /** Deliveries to the endpoint were given up, and none was accepted since. */
  readonly is_endpoint_failing: boolean
  readonly url: string
  readonly request_headers: Record<string, string>
  readonly request_body: string
  readonly attempted_at: Date
}

/** Longer than the deadline of a request (15 s) and the recording after it: until then nobody else sends. */
export const LEASE_SECONDS = 20

export const DELIVER_JOB = 'webhook-deliver'

/** Makes a worker claim whatever is due at an endpoint. */
export function deliverJob(
  { institution_id, livemode, endpoint_id }: EndpointRef,
  when: Pick<NewJob, 'key' | 'runAt'> = {},
): NewJob {
  return { name: DELIVER_JOB, payload: { institution_id, livemode, endpoint_id }, ...when }
}

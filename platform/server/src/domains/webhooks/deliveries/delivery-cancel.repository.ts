import type { Transaction } from '../../../infra/database/database.js'
import type { DeliveryStatus } from './delivery.state.js'
import type { EndpointRef } from './delivery.types.js'

const CANCELLED: DeliveryStatus = 'cancelled'

/** Nothing that is still waiting will be sent: part of every change that closes an endpoint. */
export async function cancelPending(tx: Transaction, endpoint: EndpointRef): Promise<void> {
  await tx.query(
    `update webhook_deliveries set status = $4, next_attempt_at = null, updated_at = now()
      where institution_id = $1 and livemode = $2 and endpoint_id = $3 and status = 'pending'`,
    [endpoint.institution_id, endpoint.livemode, endpoint.endpoint_id, CANCELLED],
  )
}

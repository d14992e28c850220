import type { NewEvent } from '../../infra/outbox/event.js'
import { toWireRefund } from './refund.schema.js'
import type { RefundRow } from './refund.types.js'

export const REFUND_EVENT_TYPES = [
  'refund.created',
  'refund.succeeded',
  'refund.failed',
  'refund.rejected',
] as const
export type RefundEventType = (typeof REFUND_EVENT_TYPES)[number]

/** The event of a change, told to the app that asked for the refund. */
export function refundEvent(type: RefundEventType, row: RefundRow, apiVersion: string): NewEvent {
  const { institution_id, livemode, app_id } = row
  const object = toWireRefund(row)
  return { institution_id, livemode, app_id, type, api_version: apiVersion, object }
}

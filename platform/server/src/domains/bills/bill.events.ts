import type { NewEvent } from '../../infra/outbox/event.js'
import { toWireBill } from './bill.schema.js'
import type { BillRow } from './bill.types.js'

export const BILL_EVENT_TYPES = [
  'bill.created',
  'bill.updated',
  'bill.paid',
  'bill.partially_paid',
  'bill.voided',
  'bill.expired',
] as const
export type BillEventType = (typeof BILL_EVENT_TYPES)[number]

/** The event of a change, told to the app that made the bill. */
export function billEvent(type: BillEventType, row: BillRow, apiVersion: string): NewEvent {
  const { institution_id, livemode, app_id } = row
  const object = toWireBill(row)
  return { institution_id, livemode, app_id, type, api_version: apiVersion, object }
}

import type { NewEvent } from '../../infra/outbox/event.js'
import type { Payment as WirePayment } from './payment.schema.js'
import type { PaymentStatus } from './payment.state.js'
import type { Payment } from './payment.types.js'

export const PAYMENT_EVENTS = [
  'payment.created',
  'payment.pending',
  'payment.processing',
  'payment.succeeded',
  'payment.failed',
  'payment.closed',
  'payment.late_success',
  'payment.channel_changed',
] as const
export type PaymentEventType = (typeof PAYMENT_EVENTS)[number]

/** The event that tells of a payment's arrival in a status. */
export function eventOfStatus(status: PaymentStatus): PaymentEventType {
  return `payment.${status}`
}

export function paymentEvent(
  type: PaymentEventType,
  payment: Payment,
  wire: WirePayment | object,
  apiVersion: string,
): NewEvent {
  return {
    institution_id: payment.institution_id,
    livemode: payment.livemode,
    app_id: payment.app_id,
    type,
    api_version: apiVersion,
    object: wire,
  }
}

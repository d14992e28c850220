import { z } from 'zod'
import {
  Amount,
  AmountOrZero,
  CollectedCurrency,
  Currency,
  Failure,
  Id,
  listOf,
  listQuery,
  Metadata,
  OutNumber,
  objectFields,
  Text,
  Timestamp,
  wireAmount,
  wireFailure,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../infra/http/wire.schema.js'
import { CHANNEL_CODES, CHANNEL_METHODS } from '../channels/channel.port.js'
import { PAYMENT_STATUSES } from './payment.state.js'
import type { Payment as PaymentRow } from './payment.types.js'

export const ReturnUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .describe('Where the cashier sends the payer back to.')

export const CreatePayment = z
  .strictObject({
    out_trade_no: OutNumber,
    amount: Amount.optional().describe('Required for a direct payment; not allowed with checkout.'),
    currency: CollectedCurrency.default('CNY'),
    subject: Text(120).optional().describe('What is paid, in words the payer understands.'),
    checkout: Id('chk').optional().describe('Collect this checkout instead of a direct amount.'),
    channel: z
      .enum(CHANNEL_CODES)
      .optional()
      .describe('Place the order now. Without it the payer chooses at the cashier.'),
    method: z.enum(CHANNEL_METHODS).optional().describe('How the payer meets the channel.'),
    expires_at: Timestamp.optional().describe('1 minute to 7 days ahead; 30 minutes when absent.'),
    return_url: ReturnUrl.optional(),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreatePayment' })
export type CreatePayment = z.infer<typeof CreatePayment>

export const NextAction = z
  .object({
    type: z.literal('show_qr'),
    code_url: z.string().max(2048).describe('The text of the QR code that the payer scans.'),
  })
  .meta({ id: 'NextAction' })

export const Payment = z
  .object({
    ...objectFields('pay', 'payment'),
    department: Id('dept'),
    checkout: Id('chk').nullable(),
    out_trade_no: z.string().max(64),
    subject: z.string().max(120),
    amount: Amount,
    amount_refunded: AmountOrZero,
    currency: Currency,
    status: z.enum(PAYMENT_STATUSES),
    channel: z.enum(CHANNEL_CODES).nullable(),
    method: z.enum(CHANNEL_METHODS).nullable(),
    next_action: NextAction.nullable().describe('What the payer has to do now.'),
    cashier_url: z.url().max(2048).describe('A page on which the payer can pay this.'),
    failure: Failure.nullable().describe('Why it failed; null while it has not.'),
    return_url: z.string().max(2048).nullable(),
    expires_at: Timestamp,
    succeeded_at: Timestamp.nullable(),
    closed_at: Timestamp.nullable(),
  })
  .meta({ id: 'Payment' })
export type Payment = z.infer<typeof Payment>

export const PaymentList = listOf(Payment).meta({ id: 'PaymentList' })

export const PaymentListQuery = listQuery('pay', {
  status: z.enum(PAYMENT_STATUSES).optional(),
  out_trade_no: OutNumber.optional(),
  checkout: Id('chk').optional(),
})
export type PaymentListQuery = z.infer<typeof PaymentListQuery>

/** The wire form. Built on the hot path: plain object, no schema is run over our own rows. */
export function toWirePayment(row: PaymentRow, cashierUrl: string): Payment {
  const isPayable = row.status === 'pending'
  return {
    id: row.id,
    object: 'payment',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    department: row.department_id,
    checkout: row.checkout_id,
    out_trade_no: row.out_trade_no,
    subject: row.subject,
    amount: wireAmount(row.amount),
    amount_refunded: wireAmount(row.amount_refunded),
    currency: row.currency,
    status: row.status,
    channel: row.channel,
    method: row.method,
    next_action: isPayable && row.code_url ? { type: 'show_qr', code_url: row.code_url } : null,
    cashier_url: cashierUrl,
    failure: wireFailure(row.failure_code, row.failure_message),
    return_url: row.return_url,
    expires_at: wireTime(row.expires_at),
    succeeded_at: wireTimeOrNull(row.succeeded_at),
    closed_at: wireTimeOrNull(row.closed_at),
    metadata: wireMetadata(row.metadata),
  }
}

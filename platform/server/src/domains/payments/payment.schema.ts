import { z } from 'zod'
import { tableFilters } from '../../infra/http/table-filter.js'
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

/** What a channel wants to know of the payer for some methods. It goes into the order and is not kept. */
const OrderPayerFields = {
  channel_user_id: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .describe('Who the payer is inside the channel’s own app, such as an openid. For jsapi.'),
  payer_ip: z
    .union([z.ipv4().max(15), z.ipv6().max(45)])
    .optional()
    .describe('The address of the payer’s browser. Some channels want it for h5.'),
}

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
    ...OrderPayerFields,
    expires_at: Timestamp.optional().describe('1 minute to 7 days ahead; 30 minutes when absent.'),
    return_url: ReturnUrl.optional(),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreatePayment' })
export type CreatePayment = z.infer<typeof CreatePayment>

export const ChangePaymentChannel = z
  .strictObject({
    channel: z.enum(CHANNEL_CODES).describe('The channel by which the payer wants to pay now.'),
    method: z
      .enum(CHANNEL_METHODS)
      .optional()
      .describe('How the payer meets the channel; the channel’s first when absent.'),
    ...OrderPayerFields,
  })
  .meta({ id: 'ChangePaymentChannel' })
export type ChangePaymentChannel = z.infer<typeof ChangePaymentChannel>

const ShowQr = z
  .object({
    type: z.literal('show_qr'),
    code_url: z.string().max(2048).describe('The text of the QR code that the payer scans.'),
  })
  .meta({ id: 'ShowQr' })

const Redirect = z
  .object({
    type: z.literal('redirect'),
    url: z.string().max(8192).describe('Send the payer’s browser here.'),
  })
  .meta({ id: 'Redirect' })

const SubmitForm = z
  .object({
    type: z.literal('submit_form'),
    url: z.string().max(2048),
    fields: z
      .record(z.string().max(64), z.string().max(8192))
      .describe('Let the payer’s browser POST them to the url as a form, in UTF-8.'),
  })
  .meta({ id: 'SubmitForm' })

const InvokeJsapi = z
  .object({
    type: z.literal('invoke_jsapi'),
    parameters: z
      .record(z.string().max(64), z.string().max(2048))
      .describe('Hand them to the bridge of the app in which the page runs.'),
  })
  .meta({ id: 'InvokeJsapi' })

const EnterPin = z
  .object({ type: z.literal('enter_pin').describe('The payer confirms by the PIN of the wallet.') })
  .meta({ id: 'EnterPin' })

const PayAtCounter = z
  .object({
    type: z.literal('pay_at_counter'),
    counter_no: z.string().max(32).describe('The payer tells this number at the counter.'),
  })
  .meta({ id: 'PayAtCounter' })

export const NextAction = z
  .discriminatedUnion('type', [ShowQr, Redirect, SubmitForm, InvokeJsapi, EnterPin, PayAtCounter])
  .meta({ id: 'NextAction' })

export const Payment = z
  .object({
    ...objectFields('pay', 'payment'),
    department: Id('dept'),
    checkout: Id('chk').nullable(),
    wallet: Id('wal').nullable().describe('The wallet that its success tops up.'),
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
  channel: z.enum(CHANNEL_CODES).optional(),
  payer: Id('payer').optional().describe('Who owed what it collects.'),
  ...tableFilters,
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
    wallet: row.wallet_id,
    out_trade_no: row.out_trade_no,
    subject: row.subject,
    amount: wireAmount(row.amount),
    amount_refunded: wireAmount(row.amount_refunded),
    currency: row.currency,
    status: row.status,
    channel: row.channel,
    method: row.method,
    next_action: isPayable ? row.next_action : null,
    cashier_url: cashierUrl,
    failure: wireFailure(row.failure_code, row.failure_message),
    return_url: row.return_url,
    expires_at: wireTime(row.expires_at),
    succeeded_at: wireTimeOrNull(row.succeeded_at),
    closed_at: wireTimeOrNull(row.closed_at),
    metadata: wireMetadata(row.metadata),
  }
}

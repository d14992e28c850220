import { z } from 'zod'
import type { RecordKind } from '../simulator.store.js'

/** A merchant known to the simulator: what the real merchant platform keeps about an account. */
export const MerchantRecord = z.object({
  merchant_id: z.string(),
  merchant_name: z.string(),
  app_id: z.string(),
  api_v3_key: z.string(),
  merchant_serial_no: z.string(),
  merchant_public_key: z.string(),
})
export type MerchantRecord = z.infer<typeof MerchantRecord>

/** WeChat's own signing key, made once per database. */
export const PlatformKeyRecord = z.object({
  platform_key_id: z.string(),
  platform_public_key: z.string(),
  platform_private_key: z.string(),
})
export type PlatformKeyRecord = z.infer<typeof PlatformKeyRecord>

export const TradeState = z.enum(['NOTPAY', 'SUCCESS', 'REFUND', 'CLOSED', 'PAYERROR'])
export type TradeState = z.infer<typeof TradeState>

/** How the order is paid: a code to scan, inside WeChat, or in a phone's browser. */
export const TradeType = z.enum(['NATIVE', 'JSAPI', 'MWEB'])
export type TradeType = z.infer<typeof TradeType>

/** Amounts are integers of fen, as on the wire; arithmetic with them is done in bigint. */
const Fen = z.int().nonnegative()

export const OrderRecord = z.object({
  merchant_id: z.string(),
  app_id: z.string(),
  out_trade_no: z.string(),
  description: z.string(),
  attach: z.string().nullable(),
  notify_url: z.string(),
  total: Fen,
  currency: z.string(),
  /** The request in canonical form: a repeated request must be the same one. */
  request: z.string(),
  trade_type: TradeType.default('NATIVE'),
  prepay_id: z.string().default(''),
  /** The `pr` of the code_url; the phone page names the order by it, whatever its type. */
  code: z.string(),
  /** Where the payer's browser came from, and goes back to. */
  return_url: z.string().nullable().default(null),
  expires_at: z.string(),
  trade_state: TradeState,
  transaction_id: z.string().nullable(),
  success_time: z.string().nullable(),
  payer_openid: z.string().nullable(),
  /** All accepted refunds together, also those still on their way. */
  refunded: Fen,
  refund_count: z.int(),
})
export type OrderRecord = z.infer<typeof OrderRecord>

/** From the `pr` of a code_url, or from a transaction_id, to the order. */
export const OrderReference = z.object({ merchant_id: z.string(), out_trade_no: z.string() })
export type OrderReference = z.infer<typeof OrderReference>

export const RefundStatus = z.enum(['PROCESSING', 'SUCCESS', 'ABNORMAL', 'CLOSED'])
export type RefundStatus = z.infer<typeof RefundStatus>

export const RefundRecord = z.object({
  merchant_id: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string(),
  out_trade_no: z.string(),
  transaction_id: z.string(),
  reason: z.string().nullable(),
  notify_url: z.string().nullable(),
  refund: Fen,
  total: Fen,
  currency: z.string(),
  status: RefundStatus,
  create_time: z.string(),
  success_time: z.string().nullable(),
})
export type RefundRecord = z.infer<typeof RefundRecord>

/** The statement of a day, as it is downloaded. */
export const BillRecord = z.object({ merchant_id: z.string(), text: z.string() })
export type BillRecord = z.infer<typeof BillRecord>

export const MERCHANT: RecordKind<MerchantRecord> = { kind: 'merchant', schema: MerchantRecord }
export const PLATFORM_KEY: RecordKind<PlatformKeyRecord> = {
  kind: 'platform_key',
  schema: PlatformKeyRecord,
}
export const ORDER: RecordKind<OrderRecord> = { kind: 'order', schema: OrderRecord }
export const CODE: RecordKind<OrderReference> = { kind: 'code', schema: OrderReference }
export const TRANSACTION: RecordKind<OrderReference> = {
  kind: 'transaction',
  schema: OrderReference,
}
export const BILL: RecordKind<BillRecord> = { kind: 'bill', schema: BillRecord }
export const REFUND: RecordKind<RefundRecord> = { kind: 'refund', schema: RefundRecord }

/** Order and refund numbers are unique per merchant, and neither contains a slash. */
export function merchantKey(merchantId: string, number: string): string {
  return `${merchantId}/${number}`
}

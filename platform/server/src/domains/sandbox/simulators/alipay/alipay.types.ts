import { z } from 'zod'
import type { RecordKind } from '../simulator.store.js'

/** A merchant and its app, as the open platform knows them. */
export const MerchantRecord = z.object({
  merchant_id: z.string(),
  merchant_name: z.string(),
  app_id: z.string(),
  app_public_key: z.string(),
})
export type MerchantRecord = z.infer<typeof MerchantRecord>

/** Alipay's own signing key, made once per database. */
export const PlatformKeyRecord = z.object({ public_key: z.string(), private_key: z.string() })
export type PlatformKeyRecord = z.infer<typeof PlatformKeyRecord>

export const TradeReference = z.object({ merchant_id: z.string(), out_trade_no: z.string() })
export type TradeReference = z.infer<typeof TradeReference>

/** How the payer comes to the trade, which decides what the browser sees. */
export const TradeProduct = z.enum(['precreate', 'page', 'wap'])
export type TradeProduct = z.infer<typeof TradeProduct>

export const TradeStatus = z.enum(['WAIT_BUYER_PAY', 'TRADE_SUCCESS', 'TRADE_CLOSED'])
export type TradeStatus = z.infer<typeof TradeStatus>

/** Integers of fen inside, yuan with two decimals on the wire. Moments are ISO 8601. */
const Fen = z.int().nonnegative()
const Moment = z.string().nullable()

export const TradeRecord = z.object({
  merchant_id: z.string(),
  app_id: z.string(),
  out_trade_no: z.string(),
  product: TradeProduct,
  subject: z.string(),
  total: Fen,
  notify_url: z.string().nullable(),
  return_url: z.string().nullable(),
  quit_url: z.string().nullable(),
  expires_at: z.string(),
  /** What makes it this order and no other: asked for again, it must be the same. */
  request: z.string(),
  /** The last part of its QR code and of its page. */
  code: z.string(),
  status: TradeStatus,
  /** Null until the payer arrived: before, the gateway knows no such trade. */
  trade_no: z.string().nullable(),
  created_at: Moment,
  paid_at: Moment,
  /** The payer's last payment was refused: only the phone page shows it. */
  is_refused: z.boolean(),
  buyer_id: z.string(),
  refunded: Fen,
  last_refund_at: Moment,
})
export type TradeRecord = z.infer<typeof TradeRecord>

export const RefundRecord = z.object({
  merchant_id: z.string(),
  out_trade_no: z.string(),
  out_request_no: z.string(),
  trade_no: z.string(),
  amount: Fen,
  reason: z.string().nullable(),
  status: z.enum(['done', 'abnormal']),
  refunded_at: z.string(),
})
export type RefundRecord = z.infer<typeof RefundRecord>

/** What a short-lived address of a statement leads to. */
export const BillRecord = z.object({
  merchant_id: z.string(),
  day: z.string(),
  fault: z.enum(['statement_short', 'statement_long', 'statement_off_by_a_fen']).nullable(),
  expires_at: z.string(),
})
export type BillRecord = z.infer<typeof BillRecord>

export const MERCHANT: RecordKind<MerchantRecord> = { kind: 'merchant', schema: MerchantRecord }
/** From the app to the merchant it belongs to. */
export const APP: RecordKind<{ merchant_id: string }> = {
  kind: 'app',
  schema: z.object({ merchant_id: z.string() }),
}
export const PLATFORM_KEY: RecordKind<PlatformKeyRecord> = {
  kind: 'platform_key',
  schema: PlatformKeyRecord,
}
export const TRADE: RecordKind<TradeRecord> = { kind: 'trade', schema: TradeRecord }
export const CODE: RecordKind<TradeReference> = { kind: 'code', schema: TradeReference }
export const REFUND: RecordKind<RefundRecord> = { kind: 'refund', schema: RefundRecord }
export const BILL: RecordKind<BillRecord> = { kind: 'bill', schema: BillRecord }

export function tradeKey({ merchant_id, out_trade_no }: TradeReference): string {
  return `${merchant_id}/${out_trade_no}`
}

export function refundKey(trade: TradeReference, outRequestNo: string): string {
  return `${tradeKey(trade)}/${outRequestNo}`
}

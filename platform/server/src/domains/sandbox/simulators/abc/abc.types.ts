import { z } from 'zod'
import type { RecordKind } from '../simulator.store.js'

/** A merchant as the bank knows it. */
export const MerchantRecord = z.object({
  merchant_id: z.string(),
  merchant_name: z.string(),
  /** PEM; the bank issued it, and reads the merchant's signatures with it. */
  merchant_certificate: z.string(),
})
export type MerchantRecord = z.infer<typeof MerchantRecord>

/** A key that signs as the bank, or as a stranger who would like to. */
export const BankKeyRecord = z.object({ certificate_pem: z.string(), private_key_pem: z.string() })
export type BankKeyRecord = z.infer<typeof BankKeyRecord>

/** Amounts are integers of fen; on the wire they are yuan with two decimals. */
const Fen = z.int().nonnegative()
const Moment = z.iso.datetime()

/** `01` not paid, `04` paid, `05` refunded in part or whole, `99` the payer's payment was refused. */
export const OrderStatus = z.enum(['01', '04', '05', '99'])
export type OrderStatus = z.infer<typeof OrderStatus>

export const OrderRecord = z.object({
  merchant_id: z.string(),
  order_no: z.string(),
  trx_type: z.enum(['PayReq', 'OLScanPayOrderReq']),
  amount: Fen,
  description: z.string(),
  order_date: z.string(),
  order_time: z.string(),
  commodity_type: z.string(),
  payment_link_type: z.string(),
  notify_type: z.enum(['0', '1']),
  notify_url: z.string(),
  success_url: z.string().nullable(),
  error_url: z.string().nullable(),
  expires_at: Moment.nullable(),
  /** The request in canonical form: a repeated request must be the same one. */
  request: z.string(),
  /** Names the order in the address of its page. */
  code: z.string(),
  trx_id: z.string(),
  status: OrderStatus,
  /** The bank's own number of the payment, once there is one. */
  rsp_ref: z.string().nullable(),
  batch_no: z.string(),
  voucher_no: z.string(),
  jrn_no: z.string(),
  paid_at: Moment.nullable(),
  /** All accepted refunds together, also those still on their way. */
  refunded: Fen,
})
export type OrderRecord = z.infer<typeof OrderRecord>

/** `01` on its way, `02` the bank's host does not answer for it, `04` paid out. */
export const RefundStatus = z.enum(['01', '02', '04'])

export const RefundRecord = z.object({
  merchant_id: z.string(),
  refund_no: z.string(),
  order_no: z.string(),
  amount: Fen,
  order_date: z.string(),
  order_time: z.string(),
  request: z.string(),
  rsp_ref: z.string(),
  batch_no: z.string(),
  voucher_no: z.string(),
  status: RefundStatus,
  is_abnormal: z.boolean(),
  accepted_at: Moment,
  settled_at: Moment.nullable(),
})
export type RefundRecord = z.infer<typeof RefundRecord>

export const CodeRecord = z.object({ merchant_id: z.string(), order_no: z.string() })
export type CodeRecord = z.infer<typeof CodeRecord>

export const MERCHANT: RecordKind<MerchantRecord> = { kind: 'merchant', schema: MerchantRecord }
export const BANK_KEY: RecordKind<BankKeyRecord> = { kind: 'bank_key', schema: BankKeyRecord }
export const ORDER: RecordKind<OrderRecord> = { kind: 'order', schema: OrderRecord }
export const REFUND: RecordKind<RefundRecord> = { kind: 'refund', schema: RefundRecord }
export const CODE: RecordKind<CodeRecord> = { kind: 'code', schema: CodeRecord }

/** Numbers of orders and refunds are letters and digits, so a slash ends them. */
export function recordKey(merchantId: string, no: string): string {
  return `${merchantId}/${no}`
}

export function isPaid(order: OrderRecord): boolean {
  return order.status === '04' || order.status === '05'
}

export function isExpired(order: OrderRecord, now: Date): boolean {
  return order.status === '01' && order.expires_at !== null && new Date(order.expires_at) < now
}

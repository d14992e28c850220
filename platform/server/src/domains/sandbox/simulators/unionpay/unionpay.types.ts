import { z } from 'zod'
import type { RecordKind } from '../simulator.store.js'

/** A merchant known to the simulator, by the certificate that it signs with. */
export const MerchantRecord = z.object({
  merchant_id: z.string(),
  merchant_name: z.string(),
  /** PEM. */
  certificate: z.string(),
  /** The certificate's serial number in decimal, as `certId` says it. */
  cert_id: z.string(),
})
export type MerchantRecord = z.infer<typeof MerchantRecord>

/** A chain of certificates down to one that signs, PEM, with the key of the last. */
export const AuthorityRecord = z.object({
  root_certificate: z.string(),
  middle_certificate: z.string(),
  signing_certificate: z.string(),
  signing_key: z.string(),
})
export type AuthorityRecord = z.infer<typeof AuthorityRecord>

const Fen = z.int().nonnegative()

/** What UnionPay calls the result of a transaction: `05` waits, `00` is done. */
export const OrderRecord = z.object({
  merchant_id: z.string(),
  order_id: z.string(),
  /** `yyyyMMddHHmmss`: with it an order number names a transaction. */
  txn_time: z.string(),
  amount: Fen,
  description: z.string(),
  front_url: z.string(),
  back_url: z.string(),
  req_reserved: z.string(),
  /** ISO 8601, or null: it can be paid for ever. */
  expires_at: z.string().nullable(),
  /** The signed form in canonical form: a repeated one must be the same. */
  request: z.string(),
  /** What its page is called by. */
  code: z.string(),
  resp_code: z.string(),
  query_id: z.string().nullable(),
  paid_at: z.string().nullable(),
  /** All accepted refunds together, also those still on their way. */
  refunded: Fen,
})
export type OrderRecord = z.infer<typeof OrderRecord>

export const RefundRecord = z.object({
  merchant_id: z.string(),
  /** The number of the refund. */
  order_id: z.string(),
  txn_time: z.string(),
  /** `04` a refund, `31` the cancelling of the whole payment on its day. */
  txn_type: z.enum(['04', '31']),
  amount: Fen,
  back_url: z.string().nullable(),
  req_reserved: z.string(),
  original: z.object({ order_id: z.string(), txn_time: z.string(), query_id: z.string() }),
  query_id: z.string(),
  resp_code: z.string(),
  created_at: z.string(),
  settled_at: z.string().nullable(),
})
export type RefundRecord = z.infer<typeof RefundRecord>

/** Where a transaction is found by another name: its page's code, its queryId, its bare number. */
export const TransactionReference = z.object({
  merchant_id: z.string(),
  order_id: z.string(),
  txn_time: z.string(),
})
export type TransactionReference = z.infer<typeof TransactionReference>

export const MERCHANT: RecordKind<MerchantRecord> = { kind: 'merchant', schema: MerchantRecord }
export const AUTHORITY: RecordKind<AuthorityRecord> = { kind: 'authority', schema: AuthorityRecord }
export const ORDER: RecordKind<OrderRecord> = { kind: 'order', schema: OrderRecord }
export const REFUND: RecordKind<RefundRecord> = { kind: 'refund', schema: RefundRecord }
export const CODE: RecordKind<TransactionReference> = { kind: 'code', schema: TransactionReference }
export const QUERY_ID: RecordKind<TransactionReference> = {
  kind: 'query_id',
  schema: TransactionReference,
}
/** The newest order of a number: control knows orders without their time. */
export const NUMBER: RecordKind<TransactionReference> = {
  kind: 'number',
  schema: TransactionReference,
}

export function transactionKey(reference: TransactionReference): string {
  return `${reference.merchant_id}/${reference.order_id}/${reference.txn_time}`
}

import { z } from 'zod'

// WeChat Pay API v3 as it stands on the wire. Objects let unknown fields through, since WeChat may
// add some any day; words such as `trade_state` are any text, since the mapper must see new ones.

export const SIGNATURE_SCHEME = 'WECHATPAY2-SHA256-RSA2048'

export const HEADER = {
  timestamp: 'wechatpay-timestamp',
  nonce: 'wechatpay-nonce',
  signature: 'wechatpay-signature',
  signatureType: 'wechatpay-signature-type',
  /** In a request it names the key that WeChat shall answer with. */
  serial: 'wechatpay-serial',
} as const

export const CURRENCY = 'CNY'

export const PATH = {
  native: '/v3/pay/transactions/native',
  jsapi: '/v3/pay/transactions/jsapi',
  h5: '/v3/pay/transactions/h5',
  tradeBill: (day: string) =>
    `/v3/bill/tradebill?bill_date=${encodeURIComponent(day)}&bill_type=ALL&tar_type=GZIP`,
  order: (orderNo: string) => `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNo)}`,
  refunds: '/v3/refund/domestic/refunds',
  refund: (refundNo: string) => `/v3/refund/domestic/refunds/${encodeURIComponent(refundNo)}`,
} as const

/** The longest texts WeChat takes, in characters. */
export const DESCRIPTION_LENGTH_MAX = 127
export const REASON_LENGTH_MAX = 80

const Fen = z.int().nonnegative()
const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .default(CURRENCY)

/** RFC 3339 with an offset: `2018-06-08T10:34:56+08:00`. */
export const WireTime = z.iso.datetime({ offset: true })

export const ErrorMessage = z.object({ code: z.string().min(1), message: z.string().default('') })
export type ErrorMessage = z.infer<typeof ErrorMessage>

export const NativePlacedMessage = z.object({ code_url: z.string().min(1).max(512) })
export const JsapiPlacedMessage = z.object({ prepay_id: z.string().min(1).max(64) })
/** The documentation's example has neither a fragment nor a `redirect_url` of its own. */
export const H5PlacedMessage = z.object({
  h5_url: z
    .url({ protocol: /^https?$/ })
    .max(512)
    .regex(/^[^#]*\?[^#]*$/),
})

export const TradeBillMessage = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string().regex(/^[0-9A-Fa-f]{40}$/),
  download_url: z.url({ protocol: /^https?$/ }).max(2048),
})
export type TradeBillMessage = z.infer<typeof TradeBillMessage>

export const TransactionMessage = z.object({
  appid: z.string(),
  mchid: z.string(),
  out_trade_no: z.string(),
  trade_state: z.string(),
  trade_state_desc: z.string().default(''),
  transaction_id: z.string().optional(),
  success_time: z.string().optional(),
  amount: z.object({ total: Fen.optional(), currency: Currency }).optional(),
})
export type TransactionMessage = z.infer<typeof TransactionMessage>

const RefundAmount = z.object({ total: Fen, refund: Fen, currency: Currency })

/** The answer to a refund and to its query. */
export const RefundMessage = z.object({
  out_refund_no: z.string(),
  out_trade_no: z.string(),
  status: z.string(),
  success_time: z.string().optional(),
  amount: RefundAmount,
})
export type RefundMessage = z.infer<typeof RefundMessage>

/** A refund in a notification says `refund_status` where answers say `status`, and has no currency. */
export const RefundNotificationMessage = z.object({
  mchid: z.string(),
  out_refund_no: z.string(),
  out_trade_no: z.string(),
  refund_status: z.string(),
  success_time: z.string().optional(),
  amount: RefundAmount,
})

export const NotificationEnvelope = z.object({
  event_type: z.string(),
  resource_type: z.literal('encrypt-resource'),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string(),
    associated_data: z.string().optional(),
    nonce: z.string(),
  }),
})
export type NotificationEnvelope = z.infer<typeof NotificationEnvelope>

import { z } from 'zod'

// UnionPay's online gateway 5.1.0 as it stands on the wire; docs/reference/channels/unionpay.md says
// where each fact is from. Codes are any text, since the mapper must see new ones.

/** The third part of the subject of UnionPay's certificates: in production, and in test environments. */
export const SIGNER_NAMES = ['中国银联股份有限公司', '00040000:SIGN'] as const

export const PATH = {
  front: '/gateway/api/frontTransReq.do',
  back: '/gateway/api/backTransReq.do',
  query: '/gateway/api/queryTrans.do',
} as const

export const CURRENCY = 'CNY'
/** ISO 4217 writes the yuan so in digits. */
export const CURRENCY_CODE = '156'

export const VERSION = '5.1.0'
export const ENCODING = 'UTF-8'
/** RSA with certificates. */
export const SIGN_METHOD = '01'

/** The same in every request. */
export const COMMON_FIELDS = {
  version: VERSION,
  encoding: ENCODING,
  signMethod: SIGN_METHOD,
  accessType: '0',
} as const

export const TRANSACTION = {
  pay: { txnType: '01', txnSubType: '01', bizType: '000201' },
  refund: { txnType: '04', txnSubType: '00', bizType: '000201' },
  query: { txnType: '00', txnSubType: '00', bizType: '000000' },
  file: { txnType: '76', txnSubType: '01', bizType: '000000' },
} as const

export const CHANNEL_TYPE = { page: '07', h5: '08' } as const

/** The longest description, in bytes of UTF-8. */
export const DESCRIPTION_BYTES_MAX = 32

export const RESPONSE = {
  success: '00',
  /** Paid, with a defect that is none of the merchant's. */
  successWithDefect: 'A6',
  duplicate: '12',
  notFound: '34',
  noFile: '98',
} as const

/** In `origRespCode`: not known yet, or accepted and not done. */
export const PENDING: ReadonlySet<string> = new Set(['03', '04', '05'])

/** In `origRespCode`: surely failed. `42` is not here: the payer was charged and gets it back. */
export const FAILED: ReadonlySet<string> = new Set([
  ...['01', '30', '33', '35', '36', '38'],
  ...['61', '62', '63', '64', '65', '73', '77', '78', '79', '83'],
])

/** Of a request: UnionPay did not take it. It says nothing about one that went before. */
export const REFUSED: ReadonlySet<string> = new Set([
  ...['01', '10', '11', '13', '30', '31', '32', '33', '35', '36', '38', '39'],
])

/** What the codes above are called in our own answers. */
export const WORDS: Readonly<Record<string, string>> = {
  '01': 'transaction_failed',
  '10': 'message_invalid',
  '11': 'signature_invalid',
  '13': 'field_missing',
  '30': 'refused_by_bank',
  '31': 'merchant_state_invalid',
  '32': 'merchant_not_permitted',
  '33': 'amount_over_limit',
  '35': 'original_not_found',
  '36': 'original_mismatch',
  '38': 'risk_refused',
  '39': 'outside_hours',
  '61': 'card_invalid',
  '64': 'balance_insufficient',
  '73': 'card_expired',
}
export const WORD_OTHERWISE = 'payment_failed'

const Fen = z.string().regex(/^\d{1,12}$/)
/** `yyyyMMddHHmmss` */
const TxnTime = z.string().regex(/^\d{14}$/)
/** `MMDDhhmmss` */
const TraceTime = z.string().regex(/^\d{10}$/)

/** What every answer and notification begins with. */
export const Envelope = z.object({
  version: z.literal(VERSION),
  encoding: z.string().refine((text) => text.toUpperCase() === ENCODING),
  signMethod: z.literal(SIGN_METHOD),
  merId: z.string(),
  respCode: z.string().min(1),
  respMsg: z.string().default(''),
})
export type Envelope = z.infer<typeof Envelope>

/** A transaction, as queries answer it and notifications tell it. */
export const TransactionMessage = Envelope.extend({
  txnType: z.string(),
  orderId: z.string(),
  txnTime: TxnTime,
  origRespCode: z.string().optional(),
  origRespMsg: z.string().default(''),
  txnAmt: Fen.optional(),
  currencyCode: z.string().default(CURRENCY_CODE),
  queryId: z.string().optional(),
  traceTime: TraceTime.optional(),
  origQryId: z.string().optional(),
  reqReserved: z.string().default(''),
})
export type TransactionMessage = z.infer<typeof TransactionMessage>

/** The answer to a request that is not a query. */
export const AcceptedMessage = Envelope.extend({ orderId: z.string(), txnTime: TxnTime })

export const FileMessage = Envelope.extend({
  settleDate: z.string().optional(),
  fileContent: z.string().optional(),
})

import { z } from 'zod'

// The bank's V3.0.0 interface as docs/reference/channels/abc.md has it. Objects let unknown fields
// through, since the bank may add some any day; words are any text, since the mapper must see new ones.

export const TRX_PATH = '/ebus/ReceiveMerchantTrxReqServlet'
export const CONTENT_TYPE = 'text/plain; charset=GB18030'
export const CHARSET = 'gb18030'
export const SIGNATURE_ALGORITHM = 'SHA1withRSA'
/** ISO 4217 by number; the bank’s net banking takes yuan only. */
export const CURRENCY_NUMBER = '156'
export const CURRENCY = 'CNY'
/** The longest texts we send, in characters. */
export const TEXT_LENGTH_MAX = 100

export const CODE = {
  done: '0000',
  notFound: 'E001',
  paid: 'E002',
  closed: 'E003',
  refunded: 'E004',
  tooMuch: 'E005',
  statementNotReady: 'E007',
  statementEmpty: 'E008',
  unknown: 'EUNKWN',
} as const

const Text = z.string().max(4096)
const OptionalText = Text.default('')

/** What every answer has; `TrxResponse` keeps the rest for the message that was asked. */
export const AnswerMessage = z.object({
  Merchant: z.object({ MerchantID: OptionalText }),
  TrxResponse: z.looseObject({ ReturnCode: z.string().min(1).max(32), ErrorMessage: OptionalText }),
})

export const PlacedResponse = z.object({
  OrderNo: Text,
  OrderAmount: Text,
  PaymentURL: z.string().min(1).max(2048).optional(),
  QRCode: z.string().min(1).max(512).optional(),
})
export type PlacedResponse = z.infer<typeof PlacedResponse>

/** `Order` is base64 of a JSON text; empty when there is nothing under this number. */
export const QueryResponse = z.object({ Order: z.string().max(64 * 1024) })

export const OrderMessage = z.object({
  OrderNo: Text,
  OrderDate: OptionalText,
  OrderTime: OptionalText,
  OrderAmount: Text,
  Status: Text,
  iRspRef: OptionalText,
  HostDate: OptionalText,
  HostTime: OptionalText,
})
export type OrderMessage = z.infer<typeof OrderMessage>

export const RefundMessage = z.object({
  OrderNo: Text,
  OldOrderNo: OptionalText,
  OrderDate: OptionalText,
  OrderTime: OptionalText,
  RefundAmount: Text,
  Status: Text,
  HostDate: OptionalText,
  HostTime: OptionalText,
})
export type RefundMessage = z.infer<typeof RefundMessage>

export const RefundedResponse = z.object({ OrderNo: Text, NewOrderNo: Text, TrxAmount: Text })

const Count = z.string().regex(/^\d{1,9}$/)

export const SettleResponse = z.object({
  SettleDate: Text,
  NumOfPayments: Count,
  SumOfPayAmount: Text,
  NumOfRefunds: Count,
  SumOfRefundAmount: Text,
  ZIPDetailRecords: z.string().optional(),
  DetailRecords: z.string().optional(),
})
export type SettleResponse = z.infer<typeof SettleResponse>

/** The one message that comes as XML. */
export const PaymentNotification = z.object({
  ReturnCode: Text,
  MerchantID: Text,
  OrderNo: Text,
  Amount: Text,
  HostDate: Text,
  HostTime: Text,
  iRspRef: z.string().min(1).max(64),
})
export type PaymentNotification = z.infer<typeof PaymentNotification>

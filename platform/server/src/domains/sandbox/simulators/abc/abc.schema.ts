import { z } from 'zod'
import { parseMajorText } from '../../../../kernel/money.js'
import { AbcRefusal } from './abc.refusal.js'

/** Yuan with two decimals and no sign, read as fen. */
const Yuan = z
  .string()
  .regex(/^\d{1,12}\.\d{2}$/)
  .transform((text) => Number(parseMajorText(text) ?? 0n))
const No = z.string().regex(/^[0-9A-Za-z]{1,60}$/)
const DateText = z.string().regex(/^\d{4}\/\d\d\/\d\d$/)
const TimeText = z.string().regex(/^\d\d:\d\d:\d\d$/)
const HttpUrl = z.url({ protocol: /^https?$/ })

const Order = z.object({
  PayTypeID: z.literal('ImmediatePay'),
  OrderNo: No,
  OrderAmount: Yuan.refine((fen) => fen > 0),
  OrderDate: DateText,
  OrderTime: TimeText,
  orderTimeoutDate: z
    .string()
    .regex(/^\d{14}$/)
    .optional(),
  OrderDesc: z.string().min(1).max(100),
  CurrencyCode: z.literal('156'),
  CommodityType: z.string().regex(/^\d{4}$/),
  InstallmentMark: z.literal('0'),
  ExpiredDate: z.string().regex(/^\d{1,3}$/),
  BuyIP: z.string().optional(),
})

const Placing = {
  Order,
  OrderDetail: z
    .array(z.object({ ProductName: z.string().min(1).max(100) }))
    .min(1)
    .max(20),
  PaymentType: z.enum(['1', '3', '6', 'A']),
  PaymentLinkType: z.enum(['1', '2']),
  NotifyType: z.enum(['0', '1']),
  ResultNotifyURL: HttpUrl,
  IsBreakAccount: z.literal('0'),
}

export const PayReq = z.object({
  TrxType: z.literal('PayReq'),
  ...Placing,
  MerchantSuccessURL: HttpUrl,
  MerchantErrorURL: HttpUrl,
})
export const ScanReq = z.object({ TrxType: z.literal('OLScanPayOrderReq'), ...Placing })
export const PlacingReq = z.discriminatedUnion('TrxType', [PayReq, ScanReq])
export type PlacingReq = z.infer<typeof PlacingReq>

export const QueryReq = z.object({
  TrxType: z.literal('Query'),
  PayTypeID: z.enum(['ImmediatePay', 'Refund']),
  OrderNo: No,
  QueryDetail: z.enum(['true', 'false']),
})
export type QueryReq = z.infer<typeof QueryReq>

export const RefundReq = z.object({
  TrxType: z.literal('Refund'),
  OrderDate: DateText,
  OrderTime: TimeText,
  OrderNo: No,
  NewOrderNo: No,
  CurrencyCode: z.literal('156'),
  TrxAmount: Yuan.refine((fen) => fen > 0),
  MerchantRemarks: z.string().max(100).optional(),
})
export type RefundReq = z.infer<typeof RefundReq>

export const SettleReq = z.object({
  TrxType: z.literal('Settle'),
  SettleDate: DateText,
  ZIP: z.enum(['0', '1']),
})
export type SettleReq = z.infer<typeof SettleReq>

const TrxRequest = z.discriminatedUnion('TrxType', [
  PayReq,
  ScanReq,
  QueryReq,
  RefundReq,
  SettleReq,
])
export type TrxRequest = z.infer<typeof TrxRequest>

const Message = z.object({
  Version: z.literal('V3.0.0'),
  Format: z.literal('JSON'),
  Merchant: z.object({ ECMerchantType: z.literal('EBUS'), MerchantID: z.string().min(1) }),
  TrxRequest: z.looseObject({ TrxType: z.string() }),
})

export interface ReadMessage {
  readonly merchant_id: string
  readonly request: TrxRequest
  /** The request in canonical form, to compare it with a repetition. */
  readonly canonical: string
}

/** Who speaks, before anything else is believed. Throws APE009. */
export function readMerchantId(message: string): string {
  return parse(Message, json(message)).Merchant.MerchantID
}

/** Throws APE009. */
export function readMessage(message: string): ReadMessage {
  const { Merchant, TrxRequest: raw } = parse(Message, json(message))
  return {
    merchant_id: Merchant.MerchantID,
    request: parse(TrxRequest, raw),
    canonical: toCanonical(raw),
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AbcRefusal('APE009')
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AbcRefusal('APE009', `请求报文格式错误：${issue?.path.join('.')} ${issue?.message}`)
}

/** Objects with their members in order, so that a repeated request can be told from another one. */
function toCanonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

import { z } from 'zod'
import { type RespCode, UnionpayRefusal } from './unionpay.refusal.js'
import type { Fields } from './unionpay.signature.js'
import { fromTxnTime } from './unionpay.time.js'

const OrderId = z.string().regex(/^[0-9A-Za-z]{8,40}$/)
const TxnTime = z.string().refine((text) => fromTxnTime(text) !== null, 'yyyyMMddHHmmss')
const Amount = z.string().regex(/^[1-9]\d{0,11}$/)
/** Plain http is for this sandbox. */
const Url = z.url({ protocol: /^https?$/ }).max(256)
const Reserved = z.string().max(1024).default('')

const Common = z.object({
  version: z.literal('5.1.0'),
  encoding: z.string().regex(/^utf-?8$/i),
  signMethod: z.literal('01'),
  certId: z.string().min(1),
  signature: z.string().min(1),
  txnType: z.string().min(1),
  txnSubType: z.string().min(1),
  bizType: z.string().min(1),
  accessType: z.literal('0'),
  merId: z.string().min(1),
  txnTime: TxnTime,
})

/** What every request says; all of it is looked at only after the signature. */
export const Signed = z.looseObject({
  merId: z.string(),
  certId: z.string(),
  signature: z.string(),
})

export const PayForm = Common.extend({
  txnType: z.literal('01'),
  bizType: z.literal('000201'),
  orderId: OrderId,
  channelType: z.enum(['07', '08']),
  txnAmt: Amount,
  currencyCode: z.literal('156'),
  frontUrl: Url,
  backUrl: Url,
  payTimeout: TxnTime.optional(),
  orderDesc: z.string().max(32).default(''),
  reqReserved: Reserved,
})
export type PayForm = z.infer<typeof PayForm>

export const BackRequest = Common.extend({
  txnType: z.enum(['04', '31']),
  orderId: OrderId,
  origQryId: z.string().regex(/^\d{21}$/),
  txnAmt: Amount,
  backUrl: Url.optional(),
  channelType: z.enum(['07', '08']),
  reqReserved: Reserved,
})
export type BackRequest = z.infer<typeof BackRequest>

export const QueryRequest = Common.extend({ txnType: z.literal('00'), orderId: OrderId })

export const FileRequest = Common.extend({
  txnType: z.literal('76'),
  fileType: z.literal('00'),
  settleDate: z.string().regex(/^\d{4}$/),
})

/** A field that is absent is `13`, one that is wrong is `10`. */
export function readFields<T>(schema: z.ZodType<T>, fields: Fields): T {
  const read = schema.safeParse(fields)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const name = String(issue?.path[0] ?? '')
  const code: RespCode = fields[name] === undefined ? '13' : '10'
  throw new UnionpayRefusal(code, name)
}

/** The same fields, in any order, are the same form. The signature may differ and the time it was made. */
export function toCanonical(fields: Fields): string {
  const named = Object.entries(fields).filter(([name]) => !['signature', 'certId'].includes(name))
  return JSON.stringify(named.sort(([a], [b]) => (a < b ? -1 : 1)))
}

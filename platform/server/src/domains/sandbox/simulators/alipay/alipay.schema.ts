import { z } from 'zod'
import { parseMajorText } from '../../../../kernel/money.js'
import { AlipayRefusal } from './alipay.refusal.js'
import { fromWireTime } from './alipay.time.js'

const TOTAL_FEN_MAX = 10_000_000_000n

/** `0.01` to `100000000.00`, as fen. */
const Yuan = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,2})?$/, '金额格式错误')
  .transform((text) => parseMajorText(text) ?? 0n)
  .refine((fen) => fen >= 1n && fen <= TOTAL_FEN_MAX, '金额超出范围')
  .transform(Number)

const OutTradeNo = z.string().regex(/^[0-9A-Za-z_]{1,64}$/, '商户订单号格式错误')
const WireTime = z
  .string()
  .refine((text) => fromWireTime(text) !== null, '时间格式错误')
  .transform((text) => fromWireTime(text) ?? new Date(0))

/** What the three ways to order have in common; other fields are let through. */
export const CreateTrade = z.looseObject({
  out_trade_no: OutTradeNo,
  total_amount: Yuan,
  subject: z
    .string()
    .min(1)
    .refine((text) => Array.from(text).length <= 256, '订单标题过长')
    .refine((text) => !/[/=&]/.test(text), '订单标题含有特殊字符'),
  time_expire: WireTime.optional(),
  product_code: z.string().optional(),
  quit_url: z.url({ protocol: /^https?$/ }).optional(),
})
export type CreateTrade = z.infer<typeof CreateTrade>

export const AskTrade = z.looseObject({ out_trade_no: OutTradeNo })

export const CreateRefund = z.looseObject({
  out_trade_no: OutTradeNo,
  refund_amount: Yuan,
  out_request_no: z.string().regex(/^[0-9A-Za-z_]{1,64}$/),
  refund_reason: z.string().max(512).optional(),
})
export type CreateRefund = z.infer<typeof CreateRefund>

export const AskRefund = z.looseObject({
  out_trade_no: OutTradeNo,
  out_request_no: z.string().min(1).max(64),
  query_options: z.array(z.string()).default([]),
})
export type AskRefund = z.infer<typeof AskRefund>

export const AskBill = z.looseObject({
  bill_type: z.literal('trade'),
  bill_date: z.iso.date(),
})

/** Reads a `biz_content`; the first fault is named. */
export function readContent<T>(schema: z.ZodType<T>, bizContent: string): T {
  let content: unknown
  try {
    content = JSON.parse(bizContent)
  } catch {
    throw new AlipayRefusal('isv.invalid-parameter', 'biz_content不是合法的JSON')
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AlipayRefusal('ACQ.INVALID_PARAMETER', `${issue?.path.join('.')} ${issue?.message}`)
}

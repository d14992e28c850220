import { z } from 'zod'
import { WechatpayRefusal } from './wechatpay.refusal.js'

const OutTradeNo = z
  .string()
  .regex(/^[0-9A-Za-z_\-|*]{6,32}$/, '商户订单号须为6-32位数字、大小写字母或_-|*')
const OutRefundNo = z
  .string()
  .regex(/^[0-9A-Za-z_\-|*@]{1,64}$/, '商户退款单号须为1-64位数字、大小写字母或_-|*@')
/** The documentation: reachable, and "不能携带参数" (no query). Plain http is for this sandbox. */
const NotifyUrl = z
  .url({ protocol: /^https?$/ })
  .max(255)
  .refine((url) => !url.includes('?'), '通知地址不能携带参数')
const Fen = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const Currency = z.literal('CNY').default('CNY')

/** Fields we do not act on are accepted and take part in the comparison of repeated requests. */
export const CreateOrder = z.looseObject({
  appid: z.string().min(1).max(32),
  mchid: z.string().min(1).max(32),
  description: z.string().min(1).max(127),
  out_trade_no: OutTradeNo,
  time_expire: z.iso.datetime({ offset: true }).optional(),
  attach: z.string().max(128).optional(),
  notify_url: NotifyUrl,
  amount: z.looseObject({ total: Fen, currency: Currency }),
})
export type CreateOrder = z.infer<typeof CreateOrder>

/** Inside WeChat: the payer is known by the openid that the merchant's app id knows them by. */
export const CreateJsapiOrder = CreateOrder.extend({
  payer: z.looseObject({ openid: z.string().min(1).max(128) }),
})

/** In a phone's browser: WeChat compares the address with that of the browser that arrives. */
export const CreateH5Order = CreateOrder.extend({
  scene_info: z.looseObject({
    payer_client_ip: z.union([z.ipv4(), z.ipv6()]),
    h5_info: z.looseObject({ type: z.string().min(1).max(32) }),
  }),
})

export const TradeBillQuery = z.looseObject({
  bill_date: z.iso.date(),
  bill_type: z.literal('ALL').default('ALL'),
  tar_type: z.literal('GZIP').optional(),
})
export type TradeBillQuery = z.infer<typeof TradeBillQuery>

export const CloseOrder = z.looseObject({ mchid: z.string().min(1) })

export const CreateRefund = z
  .looseObject({
    transaction_id: z.string().min(1).max(32).optional(),
    out_trade_no: OutTradeNo.optional(),
    out_refund_no: OutRefundNo,
    reason: z.string().max(80).optional(),
    notify_url: NotifyUrl.optional(),
    amount: z.looseObject({ refund: Fen, total: Fen, currency: Currency }),
  })
  .refine((body) => body.transaction_id !== undefined || body.out_trade_no !== undefined, {
    path: ['out_trade_no'],
    message: '商户订单号和微信支付订单号须至少提供一个',
  })
export type CreateRefund = z.infer<typeof CreateRefund>

/** Reads a raw body as WeChat does: the first fault is named by place and kind. */
export function readBody<T>(schema: z.ZodType<T>, rawBody: string): T {
  try {
    return readFields(schema, JSON.parse(rawBody), 'body')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new WechatpayRefusal('PARAM_ERROR', '请求体不是合法的JSON', { location: 'body' })
  }
}

export function readFields<T>(
  schema: z.ZodType<T>,
  fields: unknown,
  location: 'body' | 'query',
): T {
  const result = schema.safeParse(fields)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = `/${(issue?.path ?? []).join('/')}`
  throw new WechatpayRefusal('PARAM_ERROR', `参数错误：${field} ${issue?.message ?? ''}`, {
    location,
    field,
    issue: issue?.message,
  })
}

/** The same members in any order are the same request. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

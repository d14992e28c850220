import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { phonePages, phonePath } from '../phone/phone.routes.js'
import type { PhoneBrand, PhoneOrder, PhonePayer, PhoneState } from '../phone/phone.types.js'
import type { WechatpayKeys } from './wechatpay.keys.js'
import { toCode } from './wechatpay.orders.js'
import type { WechatpayPayer } from './wechatpay.payer.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import type { OrderRecord, TradeState } from './wechatpay.types.js'

export interface WechatpayPhoneOptions {
  readonly keys: WechatpayKeys
  readonly payer: WechatpayPayer
  readonly publicBase: string
}

export const WECHATPAY_PHONE_PATH = '/wechatpay/phone'

const BRAND: PhoneBrand = {
  path: WECHATPAY_PHONE_PATH,
  title: { zh: '微信支付（模拟）', en: 'WeChat Pay (simulated)' },
  method: { zh: '零钱', en: 'Balance' },
  colours: { brand: '#07803f', brand_dark: '#06662f', brand_soft: '#e9f6ee' },
}

const STATES: Readonly<Record<TradeState, PhoneState>> = {
  NOTPAY: 'waiting',
  SUCCESS: 'paid',
  REFUND: 'refunded',
  CLOSED: 'closed',
  PAYERROR: 'refused',
}

const ScanQuery = z.object({
  code_url: z.string().optional(),
  pr: z.string().optional(),
  lang: z.string().optional(),
})

/** The payer's phone, as a page: a `weixin://` address cannot be opened on a desk. */
export async function wechatpayPhone(
  app: FastifyInstance,
  { keys, payer, publicBase }: WechatpayPhoneOptions,
): Promise<void> {
  const phone: PhonePayer = {
    async find(code) {
      const order = await payer.scan(code)
      if (!order) return null
      const merchant = await keys.merchant(order.merchant_id)
      return toPhoneOrder(order, merchant?.merchant_name ?? order.merchant_id)
    },
    async play(code, play) {
      const order = await payer.scan(code)
      if (order) await payer.play(order, play)
    },
    async returnOf(code) {
      const order = await payer.scan(code)
      return order?.return_url ? { method: 'GET', url: order.return_url, fields: {} } : null
    },
    explain: (error) => (error instanceof WechatpayRefusal ? error.message : null),
  }
  await phonePages(app, { brand: BRAND, payer: phone, publicBase })
  const path = phonePath({ brand: BRAND, publicBase })

  // As the camera would: from the text of the QR code to its page.
  app.get('/', async (request, reply) => {
    const { code_url, pr, lang } = ScanQuery.parse(request.query)
    const code = toCode(code_url ?? pr ?? '')
    const query = lang === undefined ? '' : `?${new URLSearchParams({ lang })}`
    return reply.redirect(`${path}/${encodeURIComponent(code) || '-'}${query}`)
  })
}

function toPhoneOrder(order: OrderRecord, merchant_name: string): PhoneOrder {
  return {
    state: STATES[order.trade_state],
    amount: BigInt(order.total),
    merchant_name,
    description: order.description,
    order_no: order.out_trade_no,
    transaction_no: order.transaction_id,
    paid_at: order.success_time?.replace('T', ' ').slice(0, 19) ?? null,
  }
}

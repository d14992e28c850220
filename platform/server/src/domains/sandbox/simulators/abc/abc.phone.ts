import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import { phonePages, phonePath } from '../phone/phone.routes.js'
import type { PhoneBrand, PhoneOrder, PhonePayer, PhoneReturn } from '../phone/phone.types.js'
import { toNotice } from './abc.answers.js'
import type { AbcKeys } from './abc.keys.js'
import { toMsg } from './abc.notice.js'
import type { AbcOrders } from './abc.orders.js'
import type { AbcPayer } from './abc.payer.js'
import { AbcRefusal } from './abc.refusal.js'
import { toBankTime } from './abc.text.js'
import { isExpired, isPaid, type OrderRecord } from './abc.types.js'

export interface AbcPhoneOptions {
  readonly keys: AbcKeys
  readonly orders: AbcOrders
  readonly payer: AbcPayer
  readonly clock: Clock
  readonly publicBase: string
}

export const ABC_PAGE_PATH = '/abc/pay'

const BRAND: PhoneBrand = {
  path: ABC_PAGE_PATH,
  title: { zh: '中国农业银行网上支付（模拟）', en: 'Agricultural Bank of China (simulated)' },
  method: { zh: '农行借记卡', en: 'ABC debit card' },
  colours: { brand: '#00796b', brand_dark: '#005a50', brand_soft: '#e4f3f1' },
}

const ScanQuery = z.object({ code_url: z.string().max(2048), lang: z.string().optional() })

/** The bank's payment page, on a desk or on a phone. */
export async function abcPhone(app: FastifyInstance, options: AbcPhoneOptions): Promise<void> {
  const { publicBase } = options
  await phonePages(app, { brand: BRAND, payer: phonePayer(options), publicBase })
}

/** As the camera would: from the text of the QR code to its page. */
export async function abcScan(
  app: FastifyInstance,
  { publicBase }: Pick<AbcPhoneOptions, 'publicBase'>,
): Promise<void> {
  const path = phonePath({ brand: BRAND, publicBase })
  app.get('/', async (request, reply) => {
    const { code_url, lang } = ScanQuery.parse(request.query)
    const code = code_url.split('/').at(-1) ?? ''
    const query = lang === undefined ? '' : `?${new URLSearchParams({ lang })}`
    return reply.redirect(`${path}/${encodeURIComponent(code) || '-'}${query}`)
  })
}

function phonePayer({ keys, orders, payer, clock }: AbcPhoneOptions): PhonePayer {
  const find = async (code: string): Promise<OrderRecord | null> => {
    const reference = await orders.find(code)
    return reference ? payer.look(reference.merchant_id, reference.order_no) : null
  }
  return {
    async find(code) {
      const order = await find(code)
      if (!order) return null
      const merchant = await keys.merchant(order.merchant_id)
      return toPhoneOrder(order, merchant?.merchant_name ?? order.merchant_id, clock.now())
    },
    async play(code, play) {
      const order = await find(code)
      if (order) await payer.play(order, play)
    },
    explain: (error) => (error instanceof AbcRefusal ? error.message : null),
    async returnOf(code) {
      const order = await find(code)
      return order && (await returnOf(order, keys))
    },
  }
}

/** With NotifyType 0 the browser itself carries the notification, and the merchant sends it on from there. */
async function returnOf(order: OrderRecord, keys: AbcKeys): Promise<PhoneReturn | null> {
  const { rsp_ref, paid_at, success_url, error_url } = order
  if (!isPaid(order) || rsp_ref === null || paid_at === null) return backTo(error_url)
  if (order.notify_type === '1' || success_url === null) return backTo(success_url)
  const MSG = toMsg(toNotice({ ...order, rsp_ref, paid_at }), await keys.bank())
  return { method: 'POST', url: order.notify_url, fields: { MSG } }
}

function backTo(url: string | null): PhoneReturn | null {
  return url === null ? null : { method: 'GET', url, fields: {} }
}

function toPhoneOrder(order: OrderRecord, merchant_name: string, now: Date): PhoneOrder {
  const paid = order.paid_at === null ? null : toBankTime(new Date(order.paid_at))
  return {
    state: stateOf(order, now),
    amount: BigInt(order.amount),
    merchant_name,
    description: order.description,
    order_no: order.order_no,
    transaction_no: order.rsp_ref,
    paid_at: paid && `${paid.date} ${paid.time}`,
  }
}

function stateOf(order: OrderRecord, now: Date): PhoneOrder['state'] {
  switch (order.status) {
    case '04':
      return 'paid'
    case '05':
      return 'refunded'
    case '99':
      return 'refused'
    case '01':
      return isExpired(order, now) ? 'closed' : 'waiting'
  }
}

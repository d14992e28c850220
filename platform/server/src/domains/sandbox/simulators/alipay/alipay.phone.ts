import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import { phonePages, phonePath } from '../phone/phone.routes.js'
import type {
  PhoneBrand,
  PhoneOrder,
  PhonePayer,
  PhoneReturn,
  PhoneState,
} from '../phone/phone.types.js'
import { toCode } from './alipay.answers.js'
import type { AlipayKeys } from './alipay.keys.js'
import { toReturn } from './alipay.notice.js'
import type { AlipayPayer } from './alipay.payer.js'
import { AlipayRefusal } from './alipay.refusal.js'
import { signParameters } from './alipay.signature.js'
import { toWireTime } from './alipay.time.js'
import { type AlipayTrades, isPaid } from './alipay.trades.js'
import type { TradeRecord } from './alipay.types.js'

export interface AlipayPhoneOptions {
  readonly keys: AlipayKeys
  readonly trades: AlipayTrades
  readonly payer: AlipayPayer
  readonly clock: Clock
  readonly publicBase: string
}

const ScanQuery = z.object({ code_url: z.string().max(2048), lang: z.string().optional() })

export const ALIPAY_BRAND: PhoneBrand = {
  path: '/alipay/phone',
  title: { zh: '支付宝（模拟）', en: 'Alipay (simulated)' },
  method: { zh: '账户余额', en: 'Balance' },
  colours: { brand: '#1265d8', brand_dark: '#0d4fa8', brand_soft: '#e8f1fd' },
}

/** The payer's phone, and the checkout page of a browser: one page, opened by its code. */
export async function alipayPhone(
  app: FastifyInstance,
  { keys, trades, payer, clock, publicBase }: AlipayPhoneOptions,
): Promise<void> {
  const phone: PhonePayer = {
    // To look at the page is to have scanned its code.
    async find(code) {
      const found = await trades.findByCode(code)
      if (!found) return null
      const trade = await trades.arrive(found)
      const merchant = await keys.merchant(trade.merchant_id)
      return toPhoneOrder(trade, merchant?.merchant_name ?? trade.merchant_id)
    },
    async play(code, play) {
      const trade = await trades.findByCode(code)
      if (trade) await payer.play(trade, play)
    },
    explain: (error) => (error instanceof AlipayRefusal ? error.message : null),
    async returnOf(code) {
      const trade = await trades.findByCode(code)
      return trade && returnOf(trade, keys, clock.now())
    },
  }
  await phonePages(app, { brand: ALIPAY_BRAND, payer: phone, publicBase })
  const path = phonePath({ brand: ALIPAY_BRAND, publicBase })

  // As the camera would: from the text of the QR code to its page.
  app.get('/', async (request, reply) => {
    const { code_url, lang } = ScanQuery.parse(request.query)
    const query = lang === undefined ? '' : `?${new URLSearchParams({ lang })}`
    return reply.redirect(`${path}/${encodeURIComponent(toCode(code_url)) || '-'}${query}`)
  })
}

/** A payer who has paid comes back with Alipay's word for it; any other one just goes back. */
async function returnOf(
  trade: TradeRecord,
  keys: AlipayKeys,
  now: Date,
): Promise<PhoneReturn | null> {
  const { return_url, quit_url } = trade
  if (!isPaid(trade) || return_url === null) {
    return quit_url === null ? null : { method: 'GET', url: quit_url, fields: {} }
  }
  const { private_key } = await keys.platformKey()
  const url = new URL(return_url)
  for (const [name, value] of Object.entries(signParameters(toReturn(trade, now), private_key))) {
    url.searchParams.set(name, value)
  }
  return { method: 'GET', url: url.href, fields: {} }
}

function toPhoneOrder(trade: TradeRecord, merchant_name: string): PhoneOrder {
  return {
    state: toState(trade),
    amount: BigInt(trade.total),
    merchant_name,
    description: trade.subject,
    order_no: trade.out_trade_no,
    transaction_no: isPaid(trade) ? trade.trade_no : null,
    paid_at: trade.paid_at === null ? null : toWireTime(new Date(trade.paid_at)),
  }
}

function toState(trade: TradeRecord): PhoneState {
  if (trade.refunded > 0) return 'refunded'
  if (isPaid(trade)) return 'paid'
  if (trade.status === 'TRADE_CLOSED') return 'closed'
  return trade.is_refused ? 'refused' : 'waiting'
}

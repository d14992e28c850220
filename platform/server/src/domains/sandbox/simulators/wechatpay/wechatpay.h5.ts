import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { toCode } from './wechatpay.orders.js'
import type { WechatpayPayer } from './wechatpay.payer.js'
import { WECHATPAY_PHONE_PATH } from './wechatpay.phone.js'
import type { OrderRecord } from './wechatpay.types.js'

const H5_PATH = '/wechatpay/cgi-bin/mmpayweb-bin/checkmweb'

/** What WeChat put into the h5_url, and the `redirect_url` that the merchant adds to it. */
const H5Query = z.object({
  package: z.string().max(64),
  redirect_url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
})

export interface WechatpayH5Options {
  readonly payer: WechatpayPayer
  readonly publicBase: string
}

export function h5Url(publicBase: string, order: OrderRecord): string {
  const query = new URLSearchParams({ prepay_id: order.prepay_id, package: order.code })
  return `${publicBase.replace(/\/$/, '')}${H5_PATH}?${query}`
}

/** The page between the merchant's site in a phone's browser and WeChat. */
export async function wechatpayH5(
  app: FastifyInstance,
  { payer, publicBase }: WechatpayH5Options,
): Promise<void> {
  const basePath = new URL(publicBase).pathname.replace(/\/$/, '')
  app.get(H5_PATH, async (request, reply) => {
    const query = H5Query.safeParse(request.query)
    const order = query.success ? await arrive(payer, query.data) : null
    return reply.redirect(`${basePath}${WECHATPAY_PHONE_PATH}/${order?.code ?? '-'}`)
  })
}

/** Opens what the payer was given: the text of a QR code is scanned, an h5_url is gone to. */
export async function openUrl(payer: WechatpayPayer, url: string): Promise<OrderRecord | null> {
  if (!URL.canParse(url)) return null
  const { pathname, searchParams } = new URL(url)
  if (!pathname.endsWith('/checkmweb')) return payer.scan(toCode(url))
  const query = H5Query.safeParse(Object.fromEntries(searchParams))
  return query.success ? arrive(payer, query.data) : null
}

function arrive(payer: WechatpayPayer, query: z.infer<typeof H5Query>) {
  return payer.arrive(query.package, query.redirect_url ?? null)
}

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { ChannelAccount, RawNotification } from '../channel.port.js'

/** Tests only: both ends of a merchant relation, Alipay's written from its documentation. */
export interface AlipayFixture {
  readonly account: ChannelAccount
  readonly appPublicKey: KeyObject
  readonly alipayPrivateKey: KeyObject
  readonly settings: Readonly<Record<string, string>>
}

export const FIXTURE_APP_ID = '9021000122671080'
export const FIXTURE_SELLER_ID = '2088102146225135'

export function makeAlipayFixture(baseUrl = 'http://localhost:1/alipay'): AlipayFixture {
  const app = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const alipay = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const settings = {
    base_url: baseUrl,
    app_id: FIXTURE_APP_ID,
    app_private_key: app.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    alipay_public_key: alipay.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
  return {
    account: {
      institution_id: 'inst_00000000000000000000000000',
      livemode: false,
      id: 'cha_00000000000000000000000000',
      channel: 'alipay',
      merchant_id: FIXTURE_SELLER_ID,
      settings,
    },
    appPublicKey: app.publicKey,
    alipayPrivateKey: alipay.privateKey,
    settings,
  }
}

/** `alipay.trade.query` → the text of a signed answer to it. */
export function signedAnswer(key: KeyObject, method: string, content: object): string {
  const text = JSON.stringify(content)
  const signature = sign('sha256', Buffer.from(text), key).toString('base64')
  return `{"${method.replaceAll('.', '_')}_response":${text},"sign":"${signature}"}`
}

export function signedNotification(
  key: KeyObject,
  fields: Readonly<Record<string, string>>,
): RawNotification {
  const text = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
  const signature = sign('sha256', Buffer.from(text), key).toString('base64')
  const form = new URLSearchParams({ ...fields, sign_type: 'RSA2', sign: signature })
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: Buffer.from(form.toString()),
  }
}

export const PAID_NOTICE = {
  notify_time: '2026-12-01 10:35:00',
  notify_type: 'trade_status_sync',
  notify_id: '2026120100222103500049331030461082',
  app_id: FIXTURE_APP_ID,
  charset: 'utf-8',
  version: '1.0',
  trade_no: '2026120122001400000000000001',
  out_trade_no: 'ORDER0000000001',
  buyer_id: '2088622951449331',
  seller_id: FIXTURE_SELLER_ID,
  trade_status: 'TRADE_SUCCESS',
  total_amount: '123.45',
  receipt_amount: '123.45',
  subject: '2026 学年学费 + 住宿费 100%',
  gmt_create: '2026-12-01 10:34:00',
  gmt_payment: '2026-12-01 10:34:56',
} as const

import { createCipheriv, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { ChannelAccount, RawNotification } from '../channel.port.js'

/** Tests only: both ends of a merchant relation, WeChat's written from its documentation. */
export interface WechatpayFixture {
  readonly account: ChannelAccount
  readonly merchantPublicKey: KeyObject
  readonly platformPrivateKey: KeyObject
  readonly settings: Readonly<Record<string, string>>
}

export const FIXTURE_KEY_ID = 'PUB_KEY_ID_0000000000000024101100397200000006'
const API_V3_KEY = '0123456789abcdef0123456789abcdef'

export function makeWechatpayFixture(baseUrl = 'http://localhost:1/wechatpay'): WechatpayFixture {
  const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const platform = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const settings = {
    base_url: baseUrl,
    app_id: 'wxd678efh567hg6787',
    api_v3_key: API_V3_KEY,
    merchant_serial_no: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
    merchant_private_key: merchant.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    platform_key_id: FIXTURE_KEY_ID,
    platform_public_key: platform.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
  return {
    account: {
      institution_id: 'inst_00000000000000000000000000',
      livemode: false,
      id: 'cha_00000000000000000000000000',
      channel: 'wechatpay',
      merchant_id: '1900007291',
      settings,
    },
    merchantPublicKey: merchant.publicKey,
    platformPrivateKey: platform.privateKey,
    settings,
  }
}

/** The headers that WeChat puts on a response or a notification. */
export function signAsPlatform(key: KeyObject, body: string, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const nonce = randomBytes(16).toString('hex')
  const text = Buffer.from(`${timestamp}\n${nonce}\n${body}\n`)
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': FIXTURE_KEY_ID,
    'wechatpay-signature': sign('sha256', text, key).toString('base64'),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  }
}

export function sealNotification(
  fixture: WechatpayFixture,
  eventType: string,
  content: unknown,
  at: Date,
): RawNotification {
  const nonce = randomBytes(6).toString('hex')
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(API_V3_KEY), Buffer.from(nonce))
  cipher.setAAD(Buffer.from('transaction'))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()])
  const ciphertext = Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64')
  const body = JSON.stringify({
    id: 'EV-2018022511223320873',
    create_time: '2015-05-20T13:29:35+08:00',
    resource_type: 'encrypt-resource',
    event_type: eventType,
    summary: '支付成功',
    resource: {
      algorithm: 'AEAD_AES_256_GCM',
      original_type: 'transaction',
      ciphertext,
      associated_data: 'transaction',
      nonce,
    },
  })
  return {
    headers: signAsPlatform(fixture.platformPrivateKey, body, at),
    body: Buffer.from(body),
  }
}

export const PAID_TRANSACTION = {
  appid: 'wxd678efh567hg6787',
  mchid: '1900007291',
  out_trade_no: 'ORDER0000000001',
  transaction_id: '4200001825202612010000000001',
  trade_type: 'NATIVE',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'OTHERS',
  success_time: '2026-12-01T10:34:56+08:00',
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: { total: 12345, payer_total: 12345, currency: 'CNY', payer_currency: 'CNY' },
} as const

/** As answers spell it; notifications say `refund_status`, add `mchid` and have no currency. */
export const DONE_REFUND = {
  refund_id: '50000000382019052709732678859',
  out_refund_no: 'REFUND000000001',
  transaction_id: '4200001825202612010000000001',
  out_trade_no: 'ORDER0000000001',
  channel: 'ORIGINAL',
  user_received_account: '招商银行信用卡0403',
  success_time: '2026-12-01T12:00:00+08:00',
  create_time: '2026-12-01T11:59:00+08:00',
  status: 'SUCCESS',
  amount: { total: 12345, refund: 345, payer_total: 12345, payer_refund: 345, currency: 'CNY' },
} as const

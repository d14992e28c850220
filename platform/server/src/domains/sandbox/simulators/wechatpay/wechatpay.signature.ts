import { randomBytes, sign, verify } from 'node:crypto'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import type { MerchantRecord, PlatformKeyRecord } from './wechatpay.types.js'

export interface SignedRequest {
  readonly method: string
  /** Path and query exactly as they came, with every prefix. */
  readonly url: string
  readonly body: string
  readonly authorization: string | undefined
}

export interface Credentials {
  readonly mchid: string
  readonly nonce_str: string
  readonly timestamp: string
  readonly serial_no: string
  readonly signature: string
}

const SCHEME = 'WECHATPAY2-SHA256-RSA2048'
const SKEW_SECONDS_MAX = 300

/** Splits the Authorization header, so that the merchant can be found before anything is verified. */
export function readCredentials(authorization: string | undefined): Credentials {
  const malformed = new WechatpayRefusal(
    'SIGN_ERROR',
    'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》',
  )
  if (!authorization?.startsWith(`${SCHEME} `)) throw malformed
  const parts = new Map<string, string>()
  for (const [, name, value] of authorization.matchAll(/(\w+)="([^"]*)"/g)) {
    if (name === undefined || value === undefined || parts.has(name)) throw malformed
    parts.set(name, value)
  }
  const mchid = parts.get('mchid')
  const nonce_str = parts.get('nonce_str')
  const timestamp = parts.get('timestamp')
  const serial_no = parts.get('serial_no')
  const signature = parts.get('signature')
  if (!mchid || !nonce_str || !timestamp || !serial_no || !signature) throw malformed
  return { mchid, nonce_str, timestamp, serial_no, signature }
}

/** Refuses a request that this merchant's key did not sign just now, byte for byte. */
export function verifyRequest(
  request: SignedRequest,
  credentials: Credentials,
  merchant: MerchantRecord,
  now: Date,
): void {
  if (credentials.serial_no !== merchant.merchant_serial_no) {
    throw new WechatpayRefusal('SIGN_ERROR', '商户证书序列号有误。请使用签名私钥匹配的证书序列号')
  }
  const skewSeconds = Math.abs(now.getTime() / 1000 - Number(credentials.timestamp))
  if (!/^\d{1,12}$/.test(credentials.timestamp) || skewSeconds > SKEW_SECONDS_MAX) {
    throw new WechatpayRefusal('SIGN_ERROR', '签名时间戳与微信支付服务器时间相差超过5分钟')
  }
  const { method, url, body } = request
  const message = `${method}\n${url}\n${credentials.timestamp}\n${credentials.nonce_str}\n${body}\n`
  const signature = Buffer.from(credentials.signature, 'base64')
  const key = merchant.merchant_public_key
  if (verify('sha256', Buffer.from(message), key, signature)) return
  throw new WechatpayRefusal('SIGN_ERROR', '错误的签名，验签失败', {
    location: 'authorization',
    field: 'signature',
    issue: 'sign not match',
    // What was verified, so that a developer can compare it with what was signed; not the body.
    sign_information: {
      method,
      url,
      truncated_sign_message: `${method}\n${url}\n${credentials.timestamp}\n${credentials.nonce_str}\n`,
      sign_message_length: Buffer.byteLength(message),
    },
  })
}

/** The headers by which a merchant knows that a response or a notification is WeChat's. */
export function signatureHeaders(
  key: PlatformKeyRecord,
  body: string,
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const nonce = randomBytes(16).toString('hex')
  const message = Buffer.from(`${timestamp}\n${nonce}\n${body}\n`)
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': key.platform_key_id,
    'Wechatpay-Signature': sign('sha256', message, key.platform_private_key).toString('base64'),
    'Wechatpay-Signature-Type': SCHEME,
  }
}

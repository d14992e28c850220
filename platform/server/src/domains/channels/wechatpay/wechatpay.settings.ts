import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { ChannelAccount } from '../channel.port.js'
import { holdsRsa, isSafeUrl } from '../channel-setting.checks.js'
import { parseChannelSettings } from '../channel-settings.rules.js'

/** What an institution enters about its merchant account; stored encrypted. */
export const WechatpaySettings = z.strictObject({
  base_url: z
    .string()
    .refine(isSafeUrl, 'must be an https URL without query (http only for this machine)'),
  app_id: z.string().min(1).max(32),
  api_v3_key: z
    .string()
    .refine((text) => Buffer.byteLength(text) === 32, 'the APIv3 key has exactly 32 bytes'),
  merchant_serial_no: z.string().regex(/^[0-9A-Fa-f]{8,40}$/, 'a certificate serial in hex'),
  merchant_private_key: z
    .string()
    .refine(
      (pem) => holdsRsa(pem, createPrivateKey),
      'a PKCS#8 PEM private key, RSA 2048 or longer',
    ),
  platform_key_id: z.string().min(1).max(64),
  platform_public_key: z
    .string()
    .refine((pem) => holdsRsa(pem, createPublicKey), 'a PEM public key, RSA 2048 or longer'),
})
export type WechatpaySettings = z.infer<typeof WechatpaySettings>

/** Settings with their keys parsed, ready to sign and verify. */
export interface WechatpayMerchant {
  readonly merchant_id: string
  readonly app_id: string
  readonly merchant_serial_no: string
  readonly platform_key_id: string
  readonly baseUrl: string
  readonly privateKey: KeyObject
  readonly platformKey: KeyObject
  readonly apiKey: Buffer
}

// Parsing a PEM costs more than verifying a signature, and callers keep an account for some seconds.
const merchants = new WeakMap<ChannelAccount, WechatpayMerchant>()

/** Throws `channel_account_invalid` when the account's settings fit no schema. */
export function wechatpayMerchant(account: ChannelAccount): WechatpayMerchant {
  const known = merchants.get(account)
  if (known) return known
  const settings = parseChannelSettings(WechatpaySettings, account.settings, account.id)
  const merchant: WechatpayMerchant = {
    merchant_id: account.merchant_id,
    app_id: settings.app_id,
    merchant_serial_no: settings.merchant_serial_no,
    platform_key_id: settings.platform_key_id,
    baseUrl: settings.base_url.replace(/\/+$/, ''),
    privateKey: createPrivateKey(settings.merchant_private_key),
    platformKey: createPublicKey(settings.platform_public_key),
    apiKey: Buffer.from(settings.api_v3_key),
  }
  merchants.set(account, merchant)
  return merchant
}

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { AlipaySdk } from 'alipay-sdk'
import { z } from 'zod'
import type { ChannelAccount } from '../channel.port.js'
import { holdsRsa, isSafeUrl } from '../channel-setting.checks.js'
import { parseChannelSettings } from '../channel-settings.rules.js'
import { GATEWAY_PATH, SIGN_TYPE } from './alipay.wire.js'

/** What an institution enters about its app at Alipay; stored encrypted. */
export const AlipaySettings = z.strictObject({
  base_url: z
    .string()
    .refine(isSafeUrl, 'must be an https URL without query (http only for this machine)')
    .refine((url) => !url.endsWith(GATEWAY_PATH), `is written without ${GATEWAY_PATH}`),
  app_id: z
    .string()
    .regex(/^[0-9A-Za-z]{1,32}$/, 'the number of the app, such as 2021000122671080'),
  app_private_key: z
    .string()
    .refine(
      (text) => holdsRsa(text, readPrivateKey),
      'the app’s private key, RSA 2048 or longer: PEM, or base64 as Alipay’s key tool writes it',
    ),
  alipay_public_key: z
    .string()
    .refine(
      (text) => holdsRsa(text, readPublicKey),
      'Alipay’s public key (not the app’s own), RSA 2048 or longer: PEM, or base64 as the console shows it',
    ),
})
export type AlipaySettings = z.infer<typeof AlipaySettings>

/** An app ready to sign and verify. */
export interface AlipayMerchant {
  /** The seller: 2088 and twelve digits. */
  readonly merchant_id: string
  readonly app_id: string
  readonly gateway: string
  readonly sdk: AlipaySdk
  /** Parsed once: the SDK would parse its text for every message, which costs more than verifying. */
  readonly alipayKey: KeyObject
}

// Parsing keys costs more than verifying a signature, and callers keep an account for some seconds.
const merchants = new WeakMap<ChannelAccount, AlipayMerchant>()

/** Throws `channel_account_invalid` when the account's settings fit no schema. */
export function alipayMerchant(account: ChannelAccount): AlipayMerchant {
  const known = merchants.get(account)
  if (known) return known
  const settings = parseChannelSettings(AlipaySettings, account.settings, account.id)
  const gateway = `${settings.base_url.replace(/\/+$/, '')}${GATEWAY_PATH}`
  const merchant: AlipayMerchant = {
    merchant_id: account.merchant_id,
    app_id: settings.app_id,
    gateway,
    sdk: new AlipaySdk({
      appId: settings.app_id,
      gateway,
      keyType: 'PKCS8',
      signType: SIGN_TYPE,
      privateKey: readPrivateKey(settings.app_private_key)
        .export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    }),
    alipayKey: readPublicKey(settings.alipay_public_key),
  }
  merchants.set(account, merchant)
  return merchant
}

function readPrivateKey(text: string): KeyObject {
  if (text.includes('-----BEGIN')) return createPrivateKey(text)
  const key = Buffer.from(text, 'base64')
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } catch {
    return createPrivateKey({ key, format: 'der', type: 'pkcs1' })
  }
}

/** Node would read the public half out of a private key; that is surely the wrong key here. */
function readPublicKey(text: string): KeyObject {
  if (text.includes('PRIVATE KEY')) throw new TypeError('this is a private key')
  if (text.includes('-----BEGIN')) return createPublicKey(text)
  return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
}

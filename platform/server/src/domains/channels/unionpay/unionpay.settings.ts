import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { ChannelAccount } from '../channel.port.js'
import { holdsRsa, isSafeUrl, isWithinValidity } from '../channel-setting.checks.js'
import { parseChannelSettings } from '../channel-settings.rules.js'
import { SIGNER_NAMES } from './unionpay.wire.js'

const SafeUrl = z
  .string()
  .refine(isSafeUrl, 'must be an https URL without query (http only for this machine)')
const PEM_LENGTH_MAX = 16 * 1024
const Certificate = z
  .string()
  .max(PEM_LENGTH_MAX)
  .refine((pem) => holdsRsa(pem, (text) => new X509Certificate(text)), {
    error: 'a PEM certificate with an RSA key of 2048 bits or more',
    // What follows looks into it.
    abort: true,
  })

const Shape = z.strictObject({
  /** Scheme, host and prefix; `/gateway/api/…` follows. */
  base_url: SafeUrl,
  /** Where statements are fetched, complete. */
  file_url: SafeUrl,
  /** Where browsers reach the gateway, when that is elsewhere. */
  front_url: SafeUrl.optional(),
  merchant_private_key: z
    .string()
    .max(PEM_LENGTH_MAX)
    .refine((pem) => holdsRsa(pem, createPrivateKey), {
      error: 'a PKCS#8 PEM private key, RSA 2048 or longer',
      abort: true,
    }),
  merchant_certificate: Certificate,
  root_certificate: Certificate,
  middle_certificate: Certificate,
  signer_name: z.enum(SIGNER_NAMES).default('中国银联股份有限公司'),
})
type Shape = z.infer<typeof Shape>

const CERTIFICATES = ['merchant_certificate', 'root_certificate', 'middle_certificate'] as const

/** What an institution enters about its merchant account; stored encrypted. Checked when it is saved. */
export const UnionpaySettings = Shape.superRefine((settings, context) => {
  for (const name of CERTIFICATES) {
    if (isWithinValidity(new X509Certificate(settings[name]), new Date())) continue
    context.addIssue({ code: 'custom', path: [name], message: 'has expired, or is not valid yet' })
  }
  for (const { path, message } of misfits(settings)) {
    context.addIssue({ code: 'custom', path: [path], message })
  }
})
export type UnionpaySettings = z.infer<typeof UnionpaySettings>

function misfits(settings: Shape): readonly { path: keyof Shape; message: string }[] {
  const merchant = new X509Certificate(settings.merchant_certificate)
  const root = new X509Certificate(settings.root_certificate)
  const middle = new X509Certificate(settings.middle_certificate)
  const key = createPrivateKey(settings.merchant_private_key)
  return [
    ...(merchant.checkPrivateKey(key)
      ? []
      : [{ path: 'merchant_certificate' as const, message: 'is not of the merchant_private_key' }]),
    ...(middle.checkIssued(root) && middle.verify(root.publicKey)
      ? []
      : [
          {
            path: 'middle_certificate' as const,
            message: 'was not issued by the root_certificate',
          },
        ]),
  ]
}

/** Settings with their keys parsed, ready to sign and verify. */
export interface UnionpayMerchant {
  readonly merchant_id: string
  readonly baseUrl: string
  readonly frontUrl: string
  readonly fileUrl: string
  readonly privateKey: KeyObject
  /** The serial number of the merchant's certificate, in decimal. */
  readonly certId: string
  readonly root: X509Certificate
  readonly middle: X509Certificate
  readonly signerName: string
}

// Parsing a PEM costs more than verifying a signature, and callers keep an account for some seconds.
const merchants = new WeakMap<ChannelAccount, UnionpayMerchant>()

/**
 * Throws `channel_account_invalid` when the account's settings fit no schema. Dates are not looked at
 * here: with an expired certificate of ours, what UnionPay says can still be read.
 */
export function unionpayMerchant(account: ChannelAccount): UnionpayMerchant {
  const known = merchants.get(account)
  if (known) return known
  const settings = parseChannelSettings(Shape, account.settings, account.id)
  const baseUrl = withoutSlash(settings.base_url)
  const { serialNumber } = new X509Certificate(settings.merchant_certificate)
  const merchant: UnionpayMerchant = {
    merchant_id: account.merchant_id,
    baseUrl,
    frontUrl: settings.front_url === undefined ? baseUrl : withoutSlash(settings.front_url),
    fileUrl: settings.file_url,
    privateKey: createPrivateKey(settings.merchant_private_key),
    certId: BigInt(`0x${serialNumber}`).toString(),
    root: new X509Certificate(settings.root_certificate),
    middle: new X509Certificate(settings.middle_certificate),
    signerName: settings.signer_name,
  }
  merchants.set(account, merchant)
  return merchant
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

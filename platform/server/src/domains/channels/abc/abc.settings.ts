import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { assert } from '../../../kernel/assert.js'
import type { ChannelAccount } from '../channel.port.js'
import { holdsRsa, isSafeUrl, isWithinValidity } from '../channel-setting.checks.js'
import { parseChannelSettings } from '../channel-settings.rules.js'

/** Tuition, in the bank’s list of what is sold. */
const TUITION = '0410'

const Certificate = z
  .string()
  .max(16 * 1024)
  .refine((pem) => holdsRsa(pem, toCertificate), {
    // What looks at both, key and certificate, needs them whole.
    abort: true,
    error: 'a PEM certificate of an RSA key of 2048 bits or more',
  })

/** What is stored, encrypted. A certificate that expired meanwhile must not stop money being booked. */
export const AbcSettings = z
  .strictObject({
    base_url: z
      .string()
      .refine(isSafeUrl, 'must be an https URL without query (http only for this machine)'),
    merchant_certificate: Certificate,
    merchant_private_key: z
      .string()
      .max(16 * 1024)
      .refine((pem) => holdsRsa(pem, createPrivateKey), {
        abort: true,
        error: 'a PKCS#8 PEM private key without a password, RSA 2048 or longer',
      }),
    bank_certificate: Certificate,
    commodity_type: z
      .string()
      .regex(/^\d{4}$/, 'four digits of the bank’s list')
      .default(TUITION),
  })
  .refine(hasMatchingKey, {
    path: ['merchant_private_key'],
    abort: true,
    error: 'this key does not belong to merchant_certificate',
  })
export type AbcSettings = z.infer<typeof AbcSettings>

/** What an institution may enter: certificates must not have expired when they are. */
export const NewAbcSettings = AbcSettings.superRefine((settings, context) => {
  for (const field of ['merchant_certificate', 'bank_certificate'] as const) {
    const certificate = toCertificate(settings[field])
    if (isWithinValidity(certificate, new Date())) continue
    const { validFrom, validTo } = certificate
    const message = `this certificate is good from ${validFrom} to ${validTo} only`
    context.addIssue({ code: 'custom', path: [field], message })
  }
})

/** Settings with their keys parsed, ready to sign and verify. */
export interface AbcMerchant {
  readonly merchant_id: string
  readonly commodity_type: string
  readonly baseUrl: string
  /** Plain http is for a simulator on this machine, whose pages are plain http as well. */
  readonly isLoopback: boolean
  readonly privateKey: KeyObject
  readonly bankKey: KeyObject
}

// Parsing a PEM costs more than verifying a signature, and callers keep an account for some seconds.
const merchants = new WeakMap<ChannelAccount, AbcMerchant>()

/** Throws `channel_account_invalid` when the account's settings fit no schema. */
export function abcMerchant(account: ChannelAccount): AbcMerchant {
  const known = merchants.get(account)
  if (known) return known
  const settings = parseChannelSettings(AbcSettings, account.settings, account.id)
  const merchant: AbcMerchant = {
    merchant_id: account.merchant_id,
    commodity_type: settings.commodity_type,
    baseUrl: settings.base_url.replace(/\/+$/, ''),
    isLoopback: settings.base_url.startsWith('http:'),
    privateKey: createPrivateKey(settings.merchant_private_key),
    bankKey: createPublicKey(settings.bank_certificate),
  }
  merchants.set(account, merchant)
  return merchant
}

function toCertificate(pem: string): X509Certificate {
  // DER in a text would be taken as well, and then be altered on its way through JSON.
  assert(pem.includes('-----BEGIN CERTIFICATE-----'), 'a certificate is entered as PEM')
  return new X509Certificate(pem)
}

function hasMatchingKey(settings: {
  readonly merchant_certificate: string
  readonly merchant_private_key: string
}): boolean {
  const key = createPrivateKey(settings.merchant_private_key)
  return toCertificate(settings.merchant_certificate).checkPrivateKey(key)
}

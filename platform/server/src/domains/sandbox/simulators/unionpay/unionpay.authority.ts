import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { SimulatorStore } from '../simulator.store.js'
import { makeChain } from './unionpay.certificates.js'
import { type Fields, signatureOf } from './unionpay.signature.js'
import { AUTHORITY, type AuthorityRecord, MERCHANT, type MerchantRecord } from './unionpay.types.js'

const RSA_BITS_MIN = 2048
const OURS = 'unionpay'
/** Somebody else with a chain that looks the same, for forged notifications. */
const STRANGER = 'stranger'

/** What the control API takes to open a merchant's account. */
export const RegisterMerchant = z.strictObject({
  merchant_id: z.string().regex(/^[0-9A-Za-z]{15}$/, 'merId has 15 letters or digits'),
  merchant_name: z.string().min(1).max(64).optional(),
  merchant_certificate: z
    .string()
    .refine(isRsaCertificate, 'a PEM certificate with an RSA key of 2048 bits or more'),
})
export type RegisterMerchant = z.infer<typeof RegisterMerchant>

/** Who signs: UnionPay by its chain of certificates, merchants by the one they registered. */
export class UnionpayAuthority {
  constructor(private readonly store: SimulatorStore) {}

  /** Opens the account, or replaces what we knew about it. */
  async register(input: RegisterMerchant): Promise<MerchantRecord> {
    const { merchant_id, merchant_name = merchant_id, merchant_certificate: certificate } = input
    const { serialNumber } = new X509Certificate(certificate)
    const cert_id = BigInt(`0x${serialNumber}`).toString()
    const merchant: MerchantRecord = { merchant_id, merchant_name, certificate, cert_id }
    await this.store.transaction((tx) => tx.save(MERCHANT, merchant_id, merchant))
    return merchant
  }

  merchant(merchantId: string): Promise<MerchantRecord | null> {
    return this.store.find(MERCHANT, merchantId)
  }

  /** UnionPay's chain, made once per database: whichever process stores it first has made it. */
  chain(): Promise<AuthorityRecord> {
    return this.findOrMake(OURS)
  }

  /** The fields with UnionPay's certificate and signature. */
  async seal(fields: Fields): Promise<Fields> {
    return sealWith(await this.chain(), fields)
  }

  /** The same, made by somebody whom no merchant trusts. */
  async forge(fields: Fields): Promise<Fields> {
    return sealWith(await this.findOrMake(STRANGER), fields)
  }

  private async findOrMake(name: string): Promise<AuthorityRecord> {
    const known = await this.store.find(AUTHORITY, name)
    if (known) return known
    const made = await makeChain()
    const isOurs = await this.store.transaction((tx) => tx.insert(AUTHORITY, name, made))
    return isOurs ? made : this.findOrMake(name)
  }
}

function sealWith(chain: AuthorityRecord, fields: Fields): Fields {
  const sealed = { ...fields, signPubKeyCert: chain.signing_certificate }
  return { ...sealed, signature: signatureOf(sealed, chain.signing_key) }
}

function isRsaCertificate(pem: string): boolean {
  try {
    const key = new X509Certificate(pem).publicKey
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return key.asymmetricKeyType === 'rsa' && bits >= RSA_BITS_MIN
  } catch {
    return false
  }
}

import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { SimulatorStore } from '../simulator.store.js'
import { randomDigits } from './wechatpay.cipher.js'
import {
  MERCHANT,
  MerchantRecord,
  PLATFORM_KEY,
  type PlatformKeyRecord,
} from './wechatpay.types.js'

const generateKeyPairAsync = promisify(generateKeyPair)
const RSA_BITS = 2048
const CURRENT = 'current'

/** What the control API takes to open an account at the simulated WeChat Pay. */
export const RegisterMerchant = z.strictObject({
  merchant_id: z.string().regex(/^[0-9A-Za-z_-]{1,32}$/),
  merchant_name: z.string().min(1).max(64).optional(),
  app_id: z.string().min(1).max(32),
  api_v3_key: z.string().refine((key) => Buffer.byteLength(key) === 32, 'must be 32 bytes'),
  merchant_serial_no: z.string().min(1).max(64),
  merchant_public_key: z.string().refine(isRsaPublicKey, 'must be an RSA key of 2048 bits or more'),
})
export type RegisterMerchant = z.infer<typeof RegisterMerchant>

/** Who signs: the merchants we know, and WeChat itself. */
export class WechatpayKeys {
  constructor(private readonly store: SimulatorStore) {}

  /** Opens the account, or replaces what we knew about it. */
  async register(input: RegisterMerchant): Promise<MerchantRecord> {
    const merchant = { ...input, merchant_name: input.merchant_name ?? input.merchant_id }
    await this.store.transaction((tx) => tx.save(MERCHANT, merchant.merchant_id, merchant))
    return merchant
  }

  merchant(merchantId: string): Promise<MerchantRecord | null> {
    return this.store.find(MERCHANT, merchantId)
  }

  /** A key that says it is WeChat's and isn't: what a forger has. */
  async strangerKey(): Promise<PlatformKeyRecord> {
    const { platform_key_id } = await this.platformKey()
    return { ...(await makePlatformKey()), platform_key_id }
  }

  /** The one platform key of this database. Whichever process stores it first has made it. */
  async platformKey(): Promise<PlatformKeyRecord> {
    const known = await this.store.find(PLATFORM_KEY, CURRENT)
    if (known) return known
    const made = await makePlatformKey()
    const isOurs = await this.store.transaction((tx) => tx.insert(PLATFORM_KEY, CURRENT, made))
    return isOurs ? made : this.platformKey()
  }
}

async function makePlatformKey(): Promise<PlatformKeyRecord> {
  const { publicKey, privateKey } = await generateKeyPairAsync('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    platform_key_id: `PUB_KEY_ID_01${randomDigits(26)}`,
    platform_public_key: publicKey,
    platform_private_key: privateKey,
  }
}

function isRsaPublicKey(pem: string): boolean {
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    return false
  }
  return (
    key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS
  )
}

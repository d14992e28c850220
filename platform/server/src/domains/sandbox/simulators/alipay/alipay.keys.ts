import { createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { SimulatorStore } from '../simulator.store.js'
import {
  APP,
  MERCHANT,
  type MerchantRecord,
  PLATFORM_KEY,
  type PlatformKeyRecord,
} from './alipay.types.js'

const generateKeyPairAsync = promisify(generateKeyPair)
const RSA_BITS = 2048
const CURRENT = 'current'

/** What the control takes to open an account at the simulated Alipay. */
export const RegisterMerchant = z.strictObject({
  merchant_id: z.string().regex(/^2088\d{12}$/, 'a seller is 2088 and twelve digits'),
  merchant_name: z.string().min(1).max(64).optional(),
  app_id: z.string().regex(/^[0-9A-Za-z]{1,32}$/),
  app_public_key: z.string().refine(isRsaPublicKey, 'must be a PEM RSA key of 2048 bits or more'),
})
export type RegisterMerchant = z.infer<typeof RegisterMerchant>

/** Who signs: the apps of merchants we know, and Alipay itself. */
export class AlipayKeys {
  constructor(private readonly store: SimulatorStore) {}

  /** Opens the account, or replaces what we knew about it. */
  async register(input: RegisterMerchant): Promise<void> {
    const merchant = { ...input, merchant_name: input.merchant_name ?? input.merchant_id }
    const { merchant_id, app_id } = merchant
    await this.store.transaction(async (tx) => {
      const known = await tx.lock(MERCHANT, merchant_id)
      if (known && known.app_id !== app_id) await tx.remove(APP, known.app_id)
      await tx.save(MERCHANT, merchant_id, merchant)
      await tx.save(APP, app_id, { merchant_id })
    })
  }

  merchant(merchantId: string): Promise<MerchantRecord | null> {
    return this.store.find(MERCHANT, merchantId)
  }

  async ofApp(appId: string): Promise<MerchantRecord | null> {
    const app = await this.store.find(APP, appId)
    return app && this.merchant(app.merchant_id)
  }

  /** The one key of this database. Whichever process stores it first has made it. */
  async platformKey(): Promise<PlatformKeyRecord> {
    const known = await this.store.find(PLATFORM_KEY, CURRENT)
    if (known) return known
    const made = await makeKey()
    const isOurs = await this.store.transaction((tx) => tx.insert(PLATFORM_KEY, CURRENT, made))
    return isOurs ? made : this.platformKey()
  }

  /** What a forger has. */
  strangerKey(): Promise<PlatformKeyRecord> {
    return makeKey()
  }
}

async function makeKey(): Promise<PlatformKeyRecord> {
  const { publicKey, privateKey } = await generateKeyPairAsync('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { public_key: publicKey, private_key: privateKey }
}

function isRsaPublicKey(pem: string): boolean {
  try {
    const key = createPublicKey(pem)
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return key.asymmetricKeyType === 'rsa' && bits >= RSA_BITS
  } catch {
    return false
  }
}

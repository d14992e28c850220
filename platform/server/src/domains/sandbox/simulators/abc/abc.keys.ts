import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import { makeSelfSigned } from '../../accounts/self-signed.certificate.js'
import type { SimulatorStore } from '../simulator.store.js'
import { wireTime } from '../simulator-merchant.clock.js'
import { BANK_KEY, type BankKeyRecord, MERCHANT, type MerchantRecord } from './abc.types.js'

const RSA_BITS_MIN = 2048
/** The bank's clock and the merchants' differ a little. */
const HEAD_START_MS = 24 * 3_600_000

/** What the control API takes to open an account at the simulated bank. */
export const RegisterMerchant = z.strictObject({
  merchant_id: z.string().regex(/^[0-9A-Za-z]{1,32}$/),
  merchant_name: z.string().min(1).max(64).optional(),
  merchant_certificate: z
    .string()
    .refine(isRsaCertificate, 'must be a PEM certificate of an RSA key of 2048 bits or more'),
})
export type RegisterMerchant = z.infer<typeof RegisterMerchant>

/** Who signs: the merchants we know, the bank, and a stranger who would like to be the bank. */
export class AbcKeys {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
  ) {}

  /** Opens the account, or replaces what we knew about it. */
  async register(input: RegisterMerchant): Promise<MerchantRecord> {
    const merchant = { ...input, merchant_name: input.merchant_name ?? input.merchant_id }
    await this.store.transaction((tx) => tx.save(MERCHANT, merchant.merchant_id, merchant))
    return merchant
  }

  merchant(merchantId: string): Promise<MerchantRecord | null> {
    return this.store.find(MERCHANT, merchantId)
  }

  bank(): Promise<BankKeyRecord> {
    return this.named('TrustPay')
  }

  stranger(): Promise<BankKeyRecord> {
    return this.named('stranger')
  }

  /** One of this name per database. Whichever process stores it first has made it. */
  private async named(name: string): Promise<BankKeyRecord> {
    const known = await this.store.find(BANK_KEY, name)
    if (known) return known
    const validFrom = new Date(wireTime(this.clock).getTime() - HEAD_START_MS)
    const made = await makeSelfSigned('MainServer.0001', validFrom)
    const isOurs = await this.store.transaction((tx) => tx.insert(BANK_KEY, name, made))
    return isOurs ? made : this.named(name)
  }
}

function isRsaCertificate(pem: string): boolean {
  try {
    const { publicKey } = new X509Certificate(pem)
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
    return publicKey.asymmetricKeyType === 'rsa' && bits >= RSA_BITS_MIN
  } catch {
    return false
  }
}

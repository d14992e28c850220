import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { SandboxAccount } from './sandbox-account.types.js'
import { makeSelfSigned } from './self-signed.certificate.js'

const BankCertificate = z.object({ bank_certificate: z.string() })

/** A merchant as the bank would hand it out: number and certificate, beside the bank’s own. */
export const abcAccount: SandboxAccount = {
  name: 'Agricultural Bank of China sandbox',
  async open({ merchant_name, base_url, register }) {
    const merchant_id = `10388${String(randomInt(10_000_000_000)).padStart(10, '0')}`
    const keys = await makeSelfSigned(`EBUS.merchant.${merchant_id}.${merchant_id}.0000`)
    const merchant_certificate = keys.certificate_pem
    const merchant = { merchant_id, merchant_name, merchant_certificate }
    const { bank_certificate } = BankCertificate.parse(await register(merchant))
    const merchant_private_key = keys.private_key_pem
    return {
      merchant_id,
      settings: { base_url, merchant_certificate, merchant_private_key, bank_certificate },
    }
  },
}

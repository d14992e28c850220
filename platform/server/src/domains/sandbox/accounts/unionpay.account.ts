import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { SandboxAccount } from './sandbox-account.types.js'
import { makeSelfSigned } from './self-signed.certificate.js'

const Chain = z.object({
  root_certificate: z.string(),
  middle_certificate: z.string(),
  signer_name: z.string(),
})

/** A merchant as UnionPay’s test environment would hand it out: number, certificate, and its chain. */
export const unionpayAccount: SandboxAccount = {
  name: 'UnionPay sandbox',
  async open({ merchant_name, base_url, register }) {
    const merchant_id = `7772900${randomInt(10_000_000, 99_999_999)}`
    const keys = await makeSelfSigned(`041@Z${merchant_id}@sandbox@00000001`)
    const merchant_certificate = keys.certificate_pem
    const chain = Chain.parse(await register({ merchant_id, merchant_name, merchant_certificate }))
    return {
      merchant_id,
      settings: {
        base_url,
        file_url: `${base_url}/file/`,
        merchant_certificate,
        merchant_private_key: keys.private_key_pem,
        ...chain,
      },
    }
  },
}

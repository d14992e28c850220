import { generateKeyPairSync, randomInt } from 'node:crypto'
import { z } from 'zod'
import type { SandboxAccount } from './sandbox-account.types.js'

const PlatformKey = z.object({ alipay_public_key: z.string() })

/** A merchant and an app as Alipay’s open platform would hand them out. */
export const alipayAccount: SandboxAccount = {
  name: 'Alipay sandbox',
  async open({ merchant_name, base_url, register }) {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const merchant_id = `2088${randomDigits(12)}`
    const app_id = `9021${randomDigits(12)}`
    const app_public_key = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const { alipay_public_key } = PlatformKey.parse(
      await register({ merchant_id, merchant_name, app_id, app_public_key }),
    )
    const app_private_key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { merchant_id, settings: { base_url, app_id, app_private_key, alipay_public_key } }
  },
}

function randomDigits(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('')
}

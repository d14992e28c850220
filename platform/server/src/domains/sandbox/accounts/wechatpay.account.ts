import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { SandboxAccount } from './sandbox-account.types.js'

const PlatformKey = z.object({ platform_key_id: z.string(), platform_public_key: z.string() })

/** A merchant as WeChat Pay would hand it out: number, app id, certificate serial, keys. */
export const wechatpayAccount: SandboxAccount = {
  name: 'WeChat Pay sandbox',
  async open({ merchant_name, base_url, register }) {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const merchant_id = newMerchantNumber()
    const merchant = {
      app_id: `wx${randomBytes(8).toString('hex')}`,
      api_v3_key: randomBytes(16).toString('hex'),
      merchant_serial_no: randomBytes(20).toString('hex').toUpperCase(),
    }
    const merchant_public_key = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const platformKey = PlatformKey.parse(
      await register({ merchant_id, merchant_name, ...merchant, merchant_public_key }),
    )
    const merchant_private_key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return {
      merchant_id,
      settings: { base_url, ...merchant, merchant_private_key, ...platformKey },
    }
  },
}

function newMerchantNumber(): string {
  return `16${randomBytes(4).readUInt32BE().toString().padStart(10, '0').slice(0, 8)}`
}

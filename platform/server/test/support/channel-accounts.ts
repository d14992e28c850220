import { generateKeyPairSync } from 'node:crypto'
import type { CreateChannelAccount } from '@openbursar/sdk'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const platform = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** An account that fits its channel and that no provider knows. */
export const channelAccountBody = (
  changes: Partial<CreateChannelAccount> = {},
): CreateChannelAccount => ({
  channel: 'wechatpay',
  name: '测试商户号',
  merchant_id: '1900007291',
  settings: {
    base_url: 'https://api.mch.example.com',
    app_id: 'wx8888888888888888',
    api_v3_key: '0123456789abcdef0123456789abcdef',
    merchant_serial_no: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
    merchant_private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    platform_key_id: 'PUB_KEY_ID_0119000072912024101500',
    platform_public_key: platform.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  },
  check: false,
  ...changes,
})

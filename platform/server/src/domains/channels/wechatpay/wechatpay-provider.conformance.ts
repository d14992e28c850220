import { generateKeyPairSync, randomInt, sign } from 'node:crypto'
import type { RawNotification } from '../channel.port.js'
import type { HttpAnswer, Provider } from '../conformance/provider.conformance.js'
import { WechatpayChannel } from './wechatpay.channel.js'

const API_V3_KEY = '0123456789abcdef0123456789abcdef'

/** WeChat Pay for the conformance suite. */
export const WECHATPAY_PROVIDER: Provider = {
  code: 'wechatpay',
  capabilities: {
    places_by_call: true,
    order_exists: 'when_placed',
    refused_order: 'failed',
    closes: true,
    notifies_refunds: true,
    dates_notifications: true,
    statement_is_a_file: true,
    statement_hour: 10,
  },
  simulators: {
    wechatpayTiming: {
      refundSettleMs: 100,
      duplicateMs: 100,
      lateMs: 1_000,
      reorderedMs: 60_000,
      holdMs: 5_000,
      resendSeconds: [1, 1, 1],
    },
  },
  makeChannel: (options) => new WechatpayChannel(options),

  async openAccount(control, baseUrl) {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { merchant_id, ...merchant } = {
      merchant_id: String(randomInt(1_000_000_000, 2_000_000_000)),
      app_id: 'wxd678efh567hg6787',
      api_v3_key: API_V3_KEY,
      merchant_serial_no: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
    }
    const platform = await control('/merchants', {
      ...{ merchant_id, ...merchant },
      merchant_public_key: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    })
    const merchant_private_key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return {
      merchant_id,
      settings: { ...merchant, ...Object(platform), base_url: baseUrl, merchant_private_key },
    }
  },

  wrongSecrets: ({ settings }) => ({
    'another private key': { ...Object(settings), merchant_private_key: strangerPem() },
    'another serial number': { ...Object(settings), merchant_serial_no: '0123456789ABCDEF' },
    'another key id of WeChat': { ...Object(settings), platform_key_id: 'PUB_KEY_ID_1' },
  }),
  unsigned: (answer) => ({ ...answer, headers: withoutSignature(answer.headers) }),
  altersEmpty: (answer) => ({
    ...answer,
    headers: { ...answer.headers, 'wechatpay-nonce': 'another' },
  }),
  isStatementFile: (path) => path.includes('/billdownload/'),
  forgeries: (raw) => [forged(raw), probed(raw)],
}

function withoutSignature(headers: HttpAnswer['headers']): HttpAnswer['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('wechatpay-'))
  return Object.fromEntries(kept)
}

function strangerPem(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function forged(raw: RawNotification): RawNotification {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': nonce } = raw.headers
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), raw.body, Buffer.from('\n')])
  const signature = sign('sha256', text, privateKey).toString('base64')
  return { ...raw, headers: { ...raw.headers, 'wechatpay-signature': signature } }
}

function probed(raw: RawNotification): RawNotification {
  const signature = `WECHATPAY/SIGNTEST/${raw.headers['wechatpay-signature']}`
  return { ...raw, headers: { ...raw.headers, 'wechatpay-signature': signature } }
}

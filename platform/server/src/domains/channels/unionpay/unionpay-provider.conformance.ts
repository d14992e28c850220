import { createHash, createPrivateKey, generateKeyPairSync, randomInt, sign } from 'node:crypto'
import { z } from 'zod'
import { makeSelfSigned } from '../../sandbox/accounts/self-signed.certificate.js'
import type { RawNotification } from '../channel.port.js'
import type { Provider } from '../conformance/provider.conformance.js'
import { UnionpayChannel } from './unionpay.channel.js'

const Chain = z.object({
  root_certificate: z.string(),
  middle_certificate: z.string(),
  signer_name: z.string(),
})

/** UnionPay for the conformance suite. */
export const UNIONPAY_PROVIDER: Provider = {
  code: 'unionpay',
  capabilities: {
    places_by_call: 'UnionPay hears of an order when the payer’s browser brings it',
    order_exists: 'when_opened',
    refused_order: 'failed',
    closes: 'UnionPay has no message that closes an order: it ends at its payTimeout',
    notifies_refunds: true,
    dates_notifications: 'UnionPay’s notifications do not say when they were sent',
    statement_is_a_file: 'the signed answer holds the statement itself',
    statement_hour: 9,
  },
  simulators: {
    unionpayTiming: {
      refundSettleMs: 100,
      duplicateMs: 100,
      lateMs: 1_000,
      reorderedMs: 60_000,
      holdMs: 5_000,
      resendSeconds: [1, 1, 1],
    },
  },
  makeChannel: (options) => new UnionpayChannel(options),

  async openAccount(control, baseUrl) {
    const merchant_id = `77729005${randomInt(1_000_000, 9_999_999)}`
    const keys = await makeSelfSigned(`041@Z2026@sandbox@${merchant_id}`)
    const { certificate_pem: merchant_certificate, private_key_pem: merchant_private_key } = keys
    const answer = await control('/merchants', { merchant_id, merchant_certificate })
    const chain = Chain.parse(answer)
    const file_url = `${baseUrl}/file/`
    return {
      merchant_id,
      settings: {
        ...{ base_url: baseUrl, file_url, merchant_certificate, merchant_private_key },
        ...chain,
      },
    }
  },

  wrongSecrets: ({ settings }) => ({
    'another private key': { ...Object(settings), merchant_private_key: strangerPem() },
  }),
  unsigned: (answer) => {
    const text = answer.body.toString().replace(/(^|&)signature=[^&]*/, '')
    return { ...answer, body: Buffer.from(text) }
  },
  forgeries: (raw) => [resigned(raw), unsigned(raw)],
}

function strangerPem(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** UnionPay’s certificate, and a signature of somebody who doesn’t have its key. */
function resigned(raw: RawNotification): RawNotification {
  const fields = new URLSearchParams(raw.body.toString())
  fields.delete('signature')
  const text = [...fields.keys()]
    .sort()
    .map((name) => `${name}=${fields.get(name)}`)
    .join('&')
  const hex = createHash('sha256').update(text).digest('hex')
  const signature = sign('sha256', Buffer.from(hex), createPrivateKey(strangerPem()))
  fields.set('signature', signature.toString('base64'))
  return { ...raw, body: Buffer.from(fields.toString()) }
}

function unsigned(raw: RawNotification): RawNotification {
  const fields = new URLSearchParams(raw.body.toString())
  fields.delete('signature')
  return { ...raw, body: Buffer.from(fields.toString()) }
}

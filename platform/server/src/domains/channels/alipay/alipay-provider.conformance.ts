import { generateKeyPairSync, randomInt, sign } from 'node:crypto'
import { z } from 'zod'
import type { RawNotification } from '../channel.port.js'
import type { Provider } from '../conformance/provider.conformance.js'
import { AlipayChannel } from './alipay.channel.js'

const Registered = z.object({ alipay_public_key: z.string() })

/** Alipay for the conformance suite. */
export const ALIPAY_PROVIDER: Provider = {
  code: 'alipay',
  capabilities: {
    places_by_call: true,
    order_exists: 'when_opened',
    refused_order: 'waiting',
    closes: true,
    notifies_refunds: 'Alipay notifies payments only: a refund is queried',
    dates_notifications: 'a repeated notification of Alipay keeps the time of the first',
    statement_is_a_file: true,
    statement_hour: 9,
  },
  simulators: {
    alipayTiming: {
      duplicateMs: 100,
      lateMs: 1_000,
      reorderedMs: 60_000,
      holdMs: 5_000,
      refundGapMs: 0,
      resendSeconds: [1, 1, 1],
    },
  },
  makeChannel: (options) => new AlipayChannel(options),

  async openAccount(control, baseUrl) {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const merchant_id = `2088${randomInt(1e11, 1e12 - 1)}`
    const app_id = `9021${randomInt(1e11, 1e12 - 1)}`
    const app_public_key = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const answer = await control('/merchants', { merchant_id, app_id, app_public_key })
    const app_private_key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return {
      merchant_id,
      settings: { base_url: baseUrl, app_id, app_private_key, ...Registered.parse(answer) },
    }
  },

  wrongSecrets: ({ settings }) => ({
    'another private key': { ...Object(settings), app_private_key: strangerPem() },
  }),
  unsigned: (answer) => {
    const text = answer.body.toString().replace(/,"sign":"[^"]*"/, '')
    return { ...answer, body: Buffer.from(text) }
  },
  isStatementFile: (path) => path.includes('/bill'),
  forgeries: (raw) => [resigned(raw), unsigned(raw), weakened(raw)],
}

function strangerPem(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function resigned(raw: RawNotification): RawNotification {
  const fields = new URLSearchParams(raw.body.toString())
  const text = [...fields.keys()]
    .filter((name) => name !== 'sign' && name !== 'sign_type')
    .sort()
    .map((name) => `${name}=${fields.get(name)}`)
    .join('&')
  fields.set('sign', sign('sha256', Buffer.from(text), strangerPem()).toString('base64'))
  return { ...raw, body: Buffer.from(fields.toString()) }
}

function unsigned(raw: RawNotification): RawNotification {
  const fields = new URLSearchParams(raw.body.toString())
  fields.delete('sign')
  return { ...raw, body: Buffer.from(fields.toString()) }
}

/** The signature doesn't cover sign_type: somebody might try to have it verified with SHA-1. */
function weakened(raw: RawNotification): RawNotification {
  const fields = new URLSearchParams(raw.body.toString())
  fields.set('sign_type', 'RSA')
  return { ...raw, body: Buffer.from(fields.toString()) }
}

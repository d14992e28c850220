import { generateKeyPairSync, randomInt, sign } from 'node:crypto'
import { z } from 'zod'
import {
  type CertifiedKey,
  makeSelfSigned,
} from '../../sandbox/accounts/self-signed.certificate.js'
import type { RawNotification } from '../channel.port.js'
import type { Provider } from '../conformance/provider.conformance.js'
import { AbcChannel } from './abc.channel.js'

const BankCertificate = z.object({ bank_certificate: z.string() })

/** Certificates that no bank issued, by the merchant they stand in for: making one takes a moment. */
const strangers = new Map<string, CertifiedKey>()

/** The bank for the conformance suite. */
export const ABC_PROVIDER: Provider = {
  code: 'abc',
  capabilities: {
    places_by_call: true,
    order_exists: 'when_placed',
    refused_order: 'failed',
    closes: 'the bank has no message that closes an order: it ends at its orderTimeoutDate',
    notifies_refunds: 'the bank tells of payments only',
    dates_notifications: 'the bank’s notifications do not say when they were sent',
    statement_is_a_file: 'the signed answer holds the statement itself',
    statement_hour: 8,
  },
  simulators: {
    abcTiming: {
      refundSettleMs: 100,
      duplicateMs: 100,
      lateMs: 1_000,
      reorderedMs: 60_000,
      holdMs: 5_000,
      resendSeconds: [1, 1, 1],
    },
  },
  makeChannel: ({ deadlineMs }) => new AbcChannel(deadlineMs === undefined ? {} : { deadlineMs }),

  async openAccount(control, baseUrl) {
    const merchant_id = `10388${String(randomInt(10_000_000_000)).padStart(10, '0')}`
    const keys = await makeSelfSigned(`EBUS.merchant.${merchant_id}`)
    strangers.set(merchant_id, await makeSelfSigned(`EBUS.merchant.${merchant_id}`))
    const merchant_certificate = keys.certificate_pem
    const answer = await control('/merchants', { merchant_id, merchant_certificate })
    const { bank_certificate } = BankCertificate.parse(answer)
    const merchant_private_key = keys.private_key_pem
    const own = { base_url: baseUrl, merchant_certificate, merchant_private_key }
    return { merchant_id, settings: { ...own, bank_certificate } }
  },

  wrongSecrets: ({ merchant_id, settings }) => ({
    'a certificate the bank never issued': {
      ...Object(settings),
      merchant_certificate: strangers.get(merchant_id)?.certificate_pem,
      merchant_private_key: strangers.get(merchant_id)?.private_key_pem,
    },
  }),
  unsigned: (answer) => {
    const text = answer.body.toString('latin1').replace(/,"Signature":"[^"]*"/, '')
    return { ...answer, body: Buffer.from(text, 'latin1') }
  },
  forgeries: (raw) => [
    changed(raw, resigned),
    changed(raw, (xml) => xml.replace(/<Signature>.*<\/Signature>/, '')),
    changed(raw, (xml) => xml.replace(/<Amount>.*<\/Amount>/, '<Amount>0.01</Amount>')),
    { ...raw, headers: { ...raw.headers, 'content-type': 'text/plain' } },
  ],
}

/** @param change gets the bytes of the XML as characters */
function changed(raw: RawNotification, change: (xml: string) => string): RawNotification {
  const fields = new URLSearchParams(raw.body.toString())
  const xml = change(Buffer.from(fields.get('MSG') ?? '', 'base64').toString('latin1'))
  fields.set('MSG', Buffer.from(xml, 'latin1').toString('base64'))
  return { ...raw, body: Buffer.from(fields.toString()) }
}

function resigned(xml: string): string {
  const message = /<Message>(.*)<\/Message>/s.exec(xml)?.[1] ?? ''
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signature = sign('sha1', Buffer.from(message, 'latin1'), privateKey).toString('base64')
  return xml.replace(/<Signature>.*<\/Signature>/, `<Signature>${signature}</Signature>`)
}

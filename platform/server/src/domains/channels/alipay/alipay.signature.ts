import { verify } from 'node:crypto'
import { z } from 'zod'
import { type AlipayMerchant } from './alipay.settings.js'
import { SIGN_TYPE } from './alipay.wire.js'

/** `{"<key>":{…},"sign":"…"}` and nothing else. What lies between is checked by parsing it. */
const ENVELOPE = /^\s*\{\s*"([a-z_]+)"\s*:\s*(\{[\s\S]*\})\s*,\s*"sign"\s*:\s*("[^"]*")\s*\}\s*$/

export type OpenedAnswer =
  | { readonly kind: 'opened'; readonly content: unknown }
  | { readonly kind: 'doubtful'; readonly reason: string }

/**
 * Verifies an answer and reads exactly the text that was verified. The SDK's own check takes the text
 * by searching for the key and the object by parsing the whole, which may be two different things
 * in an answer made for it (a key twice, or `error_response` beside a signed object of another call).
 */
export function openAnswer(
  text: string,
  responseKey: string,
  merchant: AlipayMerchant,
): OpenedAnswer {
  const [, key, content = '', quotedSign = ''] = ENVELOPE.exec(text) ?? []
  if (key === undefined) return { kind: 'doubtful', reason: describeUnsigned(text) }
  if (key !== responseKey) return { kind: 'doubtful', reason: 'the answer to another call' }
  const sign = parse(quotedSign)
  if (typeof sign !== 'string' || !isSigned(content, sign, merchant)) {
    return {
      kind: 'doubtful',
      reason: 'the signature is wrong: is alipay_public_key still Alipay’s key of this app?',
    }
  }
  const object = parse(content)
  return object === undefined
    ? { kind: 'doubtful', reason: 'a signed answer that is not JSON' }
    : { kind: 'opened', content: object }
}

/** The fields of a notification, or why it is refused. */
export type OpenedForm =
  | { readonly kind: 'opened'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly fault: string }

/** Verifies a notification over all its fields except `sign` and `sign_type`. */
export function openNotification(body: Buffer, merchant: AlipayMerchant): OpenedForm {
  const fields = parseForm(body)
  if (!fields) return { kind: 'refused', fault: 'it is not a form in UTF-8' }
  const sign = fields.get('sign')
  if (!sign) return { kind: 'refused', fault: 'it is not signed' }
  // The signature doesn't cover sign_type, so nobody may choose a weaker algorithm through it.
  if (fields.get('sign_type') !== SIGN_TYPE) {
    return { kind: 'refused', fault: `its sign_type is not ${SIGN_TYPE}` }
  }
  fields.delete('sign')
  fields.delete('sign_type')
  const text = [...fields.keys()]
    .sort()
    .map((name) => `${name}=${fields.get(name)}`)
    .join('&')
  return isSigned(text, sign, merchant)
    ? { kind: 'opened', fields: Object.fromEntries(fields) }
    : { kind: 'refused', fault: 'its signature is wrong' }
}

/** Node skips what isn't base64, so two texts could mean one signature; only the canonical one may. */
function isSigned(text: string, sign: string, { alipayKey }: AlipayMerchant): boolean {
  const signature = Buffer.from(sign, 'base64')
  if (signature.toString('base64') !== sign) return false
  return verify('sha256', Buffer.from(text), alipayKey, signature)
}

/** Strict where URLSearchParams guesses: broken escapes, broken UTF-8 and repeated names are refused. */
function parseForm(body: Buffer): Map<string, string> | null {
  const fields = new Map<string, string>()
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    for (const pair of text.split('&')) {
      const at = pair.indexOf('=')
      if (at < 1) return null
      const name = decode(pair.slice(0, at))
      if (fields.has(name)) return null
      fields.set(name, decode(pair.slice(at + 1)))
    }
    return fields
  } catch {
    return null
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

const ErrorEnvelope = z.object({
  error_response: z.object({ sub_code: z.string().max(64), sub_msg: z.string().default('') }),
})

/** Alipay can't sign for an app it doesn't know. Not to be believed, but good to read in a log. */
function describeUnsigned(text: string): string {
  const error = ErrorEnvelope.safeParse(parse(text))
  if (!error.success) return 'an answer that is not Alipay’s'
  const { sub_code, sub_msg } = error.data.error_response
  return `an unsigned answer: ${JSON.stringify(sub_code)} ${sub_msg.slice(0, 200)}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

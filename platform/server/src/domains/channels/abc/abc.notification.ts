import { decodeText } from './abc.envelope.js'
import type { AbcMerchant } from './abc.settings.js'
import { decodeBase64, isSignedBy } from './abc.signature.js'

const FORM = 'application/x-www-form-urlencoded'
const OPEN = '<MSG><Message>'
const TAIL =
  /<\/Message><Signature-Algorithm>SHA1withRSA<\/Signature-Algorithm><Signature>([A-Za-z0-9+/=]+)<\/Signature><\/MSG>$/
const RESPONSE = /^<TrxResponse>(.*)<\/TrxResponse>$/s
const ELEMENT = /<([A-Za-z][A-Za-z0-9_]*)>([^<>]*)<\/\1>/y
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
}

export type NotificationFields =
  | { readonly fields: Readonly<Record<string, string>>; readonly fault: null }
  | { readonly fields: null; readonly fault: string }

/**
 * Opens the one message that comes as XML, in a form. It is not parsed as XML: the bank writes one
 * shape, and the signature is over the bytes of that shape, so nothing else is let in.
 */
export function openNotification(
  contentType: string | undefined,
  body: Buffer,
  merchant: AbcMerchant,
): NotificationFields {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== FORM) return refused('it is no form')
  const xml = readForm(body)
  if (!xml) return refused('it has no field MSG with base64 in it')
  // Bytes as characters: `<` and `>` are never part of a longer character in GB18030.
  const text = xml.toString('latin1')
  const tail = TAIL.exec(text)
  if (!text.startsWith(OPEN) || !tail) return refused('it is not signed')
  const message = xml.subarray(OPEN.length, tail.index)
  if (!isSignedBy(merchant.bankKey, message, tail[1] ?? ''))
    return refused('its signature is wrong')
  const fields = readFields(decodeText(message))
  return fields ? { fields, fault: null } : refused('it is signed but fits no schema')
}

/** One field and nothing else: `MSG=…`, percent-encoded; base64 has no bytes above 0x7F. */
function readForm(body: Buffer): Buffer | null {
  const match = /^MSG=((?:[A-Za-z0-9*._-]|%[0-7][0-9A-Fa-f])+)$/.exec(body.toString('latin1'))
  return match ? decodeBase64(decodeURIComponent(match[1] ?? '')) : null
}

function readFields(text: string): Readonly<Record<string, string>> | null {
  const content = RESPONSE.exec(text)?.[1]
  if (content === undefined) return null
  const fields = new Map<string, string>()
  let at = 0
  while (at < content.length) {
    ELEMENT.lastIndex = at
    const element = ELEMENT.exec(content)
    const [whole = '', name = '', value = ''] = element ?? []
    if (!element || fields.has(name)) return null
    fields.set(name, unescapeXml(value))
    at += whole.length
  }
  return Object.fromEntries(fields)
}

function unescapeXml(value: string): string {
  return value.replaceAll(/&(?:amp|lt|gt|quot|apos);/g, (entity) => ENTITIES[entity] ?? entity)
}

function refused(fault: string): NotificationFields {
  return { fields: null, fault }
}

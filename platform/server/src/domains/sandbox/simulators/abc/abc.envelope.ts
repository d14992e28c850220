import { sign, verify, X509Certificate } from 'node:crypto'
import iconv from 'iconv-lite'
import { AbcRefusal } from './abc.refusal.js'
import type { BankKeyRecord, MerchantRecord } from './abc.types.js'

export const CHARSET = 'gb18030'
export const CONTENT_TYPE = 'text/plain; charset=GB18030'

/** The bank's choice, and nobody else's: SHA-1 is used in this envelope only. */
const ALGORITHM = 'sha1'

export interface OpenedEnvelope {
  /** The text of the value of `Message`, exactly as it was sent. */
  readonly message: string
  readonly signature: string
}

const HEAD = /^\s*\{\s*"MSG"\s*:\s*\{\s*"Message"\s*:\s*/
const TAIL =
  /^\s*,\s*"Signature-Algorithm"\s*:\s*"SHA1withRSA"\s*,\s*"Signature"\s*:\s*"([A-Za-z0-9+/=]+)"\s*\}\s*\}\s*$/

/** Takes a request apart. Throws APE009 when it isn't the bank's envelope in GB18030. */
export function openEnvelope(body: Buffer): OpenedEnvelope {
  const text = iconv.decode(body, CHARSET)
  // Bytes that were no GB18030 come back as others, and then nothing could be verified.
  if (!iconv.encode(text, CHARSET).equals(body)) throw new AbcRefusal('APE009')
  const head = HEAD.exec(text)
  if (!head) throw new AbcRefusal('APE009')
  const end = endOfObject(text, head[0].length)
  const tail = TAIL.exec(text.slice(end))
  const signature = tail?.[1]
  if (end < 0 || signature === undefined) throw new AbcRefusal('APE009')
  return { message: text.slice(head[0].length, end), signature }
}

export function isSignedBy(envelope: OpenedEnvelope, merchant: MerchantRecord): boolean {
  const { publicKey } = new X509Certificate(merchant.merchant_certificate)
  const bytes = iconv.encode(envelope.message, CHARSET)
  return verify(ALGORITHM, bytes, publicKey, Buffer.from(envelope.signature, 'base64'))
}

/** Signs a message of the bank and wraps it. */
export function sealEnvelope(
  message: Readonly<Record<string, unknown>>,
  key: BankKeyRecord,
): Buffer {
  const text = JSON.stringify(message)
  const signature = signBytes(iconv.encode(text, CHARSET), key)
  const envelope = `{"MSG":{"Message":${text},"Signature-Algorithm":"SHA1withRSA","Signature":"${signature}"}}`
  return iconv.encode(envelope, CHARSET)
}

export function signBytes(bytes: Buffer, key: BankKeyRecord): string {
  return sign(ALGORITHM, bytes, key.private_key_pem).toString('base64')
}

/** Where the JSON object that starts at `start` ends; -1 when none does. */
function endOfObject(text: string, start: number): number {
  let depth = 0
  let isInText = false
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (isInText) {
      if (character === '\\') at += 1
      else if (character === '"') isInText = false
    } else if (character === '"') isInText = true
    else if (character === '{') depth += 1
    else if (character === '}') depth -= 1
    if (depth === 0) return character === '}' ? at + 1 : -1
  }
  return -1
}

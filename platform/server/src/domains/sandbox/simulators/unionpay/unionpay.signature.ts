import { createHash, type KeyLike, sign, verify } from 'node:crypto'

export type Fields = Readonly<Record<string, string>>

/** `k=v&k=v…` of all fields but the signature, by the order of their bytes; empty ones don't exist. */
export function toSigningText(fields: Fields): string {
  return Object.keys(fields)
    .filter((name) => name !== 'signature' && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
}

/** The hash is signed as the text of its lower-case hex digits, and not as its bytes. */
function digestOf(fields: Fields): Buffer {
  return Buffer.from(createHash('sha256').update(toSigningText(fields), 'utf8').digest('hex'))
}

export function signatureOf(fields: Fields, key: KeyLike): string {
  return sign('sha256', digestOf(fields), key).toString('base64')
}

export function isSignedBy(fields: Fields, key: KeyLike): boolean {
  const signature = fields.signature ?? ''
  return (
    signature !== '' && verify('sha256', digestOf(fields), key, Buffer.from(signature, 'base64'))
  )
}

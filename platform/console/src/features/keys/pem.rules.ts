import { KeyFormatError } from './der.rules.js'

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/
const LINE_LENGTH = 64

export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The first block of a PEM text (RFC 7468); null when there is none. */
export function readPem(text: string): PemBlock | null {
  const [, label = '', body] = BLOCK.exec(text.replace(/\\n/g, '\n')) ?? []
  if (body === undefined) return null
  // Old OpenSSL wrote how a key is encrypted into headers of the block.
  if (/ENCRYPTED/.test(label) || /ENCRYPTED/.test(body)) throw new KeyFormatError('encrypted')
  return { label, bytes: fromBase64(body) }
}

export function toPem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.replace(/\s/g, '')), (letter) => letter.charCodeAt(0))
  } catch {
    throw new KeyFormatError('unreadable')
  }
}

export function toBase64(bytes: Uint8Array): string {
  let letters = ''
  for (const byte of bytes) letters += String.fromCharCode(byte)
  return btoa(letters)
}

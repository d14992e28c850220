/** Bytes in memory of their own: WebCrypto's types refuse views of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** Standard or URL-safe base64, padded or not. Returns undefined for anything else. */
export function fromBase64(text: string): Bytes | undefined {
  const standard = text.replace(/-/g, '+').replace(/_/g, '/')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard)) return undefined
  let binary: string
  try {
    binary = atob(standard)
  } catch {
    return undefined
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** The DER inside a PEM block, with its label ("PRIVATE KEY"). Undefined when it isn't PEM. */
export function fromPem(pem: string): { label: string; der: Bytes } | undefined {
  // Environment files carry a PEM on one line with the two characters "\n" for its line ends.
  const text = pem.replace(/\\n/g, '\n')
  const match = /-----BEGIN ([A-Z ]+)-----([\s\S]+?)-----END \1-----/.exec(text)
  const label = match?.[1]
  const der = fromBase64((match?.[2] ?? '').replace(/\s/g, ''))
  return label === undefined || der === undefined || der.length === 0 ? undefined : { label, der }
}

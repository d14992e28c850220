import { sign, verify } from 'node:crypto'

export type Parameters = Readonly<Record<string, string>>

/** All that is not empty, sorted by name, as `k=v` joined by `&`: the values as they are, not encoded. */
export function textToSign(parameters: Parameters, without: readonly string[]): string {
  return Object.entries(parameters)
    .filter(([name, value]) => value !== '' && !without.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** RSA2: SHA256withRSA over UTF-8, in base64. */
export function signText(text: string, privateKey: string): string {
  return sign('sha256', Buffer.from(text), privateKey).toString('base64')
}

export function isSignedText(text: string, publicKey: string, signature: string): boolean {
  return verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))
}

/** The parameters with Alipay's signature on them, as a notification or a return carries them. */
export function signParameters(parameters: Parameters, privateKey: string): Parameters {
  const sign_type = 'RSA2'
  // `sign_type` is not covered, in notifications and returns alone.
  const signature = signText(textToSign(parameters, []), privateKey)
  return { ...parameters, sign_type, sign: signature }
}

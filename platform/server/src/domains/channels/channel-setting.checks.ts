import type { KeyObject, X509Certificate } from 'node:crypto'

const RSA_BITS_MIN = 2048
const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** An https address without query; http is for this machine only. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.search || url.hash || url.username || url.password) return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname)
}

/** Whether `parse` finds a key, or a certificate of a key, that is RSA and long enough. */
export function holdsRsa(
  text: string,
  parse: (text: string) => KeyObject | X509Certificate,
): boolean {
  try {
    const parsed = parse(text)
    const key = 'publicKey' in parsed ? parsed.publicKey : parsed
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return key.asymmetricKeyType === 'rsa' && bits >= RSA_BITS_MIN
  } catch {
    return false
  }
}

export function isWithinValidity(certificate: X509Certificate, moment: Date): boolean {
  // node:crypto writes the dates as texts such as "Jan  1 00:00:00 2030 GMT".
  return new Date(certificate.validFrom) <= moment && moment <= new Date(certificate.validTo)
}

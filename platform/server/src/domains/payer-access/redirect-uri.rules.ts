import { isLoopback } from '../../infra/config/payer-idp.config.js'

const LENGTH_MAX = 512

/**
 * Why payers cannot be sent to this address; null when they can. RFC 9700 section 4.1: an address is
 * registered whole and compared exactly, so what could be read in two ways is not registered.
 */
export function redirectUriProblem(text: string, livemode: boolean): string | null {
  if (!URL.canParse(text)) return 'is not an absolute URL'
  if (text.length > LENGTH_MAX) return `is longer than ${LENGTH_MAX} characters`
  const url = new URL(text)
  if (text.includes('#')) return 'has a fragment'
  if (url.username !== '' || url.password !== '') return 'contains credentials'
  if (text.includes('*')) return 'contains a wildcard'
  if (url.href !== text) return `must be written as ${url.href}`
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:' && isLoopback(url.hostname)) {
    return livemode ? 'must be https: this machine alone is for test mode' : null
  }
  return 'must be https (http only to localhost, 127.0.0.1 or [::1], and only in test mode)'
}

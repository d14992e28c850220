import { Resolver } from 'node:dns/promises'
import { isLocalHost } from '../endpoints/webhook-url.rules.js'

export interface HostAddress {
  readonly address: string
  readonly family: 4 | 6
}

export type HostResolver = (host: string) => Promise<readonly HostAddress[]>

const TIMEOUT_MS = 3_000
const TRIES = 2

/**
 * Asks the name servers directly instead of the operating system (getaddrinfo), which has four threads
 * for the whole process: names that resolve slowly would hold up everybody else's.
 */
const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES })

export const resolveHost: HostResolver = async (host) => {
  if (isLocalHost(host)) {
    return [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]
  }
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  if (v4.status === 'rejected' && v6.status === 'rejected') throw v4.reason
  return [
    ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({
      address,
      family: 4 as const,
    })),
    ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({
      address,
      family: 6 as const,
    })),
  ]
}

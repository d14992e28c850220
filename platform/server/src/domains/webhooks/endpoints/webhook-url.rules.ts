import { BlockList, isIP } from 'node:net'

const URL_LENGTH_MAX = 2048

/** IPv4 that is not the public internet: the IANA special-purpose registry (RFC 6890). */
const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** Inside 2000::/3, but not public: protocol assignments with Teredo, documentation, 6to4. */
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const privateV4 = blockListOf(PRIVATE_V4, 'ipv4')
const privateV6 = blockListOf(PRIVATE_V6, 'ipv6')
const unicastV6 = blockListOf([['2000::', 3]], 'ipv6')
const loopbackV4 = blockListOf([['127.0.0.0', 8]], 'ipv4')

/** Whether webhooks may go to this address: public ones, and in test mode also this very machine. */
export function isAddressAllowed(address: string, livemode: boolean): boolean {
  return isPublicAddress(address) || (!livemode && isLoopback(address))
}

/**
 * IPv6 must be global unicast: this refuses loopback, link-local, unique local (ULA), multicast, NAT64
 * and IPv4-mapped addresses, whatever they map to.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !privateV4.check(address, 'ipv4')
  if (isIP(address) !== 6 || address.includes('%')) return false
  return unicastV6.check(address, 'ipv6') && !privateV6.check(address, 'ipv6')
}

/** The host as a name or a bare address: without IPv6's brackets and a name's final dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

/** A name that means this machine by definition (RFC 6761 section 6.3), or a loopback address. */
export function isLocalHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopback(host)
}

/** Why webhooks are never sent to this URL; null when they may be. Names are resolved only when sending. */
export function findUrlProblem(text: string, livemode: boolean): string | null {
  if (text.length > URL_LENGTH_MAX) return `must not be longer than ${URL_LENGTH_MAX} characters`
  if (!URL.canParse(text)) return 'must be an absolute URL such as https://example.com/webhooks'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://'
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password: verify the signature instead'
  }
  const host = hostOf(url)
  if (livemode && isLocalHost(host)) return 'must be a public address in live mode'
  if (url.protocol === 'http:' && (livemode || !isLocalHost(host))) {
    return livemode
      ? 'must begin with https:// in live mode'
      : 'must begin with https://; plain http is allowed to localhost only'
  }
  if (isIP(host) !== 0 && !isAddressAllowed(host, livemode)) return 'must be a public address'
  return null
}

function isLoopback(address: string): boolean {
  if (isIP(address) === 4) return loopbackV4.check(address, 'ipv4')
  return address === '::1'
}

function blockListOf(
  ranges: readonly (readonly [string, number])[],
  family: 'ipv4' | 'ipv6',
): BlockList {
  const list = new BlockList()
  for (const [network, prefixLength] of ranges) list.addSubnet(network, prefixLength, family)
  return list
}

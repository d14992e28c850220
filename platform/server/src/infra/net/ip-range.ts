import { isIPv4, isIPv6 } from 'node:net'

/** A range of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3). */
export interface IpRange {
  readonly bits: 32 | 128
  /** The first address of the range. */
  readonly first: bigint
  readonly prefixLength: number
}

/** IPv4 addresses inside IPv6 (RFC 4291 section 2.5.5.2): what a dual-stack socket shows for IPv4. */
const MAPPED_IPV4 = 0xffffn << 32n

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. Null for anything else, also for an address
 * with bits set behind its prefix: whoever wrote `10.0.0.1/8` meant one of two very different things.
 */
export function parseIpRange(text: string): IpRange | null {
  const [address = '', length, ...rest] = text.split('/')
  const range = parseAddress(address)
  if (!range || rest.length > 0) return null
  if (length === undefined) return range
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return null
  const isMapped = range.bits === 32 && address.includes(':')
  const prefixLength = Number(length) - (isMapped ? 96 : 0)
  if (prefixLength < 0 || prefixLength > range.bits) return null
  const hostBits = BigInt(range.bits - prefixLength)
  if ((range.first >> hostBits) << hostBits !== range.first) return null
  return { ...range, prefixLength }
}

/** Whether every address of `inner` is in `outer`. A single address is a range too. */
export function isWithin(inner: IpRange, outer: IpRange): boolean {
  if (inner.bits !== outer.bits || inner.prefixLength < outer.prefixLength) return false
  const hostBits = BigInt(outer.bits - outer.prefixLength)
  return inner.first >> hostBits === outer.first >> hostBits
}

/** Whether an address, as a socket or a proxy tells it, is in one of the ranges. */
export function isAddressIn(address: string, ranges: readonly IpRange[]): boolean {
  const range = parseAddress(address)
  return range !== null && ranges.some((outer) => isWithin(range, outer))
}

function parseAddress(text: string): IpRange | null {
  if (isIPv4(text)) return { bits: 32, first: ipv4Of(text), prefixLength: 32 }
  // A zone (RFC 4007) names an interface of one machine: it is part of no range.
  if (!isIPv6(text) || text.includes('%')) return null
  const value = ipv6Of(text)
  if (value >> 32n === MAPPED_IPV4 >> 32n) {
    return { bits: 32, first: value & 0xffff_ffffn, prefixLength: 32 }
  }
  return { bits: 128, first: value, prefixLength: 128 }
}

function ipv4Of(text: string): bigint {
  return text.split('.').reduce((value, octet) => (value << 8n) | BigInt(octet), 0n)
}

/** Of a text that `isIPv6` accepts. */
function ipv6Of(text: string): bigint {
  const plain = text.replace(/[\d.]+$/, (tail) => (tail.includes('.') ? hexOf(ipv4Of(tail)) : tail))
  const [head = '', tail] = plain.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const gap: bigint[] = Array(8 - before.length - after.length).fill(0n)
  return [...before, ...gap, ...after].reduce((value, group) => (value << 16n) | group, 0n)
}

function groupsOf(text: string): bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`))
}

function hexOf(ipv4: bigint): string {
  return `${(ipv4 >> 16n).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`
}

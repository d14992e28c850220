import { MemoryBuckets } from './memory-buckets.js'
import type { Rate } from './token-bucket.js'

const PROVEN_MAX = 20_000
const PROVEN_FOR_MS = 10 * 60_000
const RENEW_AFTER_MS = 60_000

/**
 * Bounds how often one address may be wrong about its credentials, because every guess costs us a
 * lookup and an asymmetric verification. Many callers may share an address (a campus behind one router,
 * everybody behind one proxy), so a key that was right from there lately has a bucket of its own:
 * somebody's guessing shuts out strangers from that address, and not those who proved who they are.
 */
export class FailureLimit {
  private readonly buckets: MemoryBuckets
  /** Address and key → when it was right last. */
  private readonly provenAtMs = new Map<string, number>()

  constructor(
    private readonly rate: Rate,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {
    this.buckets = new MemoryBuckets(PROVEN_MAX, monotonicMs)
  }

  /** How long this caller has to wait before its credentials are looked at; 0: they are. */
  waitMs(address: string, readKeyId: () => string | null): number {
    const name = networkOf(address)
    const waitMs = this.buckets.waitMs({ name, rate: this.rate })
    if (waitMs === 0) return 0
    const keyId = readKeyId()
    const own = keyId === null ? null : pairOf(name, keyId)
    if (own === null || !this.isProven(own)) return waitMs
    return this.buckets.waitMs({ name: own, rate: this.rate })
  }

  failed(address: string, keyId: string | null): void {
    const name = networkOf(address)
    const own = keyId === null ? null : pairOf(name, keyId)
    const isProven = own !== null && this.isProven(own)
    // What a proven key gets wrong is its own affair until its bucket is empty.
    this.buckets.take([{ name: isProven ? own : name, rate: this.rate }])
  }

  succeeded(address: string, keyId: string): void {
    const own = pairOf(networkOf(address), keyId)
    const nowMs = this.monotonicMs()
    const knownMs = this.provenAtMs.get(own)
    if (knownMs !== undefined && nowMs - knownMs < RENEW_AFTER_MS) return
    // Set anew, so that the first of the map is the one that was silent longest.
    this.provenAtMs.delete(own)
    this.provenAtMs.set(own, nowMs)
    if (this.provenAtMs.size <= PROVEN_MAX) return
    for (const oldest of this.provenAtMs.keys()) {
      this.provenAtMs.delete(oldest)
      return
    }
  }

  private isProven(own: string): boolean {
    const knownMs = this.provenAtMs.get(own)
    return knownMs !== undefined && this.monotonicMs() - knownMs < PROVEN_FOR_MS
  }
}

/** An IPv6 subscriber owns a /64 at least; counting single addresses would count nothing. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}

const pairOf = (network: string, keyId: string): string => `${network} ${keyId}`

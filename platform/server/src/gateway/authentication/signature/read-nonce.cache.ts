import { hash } from 'node:crypto'

const WINDOW_MS = 10 * 60 * 1000
const NONCES_MAX = 500_000

/**
 * Makes (key, nonce) single-use for 10 minutes on reads, in this process. Two sets take turns: what
 * is used now is remembered for at least one window and at most two. A replayed read changes nothing
 * and shows the replayer only what the network already carried to them, so one process's memory is
 * enough; on writes the database remembers, for all processes and through a crash.
 *
 * Memory is bounded: 16 bytes for each of `noncesMax` places in each set, 32 MiB with the default.
 * A process that reads faster than `noncesMax` in 10 minutes remembers for less time. `created` still
 * ends a signature's life after 5 minutes.
 */
export class ReadNonceCache {
  private current: FingerprintSet
  private previous: FingerprintSet
  private rotatedAtMs: number

  constructor(
    private readonly noncesMax = NONCES_MAX,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {
    this.current = new FingerprintSet(noncesMax)
    this.previous = new FingerprintSet(0)
    this.rotatedAtMs = monotonicMs()
  }

  /** True the first time, false when this pair was used before. */
  use(keyId: string, nonce: string): boolean {
    this.rotate()
    const fingerprint = fingerprintOf(keyId, nonce)
    if (this.previous.has(fingerprint)) return false
    return this.current.add(fingerprint)
  }

  private rotate(): void {
    const nowMs = this.monotonicMs()
    const elapsedMs = nowMs - this.rotatedAtMs
    if (elapsedMs < WINDOW_MS && this.current.size < this.noncesMax) return
    this.previous = elapsedMs < 2 * WINDOW_MS ? this.current : new FingerprintSet(0)
    this.current = new FingerprintSet(this.noncesMax)
    this.rotatedAtMs = nowMs
  }
}

/** 48 bits: among a million remembered nonces a new one is mistaken once in 280 million reads. */
function fingerprintOf(keyId: string, nonce: string): number {
  return hash('sha256', `${keyId}\n${nonce}`, 'buffer').readUIntBE(0, 6) + 1
}

/** An open-addressing table of non-zero integers: an eighth of what a Set of strings would take. */
class FingerprintSet {
  size = 0
  private readonly slots: Float64Array
  private readonly mask: number

  constructor(entriesMax: number) {
    // A power of two, at most half full.
    const slotCount = 2 ** Math.ceil(Math.log2(Math.max(1, entriesMax) * 2))
    this.slots = new Float64Array(slotCount)
    this.mask = slotCount - 1
  }

  has(fingerprint: number): boolean {
    return this.slots[this.slotOf(fingerprint)] === fingerprint
  }

  add(fingerprint: number): boolean {
    const slot = this.slotOf(fingerprint)
    if (this.slots[slot] === fingerprint) return false
    this.slots[slot] = fingerprint
    this.size += 1
    return true
  }

  /** Where the fingerprint is, or the empty slot where it would go. */
  private slotOf(fingerprint: number): number {
    let slot = fingerprint % this.slots.length
    while (this.slots[slot] !== 0 && this.slots[slot] !== fingerprint) slot = (slot + 1) & this.mask
    return slot
  }
}

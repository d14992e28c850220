import type { Clock } from '../../kernel/clock.js'

const ENTRIES_MAX = 1_000

/** Remembers what was found for a short while, and lets simultaneous askers share one look-up. */
export class ExpiringCache<T> {
  private readonly entries = new Map<string, { value: Promise<T | null>; untilMs: number }>()

  constructor(
    private readonly clock: Clock,
    private readonly lifetimeMs: number,
  ) {}

  get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    const nowMs = this.clock.now().getTime()
    const known = this.entries.get(key)
    if (known && nowMs < known.untilMs) return known.value
    // Entries live for seconds: forgetting all of them is cheaper than keeping their order of use.
    if (this.entries.size >= ENTRIES_MAX) this.entries.clear()
    const entry = { value: load(), untilMs: nowMs + this.lifetimeMs }
    this.entries.set(key, entry)
    const forget = () => {
      if (this.entries.get(key) === entry) this.entries.delete(key)
    }
    // Neither "there is none" nor a failure is remembered: both may be over a moment later.
    entry.value.then((found) => found === null && forget(), forget)
    return entry.value
  }

  clear(): void {
    this.entries.clear()
  }
}

import type { KeyObject } from 'node:crypto'
import {
  algorithmsOf,
  isSignatureAlgorithm,
  parsePublicKey,
  type SignatureAlgorithm,
} from '../../../infra/crypto/http-signature.verify.js'
import { assert } from '../../../kernel/assert.js'
import type { ApiKeyForVerification, KeyDirectory } from './key-directory.port.js'

export interface VerificationKey {
  readonly row: ApiKeyForVerification
  readonly algorithm: SignatureAlgorithm
  readonly publicKey: KeyObject
}

export interface KeyCacheOptions {
  /** A revocation is effective everywhere within 5 s: these 3 s, and room for a slow query. */
  readonly lifetimeMs?: number
  readonly keysMax?: number
  readonly unknownKeysMax?: number
  /** A clock that only moves forward and that no test clock of the sandbox moves. */
  readonly monotonicMs?: () => number
}

interface Entry {
  readonly key: VerificationKey | null
  /** When the query that gave it began: what it says may be as old as that. */
  readonly askedAtMs: number
}

const LIFETIME_MS = 3_000

/**
 * Keeps keys for a moment, parsed and ready. Concurrent requests with one key share one query. From
 * the second half of an entry's life the next request renews it in the background, so a busy key
 * never waits. Unknown ids live in a table of their own: guessing ids cannot push real keys out.
 */
export class KeyCache {
  private readonly known = new Map<string, Entry>()
  private readonly unknown = new Map<string, Entry>()
  private readonly loading = new Map<string, Promise<VerificationKey | null>>()
  /** Counts invalidations, so that an answer asked for before one is not kept after it. */
  private generation = 0
  private readonly lifetimeMs: number
  private readonly keysMax: number
  private readonly unknownKeysMax: number
  private readonly monotonicMs: () => number

  constructor(
    private readonly directory: KeyDirectory,
    options: KeyCacheOptions = {},
  ) {
    this.lifetimeMs = options.lifetimeMs ?? LIFETIME_MS
    this.keysMax = options.keysMax ?? 10_000
    this.unknownKeysMax = options.unknownKeysMax ?? 10_000
    this.monotonicMs = options.monotonicMs ?? (() => performance.now())
    assert(this.lifetimeMs <= LIFETIME_MS, 'a key may be remembered for 3 seconds at most')
  }

  find(keyId: string): VerificationKey | null | Promise<VerificationKey | null> {
    const entry = this.known.get(keyId) ?? this.unknown.get(keyId)
    if (!entry) return this.load(keyId)
    const ageMs = this.monotonicMs() - entry.askedAtMs
    if (ageMs >= this.lifetimeMs) return this.load(keyId)
    if (entry.key && ageMs >= this.lifetimeMs / 2) {
      // If renewing fails, the entry dies of age and the request after that reports the failure.
      this.load(keyId).catch(() => undefined)
    }
    return entry.key
  }

  /** The other keys of the same app and mode; asked anew each time. */
  async othersOf(key: VerificationKey): Promise<readonly VerificationKey[]> {
    const rows = await this.directory.findOfApp(key.row)
    return rows.filter(({ id }) => id !== key.row.id).map((row) => prepare(row, null))
  }

  /** Forgets a key at once, for a process that learns of a revocation before the entry expires. */
  invalidate(keyId: string): void {
    this.generation += 1
    this.known.delete(keyId)
    this.unknown.delete(keyId)
    this.loading.delete(keyId)
  }

  private load(keyId: string): Promise<VerificationKey | null> {
    const running = this.loading.get(keyId)
    if (running) return running
    const started = this.query(keyId, this.monotonicMs(), this.generation).finally(() => {
      if (this.loading.get(keyId) === started) this.loading.delete(keyId)
    })
    this.loading.set(keyId, started)
    return started
  }

  private async query(
    keyId: string,
    askedAtMs: number,
    generation: number,
  ): Promise<VerificationKey | null> {
    const row = await this.directory.find(keyId)
    const key = row ? prepare(row, this.known.get(keyId)?.key ?? null) : null
    if (generation !== this.generation) return key
    this.known.delete(keyId)
    this.unknown.delete(keyId)
    if (key) put(this.known, keyId, { key, askedAtMs }, this.keysMax)
    else put(this.unknown, keyId, { key, askedAtMs }, this.unknownKeysMax)
    return key
  }
}

/** Parsing PEM takes longer than everything else here, so an unchanged key keeps its KeyObject. */
function prepare(row: ApiKeyForVerification, previous: VerificationKey | null): VerificationKey {
  const { algorithm, public_key } = row
  assert(isSignatureAlgorithm(algorithm), `key ${row.id} has the unknown algorithm ${algorithm}`)
  const publicKey =
    previous?.row.public_key === public_key ? previous.publicKey : parsePublicKey(public_key)
  assert(algorithmsOf(publicKey).includes(algorithm), `key ${row.id} is not an ${algorithm} key`)
  return { row, algorithm, publicKey }
}

/** Maps keep insertion order, so the first key is the one renewed longest ago. */
function put(entries: Map<string, Entry>, keyId: string, entry: Entry, entriesMax: number): void {
  entries.set(keyId, entry)
  if (entries.size <= entriesMax) return
  for (const oldest of entries.keys()) {
    entries.delete(oldest)
    return
  }
}

import type { KeyUse } from '../../../domains/identity/identity.types.js'

export const FLUSH_EVERY_MS = 5_000

interface UsedKey {
  readonly institution_id: string
  readonly id: string
}

/** Where the times are kept. */
export interface KeyUseStore {
  recordUse(uses: readonly KeyUse[]): Promise<void>
}

/**
 * Remembers when each key was last seen and tells the database every five seconds, in one statement, however
 * many requests there were. Nobody waits for it; a process that dies forgets its last five seconds at most.
 */
export class KeyUseRecorder {
  private uses = new Map<string, KeyUse>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly store: KeyUseStore) {}

  note({ institution_id, id }: UsedKey, at: Date): void {
    this.uses.set(id, { institution_id, id, at })
    // No timer while nobody calls; unref, so that it never keeps a process from ending.
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS).unref()
  }

  /** Also called at the end of the process. What could not be written is tried again, unless newer is known. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const uses = this.uses
    if (uses.size === 0) return
    this.uses = new Map()
    try {
      await this.store.recordUse([...uses.values()])
    } catch {
      // The database is away: whoever asks it for anything that matters reports that.
      for (const use of uses.values()) if (!this.uses.has(use.id)) this.note(use, use.at)
    }
  }

  /** Nest calls it before the pool is closed. */
  onModuleDestroy(): Promise<void> {
    return this.flush()
  }
}

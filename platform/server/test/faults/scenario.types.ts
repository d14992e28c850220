import type { FaultPlatform, PlatformSettings } from './fault-platform.js'
import type { Load } from './load.js'

/** What a scenario works with. */
export interface Stage {
  readonly platform: FaultPlatform
  readonly load: Load
  readonly isShort: boolean
  /**
   * Waits until a create is answered and the worker delivers what it tells of. The time is counted from the
   * moment given: that of the kill, or of the repair where nothing could heal before.
   */
  recovered(sinceMs: number): Promise<void>
  /** A line for the report. */
  note(text: string): void
}

export interface Scenario {
  readonly name: string
  /** What is done, for the report. */
  readonly does: string
  /** Part of the short run, which CI makes. */
  readonly isShort?: boolean
  /** How soon the service must be back. */
  readonly backWithinMs: number
  /** How soon nothing may be in doubt any more, where five minutes cannot be kept. */
  readonly settleWithinMs?: number
  /** Refusals that are right here, by what the load calls them. */
  readonly allows?: RegExp
  /** It needs a platform of its own kind. `dispose` cleans up after it. */
  prepare?(options: ScenarioOptions): Promise<Prepared> | Prepared
  /** Why it cannot be done on this machine; null: it can. */
  missing?(options: ScenarioOptions): string | null
  /** Breaks, and repairs where that is not the platform's own work. Throws when something is wrong. */
  strike(stage: Stage): Promise<void>
}

export interface ScenarioOptions {
  /** Another checkout of this repository, built: the other version. */
  readonly beside: string | null
}

export interface Prepared {
  readonly settings: PlatformSettings
  dispose?(): Promise<void>
}

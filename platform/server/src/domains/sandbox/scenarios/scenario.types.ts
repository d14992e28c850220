import type { AppScope } from '../../../infra/http/scopes.js'
import type { Scene } from './scene.js'

/** How an event is made to happen. */
export interface Scenario {
  /** What the caller must be allowed to do, as if it did it itself. */
  readonly scopes: readonly AppScope[]
  /** Gives the id of the object that the event is about; null when that is known only from the event. */
  play(scene: Scene): Promise<string | null>
}

/** Nothing in the sandbox brings this about; in words, why. */
export interface MissingScenario {
  readonly missing: string
}

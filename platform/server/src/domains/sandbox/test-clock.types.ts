import type { AppRef } from '../../infra/clock/app-clocks.js'

export interface TestClockRow extends AppRef {
  readonly id: string
  /** How far it is ahead of the real time. */
  readonly offset_ms: number
  readonly created_at: Date
  readonly updated_at: Date
}

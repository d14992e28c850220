import type { CashierState } from './cashier.state.js'
import { isFinal } from './cashier-stage.rules.js'

export const POLL_MS = 2_000
export const POLL_SLOW_MS = 5_000

/** When to ask again; null means never, nothing can change any more. */
export function pollDelayMs(state: CashierState, isHidden: boolean): number | null {
  if (isFinal(state)) return null
  return isHidden || state.failureCount > 0 || state.isOffline ? POLL_SLOW_MS : POLL_MS
}

/** One lost poll is nothing to tell a payer; a second one is. */
export function connectionTrouble(state: CashierState): 'offline' | 'server' | null {
  if (state.view === null || isFinal(state)) return null
  if (state.isOffline) return 'offline'
  return state.failureCount >= 2 ? 'server' : null
}

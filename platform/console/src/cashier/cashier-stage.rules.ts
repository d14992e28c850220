import type { CashierState } from './cashier.state.js'
import type { CashierAction, CashierView } from './cashier-view.types.js'

/** What the page shows. Exactly one at a time. */
export type CashierStage =
  | 'loading'
  | 'not_found'
  | 'unavailable'
  | 'choose'
  | 'preparing'
  | 'scan'
  | 'leave'
  | 'bridge'
  | 'pin'
  | 'counter'
  | 'waiting'
  | 'processing'
  | 'failed'
  | 'paid'
  | 'expired'
  | 'closed'

export function stageOf(state: CashierState, nowMs: number): CashierStage {
  if (state.isUnknown) return 'not_found'
  if (state.view === null)
    return state.failureCount > 0 || state.isOffline ? 'unavailable' : 'loading'
  if (state.starting !== null) return 'preparing'
  return stageOfView(state.view, nowMs)
}

function stageOfView(view: CashierView, nowMs: number): CashierStage {
  switch (view.status) {
    case 'paid':
    case 'closed':
    case 'expired':
    case 'failed':
      return view.status
    case 'open':
    case 'paying':
      return stageOfOpen(view, isOver(view, nowMs))
  }
}

/**
 * Past the deadline the code is taken away without waiting for the server to say so, or a payer
 * could still scan it. A payment that the channel has in its hands stays "processing".
 */
function stageOfOpen({ status, payment }: CashierView, isPastDeadline: boolean): CashierStage {
  if (payment?.status === 'processing' || payment?.status === 'succeeded') return 'processing'
  if (isPastDeadline) return 'expired'
  switch (payment?.status) {
    case undefined:
    case 'closed':
      return 'choose'
    case 'created':
      return 'preparing'
    case 'pending':
      // Open without an order: a change of channel did not come to its end.
      if (status === 'open' && payment?.action === null) return 'choose'
      return stageOfAction(payment?.action ?? null)
    case 'failed':
      return 'failed'
  }
}

function stageOfAction(action: CashierAction | null): CashierStage {
  switch (action?.type) {
    case undefined:
      return 'preparing'
    case 'show_qr':
      return 'scan'
    case 'redirect':
    case 'submit_form':
      return 'leave'
    case 'invoke_jsapi':
      return 'bridge'
    case 'enter_pin':
      return 'pin'
    case 'pay_at_counter':
      return 'counter'
    case 'elsewhere':
      return 'waiting'
  }
}

function isOver(view: CashierView, nowMs: number): boolean {
  return view.expires_at !== null && Date.parse(view.expires_at) <= nowMs
}

/** The server's word is final, the device's clock isn't: an order expired only here is asked about. */
export function isFinal(state: CashierState): boolean {
  if (state.isUnknown) return true
  const status = state.view?.status
  return status === 'paid' || status === 'closed' || status === 'expired' || status === 'failed'
}

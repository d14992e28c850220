import { AppError } from './app.errors.js'
import type { AppRow, LiveRequestRow, LiveStatus } from './app.types.js'

export type LiveTrigger = 'approve' | 'suspend'

/** The only place that says how an app comes into live mode and out of it. A missing entry means "refuse". */
export const LIVE_TRANSITIONS: Readonly<
  Record<LiveStatus, Partial<Record<LiveTrigger, LiveStatus>>>
> = {
  none: { approve: 'approved' },
  // Approved again: it may do more.
  approved: { approve: 'approved', suspend: 'suspended' },
  suspended: { approve: 'approved' },
}

/** @throws AppError app_live_already, app_live_request_open */
export function requireSomethingToAsk(app: AppRow, open: LiveRequestRow | null): void {
  if (open) {
    throw new AppError(
      'app_live_request_open',
      `The request ${open.id} waits for a decision. Withdraw it before you ask for something else.`,
    )
  }
  if (app.live_status !== 'approved') return
  if (app.scopes.some((scope) => !app.live_scopes.includes(scope))) return
  throw new AppError(
    'app_live_already',
    'This app may do all of this in live mode already: make a live key.',
  )
}

/** @throws AppError app_live_request_own */
export function requireSomebodyElse(request: LiveRequestRow, actorId: string): void {
  if (request.requested_by !== actorId) return
  throw new AppError(
    'app_live_request_own',
    'You asked for this yourself: somebody else of the department has to decide.',
  )
}

/** What an approval gives: what was asked for, as far as the app still has it. */
export function approvedScopes(app: AppRow, request: LiveRequestRow): string[] {
  return request.scopes.filter((scope) => app.scopes.includes(scope))
}

/** Narrower takes effect at once in both modes; wider in test mode at once, in live mode with an approval. */
export function liveScopesAfter(app: AppRow, scopes: readonly string[]): string[] {
  return app.live_scopes.filter((scope) => scopes.includes(scope))
}

import type { Caller } from '../../infra/http/caller.js'
import type { PermissionName } from '../../infra/http/roles.js'
import { SessionError } from '../authentication/session/session.errors.js'

/** How long a proof of who somebody is counts as fresh. */
export const STEP_UP_MS = 10 * 60_000

/** A route for people alone, or one that asks of people what no scope says. */
export function assertPermitted(caller: Caller, needed: readonly PermissionName[]): void {
  if (!caller.operator) {
    throw new SessionError('session_required', 'This call is for people who are signed in.')
  }
  const { permissions } = caller.operator
  const missing = needed.filter((permission) => !permissions.has(permission))
  if (missing.length === 0) return
  throw new SessionError(
    'permission_missing',
    `None of your roles has the permission ${missing.join(', ')} here.`,
  )
}

/** Before money and keys: a browser that was left open is not its owner. */
export function assertFresh({ operator }: Caller, now: Date): void {
  if (!operator || now.getTime() - operator.authenticated_at.getTime() < STEP_UP_MS) return
  throw new SessionError(
    'step_up_required',
    'Prove once more who you are (POST /v1/session/step_up), then send this again.',
  )
}

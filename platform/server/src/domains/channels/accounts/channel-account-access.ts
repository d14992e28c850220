import type { Caller } from '../../../infra/http/caller.js'
import { IdentityError } from '../../identity/identity.errors.js'
import { ChannelError } from '../channel.errors.js'
import type { ChannelAccountRow } from './channel-account.types.js'

/** Whoever holds the scope looks after what is the whole institution's, and after what is of its own department. */
export function looksAfter(
  caller: Pick<Caller, 'department_id'>,
  thing: { readonly department_id: string | null },
): boolean {
  return thing.department_id === null || thing.department_id === caller.department_id
}

export function accountNotFound(id: string): ChannelError {
  return new ChannelError(
    'channel_account_not_found',
    `No such channel account, or it is not yours: ${id}.`,
  )
}

/** @throws ChannelError channel_account_not_found */
export function requireOwn(
  caller: Caller,
  row: ChannelAccountRow | null,
  id: string,
): ChannelAccountRow {
  if (row && looksAfter(caller, row)) return row
  throw accountNotFound(id)
}

/** The same answer for a department of others and for one that does not exist. */
export function requireOwnDepartment(caller: Caller, department: string | undefined): void {
  if (department === undefined || department === caller.department_id) return
  const code = 'department_not_found'
  const detail = 'must be your own department, or absent for the whole institution'
  throw new IdentityError(code, `No such department, or it is not yours: ${department}.`, {
    errors: [{ pointer: '/department', code, detail }],
  })
}

import { departmentsWith, permissionsIn } from '../../../infra/http/authority.js'
import type { Caller } from '../../../infra/http/caller.js'
import { PERMISSIONS, type PermissionName } from '../../../infra/http/roles.js'
import { IdentityError } from '../identity.errors.js'
import { AppError } from './app.errors.js'
import type { AppRow, AppVisibility } from './app.types.js'

/** A program sees the apps of its own department; a person what their roles and memberships open. */
export function visibleTo(caller: Caller): AppVisibility {
  if (!caller.operator) return { departments: [caller.department_id], apps: [] }
  const { authority } = caller.operator
  const departments = departmentsWith(authority, 'apps:read')
  return {
    departments: departments === 'all' ? null : [...departments],
    apps: [...authority.apps.keys()],
  }
}

/** What the calling person may do with this app; nothing for programs, whose scopes say it. */
export function permissionsOn(
  caller: Caller,
  { id, department_id }: Pick<AppRow, 'id' | 'department_id'>,
): readonly PermissionName[] {
  if (!caller.operator) return []
  const held = permissionsIn(caller.operator.authority, { app_id: id, department_id })
  return PERMISSIONS.filter((permission) => held.has(permission))
}

/** For an app that the caller sees. @throws AppError app_permission_missing */
export function requirePermission(caller: Caller, app: AppRow, wanted: PermissionName): void {
  if (permissionsOn(caller, app).includes(wanted)) return
  throw new AppError(
    'app_permission_missing',
    `Your roles do not include ${wanted} for the app ${app.id}. Ask an owner of it, or an administrator of its department.`,
  )
}

/**
 * For a department that may not be the person's at all.
 * @throws IdentityError department_not_found; AppError app_permission_missing
 */
export function requireInDepartment(
  caller: Caller,
  department_id: string,
  wanted: PermissionName,
): void {
  const held = caller.operator
    ? permissionsIn(caller.operator.authority, { department_id })
    : new Set<PermissionName>()
  if (held.has(wanted)) return
  if (held.size === 0) throw departmentNotFound(department_id)
  throw new AppError(
    'app_permission_missing',
    `Your roles do not include ${wanted} in the department ${department_id}. Ask its administrator.`,
  )
}

export function departmentNotFound(id: string): IdentityError {
  return new IdentityError(
    'department_not_found',
    `No such department, or it is not yours: ${id.slice(0, 64)}.`,
  )
}

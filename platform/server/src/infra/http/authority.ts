import {
  type AppRole,
  type DepartmentRole,
  type PermissionName,
  type Role,
  rowOfAppRole,
  rowOfRole,
} from './roles.js'
import type { AppScope } from './scopes.js'

/** The roles of a person, and where they hold. */
export interface Authority {
  /** In the whole institution. */
  readonly roles: ReadonlySet<Role>
  readonly departments: ReadonlyMap<string, ReadonlySet<DepartmentRole>>
  readonly apps: ReadonlyMap<string, AppRole>
  /** Without the second factor that a role asks for, nothing live can be reached by any role. */
  readonly is_test_only: boolean
}

/** An app, or one that is yet to be made: then only its department is known. */
export interface Place {
  readonly app_id?: string
  readonly department_id: string
  /** False: it was not let into live mode, or not any more. */
  readonly is_live?: boolean
}

/** Whether a person with these roles has to have a second factor. */
export function needsSecondFactor(authority: Authority): boolean {
  const held = [
    ...authority.roles,
    ...[...authority.departments.values()].flatMap((set) => [...set]),
  ]
  return held.some((role) => rowOfRole(role).needs_second_factor)
}

/**
 * What is left of somebody's roles in a session without a second factor: those that need none. At the demo's
 * institution, where nothing is real, every role is left, and nothing live can be reached.
 */
export function withoutSecondFactor(authority: Authority, isDemo: boolean): Authority {
  if (!needsSecondFactor(authority)) return authority
  if (isDemo) return { ...authority, is_test_only: true }
  const isLeft = (role: Role) => !rowOfRole(role).needs_second_factor
  const departments = [...authority.departments].map(
    ([id, roles]) => [id, new Set([...roles].filter(isLeft))] as const,
  )
  return {
    ...authority,
    roles: new Set([...authority.roles].filter(isLeft)),
    departments: new Map(departments.filter(([, roles]) => roles.size > 0)),
  }
}

/** What this person may do with an app in one of its modes. */
export function scopesIn(
  authority: Authority,
  place: Place & { readonly app_id: string },
  livemode: boolean,
): ReadonlySet<AppScope> {
  if (livemode && authority.is_test_only) return new Set()
  const scopes = rowsIn(authority, place).flatMap((row) => row[livemode ? 'live' : 'test'])
  const isOpen = !livemode || place.is_live !== false
  // What is not let in can be looked at, and its keys taken from it; nothing new can be done there.
  return new Set(isOpen ? scopes : scopes.filter(isLookingOrKeys))
}

/** What this person may decide about an app, or about a department. */
export function permissionsIn(authority: Authority, place: Place): ReadonlySet<PermissionName> {
  const wide = [...authority.roles].map(rowOfRole).filter(({ reach }) => reach === 'institution')
  const rows = [...wide, ...rowsIn(authority, place)]
  return new Set(rows.flatMap(({ permissions }) => permissions))
}

/** Everything this person may decide anywhere: where exactly is for the service to ask with `permissionsIn`. */
export function permissionsAnywhere(authority: Authority): ReadonlySet<PermissionName> {
  const held = [
    ...authority.roles,
    ...[...authority.departments.values()].flatMap((set) => [...set]),
  ]
  return new Set([
    ...held.flatMap((role) => rowOfRole(role).permissions),
    ...[...authority.apps.values()].flatMap((role) => rowOfAppRole(role).permissions),
  ])
}

/** Where this person has a permission: in the whole institution, or in these departments. */
export function departmentsWith(
  authority: Authority,
  permission: PermissionName,
): 'all' | ReadonlySet<string> {
  const has = (role: Role) => rowOfRole(role).permissions.includes(permission)
  const isWide = [...authority.roles].some(
    (role) => has(role) && rowOfRole(role).reach === 'institution',
  )
  if (isWide) return 'all'
  return new Set(
    [...authority.departments].flatMap(([id, roles]) => ([...roles].some(has) ? [id] : [])),
  )
}

/** Whether apps of the whole institution are open to this person, as they are to finance and administrators. */
export function reachesEveryApp(authority: Authority): boolean {
  return [...authority.roles].some((role) => rowOfRole(role).reach === 'institution')
}

const isLookingOrKeys = (scope: AppScope): boolean =>
  scope.endsWith(':read') || scope === 'keys:write'

function rowsIn(authority: Authority, { app_id, department_id }: Place) {
  const wide = [...authority.roles].map(rowOfRole).filter(({ reach }) => reach === 'institution')
  const local = [...(authority.departments.get(department_id) ?? [])].map(rowOfRole)
  const member = app_id === undefined ? undefined : authority.apps.get(app_id)
  return [...wide, ...local, ...(member === undefined ? [] : [rowOfAppRole(member)])]
}

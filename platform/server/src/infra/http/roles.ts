import { APP_SCOPES, type AppScope } from './scopes.js'

/** What a person may do besides calling the API for an app. Routes name theirs with `@Permission`. */
export const PERMISSIONS = [
  'apps:read',
  'apps:create',
  'apps:write',
  'apps:approve',
  'members:write',
  'departments:read',
  'departments:create',
  'operators:read',
  'operators:write',
] as const
export type PermissionName = (typeof PERMISSIONS)[number]

/** What one role gives, in the words of the console and of the documentation. */
interface RoleRow {
  readonly role: string
  readonly zh: string
  readonly en: string
  /** `department`: held in the whole institution it opens no app by itself. */
  readonly reach: 'institution' | 'department'
  readonly test: readonly AppScope[]
  readonly live: readonly AppScope[]
  readonly permissions: readonly PermissionName[]
  readonly needs_second_factor: boolean
}

const READS = APP_SCOPES.filter((scope) => scope.endsWith(':read'))
/** Nothing of a person, nothing of the whole institution's books. */
const TECHNICAL_READS: readonly AppScope[] = [
  ...(['bills:read', 'payments:read', 'refunds:read', 'departments:read'] as const),
  ...(['webhooks:read', 'keys:read', 'logs:read', 'reports:read'] as const),
]

const REVIEWS: readonly AppScope[] = [
  ...READS,
  ...(['refunds:approve', 'ledger:write', 'limits:write', 'departments:write'] as const),
  'reports:write',
]

/**
 * The one table of roles. Nobody who administers the platform moves live money, and whoever asks for it to be
 * moved needs somebody else to decide: no role has both halves of that in live mode.
 */
const ROLE_TABLE = [
  {
    role: 'platform_admin',
    zh: '平台管理员',
    en: 'Platform administrator',
    reach: 'institution',
    test: APP_SCOPES,
    live: [
      ...READS,
      ...(['channel_accounts:write', 'limits:write', 'departments:write'] as const),
      ...(['keys:write', 'webhooks:write', 'reports:write'] as const),
    ],
    permissions: PERMISSIONS,
    needs_second_factor: true,
  },
  {
    role: 'finance_officer',
    zh: '财务经办',
    en: 'Finance officer',
    reach: 'institution',
    test: APP_SCOPES.filter((scope) => scope !== 'refunds:approve'),
    live: [
      ...READS,
      ...(['bills:write', 'payments:write', 'refunds:write', 'payers:write'] as const),
      ...(['wallets:write', 'counter:write', 'ledger:write', 'reports:write'] as const),
    ],
    permissions: ['apps:read', 'departments:read'],
    needs_second_factor: true,
  },
  {
    role: 'finance_reviewer',
    zh: '财务复核',
    en: 'Finance reviewer',
    reach: 'institution',
    test: REVIEWS,
    live: REVIEWS,
    permissions: ['apps:read', 'departments:read'],
    needs_second_factor: true,
  },
  {
    role: 'department_admin',
    zh: '部门管理员',
    en: 'Department administrator',
    reach: 'department',
    test: APP_SCOPES,
    live: [...READS, 'departments:write', 'keys:write', 'webhooks:write', 'reports:write'],
    permissions: [
      ...(['apps:read', 'apps:create', 'apps:write', 'apps:approve', 'members:write'] as const),
      ...(['departments:read', 'operators:read'] as const),
    ],
    needs_second_factor: true,
  },
  {
    role: 'developer',
    zh: '开发人员',
    en: 'Developer',
    reach: 'department',
    test: APP_SCOPES,
    live: TECHNICAL_READS,
    permissions: ['apps:read', 'apps:create', 'departments:read'],
    needs_second_factor: false,
  },
  {
    role: 'auditor',
    zh: '审计人员',
    en: 'Auditor',
    reach: 'institution',
    test: [...READS, 'reports:write'],
    live: [...READS, 'reports:write'],
    permissions: ['apps:read', 'departments:read', 'operators:read'],
    needs_second_factor: true,
  },
] as const satisfies readonly RoleRow[]

/** What a member of one app may do with it. */
const APP_ROLE_TABLE = [
  {
    role: 'owner',
    zh: '负责人',
    en: 'Owner',
    test: APP_SCOPES,
    live: [...TECHNICAL_READS, 'payers:read', 'keys:write', 'webhooks:write'],
    permissions: ['apps:read', 'apps:write', 'members:write', 'departments:read'],
  },
  {
    role: 'developer',
    zh: '开发成员',
    en: 'Developer',
    test: APP_SCOPES,
    live: TECHNICAL_READS,
    permissions: ['apps:read', 'departments:read'],
  },
  {
    role: 'viewer',
    zh: '只读成员',
    en: 'Viewer',
    test: READS,
    live: TECHNICAL_READS,
    permissions: ['apps:read', 'departments:read'],
  },
] as const satisfies readonly Omit<RoleRow, 'reach' | 'needs_second_factor'>[]

export type Role = (typeof ROLE_TABLE)[number]['role']
export type AppRole = (typeof APP_ROLE_TABLE)[number]['role']
/** Those that may be held in one department. */
export type DepartmentRole = Exclude<Role, 'platform_admin'>

export const ROLES: readonly Role[] = ROLE_TABLE.map(({ role }) => role)
export const DEPARTMENT_ROLES = [
  ...(['finance_officer', 'finance_reviewer', 'department_admin', 'developer', 'auditor'] as const),
] as const satisfies readonly DepartmentRole[]
export const APP_ROLES = ['owner', 'developer', 'viewer'] as const satisfies readonly AppRole[]
export const ROLE_ROWS: readonly (RoleRow & { readonly role: Role })[] = ROLE_TABLE
export const APP_ROLE_ROWS: readonly (Omit<RoleRow, 'reach' | 'needs_second_factor'> & {
  readonly role: AppRole
})[] = APP_ROLE_TABLE

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text)
export const isDepartmentRole = (text: string): text is DepartmentRole =>
  DEPARTMENT_ROLES.some((role) => role === text)
export const isAppRole = (text: string): text is AppRole => APP_ROLES.some((role) => role === text)

export function rowOfRole(role: Role): RoleRow & { readonly role: Role } {
  return rowOf(ROLE_ROWS, role)
}

export function rowOfAppRole(role: AppRole): (typeof APP_ROLE_ROWS)[number] {
  return rowOf(APP_ROLE_ROWS, role)
}

function rowOf<R extends string, Row extends { readonly role: R }>(
  rows: readonly Row[],
  role: R,
): Row {
  const row = rows.find((one) => one.role === role)
  if (!row) throw new Error(`the table of roles has no ${role}`)
  return row
}

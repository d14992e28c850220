// The server's own table, which is plain data: what a role gives stands in one place.
import { DEPARTMENT_ROLES, ROLE_ROWS } from '../../../server/src/infra/http/roles.js'
import type { Language } from '../i18n/language.rules.js'
import type { Session } from './session.types.js'

export { DEPARTMENT_ROLES, ROLE_ROWS }

/** A role in words; one that is newer than this page is shown by its name. */
export function roleText(role: string, language: Language): string {
  return ROLE_ROWS.find((row) => row.role === role)?.[language] ?? role
}

/** Whether the person's roles, held there or in the whole institution, give a permission in a department. */
export function mayInDepartment(
  { roles, departments }: Pick<Session, 'roles' | 'departments'>,
  department: string,
  permission: string,
): boolean {
  const held = ROLE_ROWS.filter(
    ({ role, reach }) =>
      (reach === 'institution' && roles.includes(role)) ||
      departments.some((one) => one.department === department && one.role === role),
  )
  return held.some(({ permissions }) => permissions.some((one) => one === permission))
}

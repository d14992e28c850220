// The server's own table, which is plain data: what a role gives stands in one place.
import { DEPARTMENT_ROLES, ROLE_ROWS } from '../../../server/src/infra/http/roles.js'
import type { Language } from '../i18n/language.rules.js'

export { DEPARTMENT_ROLES, ROLE_ROWS }

/** A role in words; one that is newer than this page is shown by its name. */
export function roleText(role: string, language: Language): string {
  return ROLE_ROWS.find((row) => row.role === role)?.[language] ?? role
}

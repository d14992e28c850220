// The server's own table, which is plain data: the words on this page and on the consent page are the same.
import { SCOPE_TABLE } from '../../../server/src/infra/http/scopes.js'
import type { Language } from '../i18n/language.rules.js'

/** What a scope allows, in words; one that is newer than this page is shown by its name. */
export function scopeText(scope: string, language: Language): string {
  return SCOPE_TABLE.find((row) => row.scope === scope)?.[language] ?? scope
}

/** Every scope that an app may hold by itself; what payers grant is not asked for here. */
export const APP_SCOPES: readonly string[] = SCOPE_TABLE.map(({ scope }) => scope).filter(
  (scope) => !scope.includes(':own'),
)

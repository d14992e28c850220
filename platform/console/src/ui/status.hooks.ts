import { useLanguage } from '../i18n/language.provider.js'
import { statusesOf, statusOf } from './status.table.js'

/** The statuses of a kind of object, to be chosen in a filter. */
export function useStatusChoices(kind: string): (readonly [value: string, word: string])[] {
  const { language } = useLanguage()
  return statusesOf(kind).map((status) => [status, statusOf(`${kind}.${status}`, language).word])
}

export type Mode = 'test' | 'live'

/** The app and mode that a page works in. */
export interface Workplace {
  readonly app_id: string
  readonly mode: Mode
}

const CONSOLE = '/console'
const IN_WORKPLACE = /^\/console\/(test|live)\/(app_[0-9a-zA-Z]+)(?=\/|$)/

/**
 * The address says where one works: a link leads others to the same object, and two tabs may show two modes
 * without either changing under the other.
 */
export function workplaceOf(pathname: string): Workplace | null {
  const found = IN_WORKPLACE.exec(pathname)
  const [, mode, app_id] = found ?? []
  if (app_id === undefined || (mode !== 'test' && mode !== 'live')) return null
  return { app_id, mode }
}

export function basenameOf(workplace: Workplace | null): string {
  return workplace === null ? CONSOLE : `${CONSOLE}/${workplace.mode}/${workplace.app_id}`
}

/** The path of a page within its workplace, from the whole path of the address. */
export function pageOf(pathname: string): string {
  const base = basenameOf(workplaceOf(pathname))
  return pathname.startsWith(base) ? pathname.slice(base.length) || '/' : '/'
}

/** An object's page belongs to one app and mode; elsewhere only its list exists. */
export function pageElsewhere(page: string): string {
  const [, first = ''] = page.split('/')
  return `/${first}`
}

import type { Bursar } from '@openbursar/sdk'
import { createContext, useContext } from 'react'
import type { Session, SessionApp } from './session.types.js'
import type { Workplace } from './workplace.rules.js'

export interface ApiValue {
  /** For what belongs to the institution: apps, operators, the session itself. */
  readonly institution: Bursar
  /** For what belongs to the app and mode of the address; null where it names none. */
  readonly bursar: Bursar | null
  readonly workplace: Workplace | null
}

export const ApiContext = createContext<ApiValue | null>(null)
export const SessionContext = createContext<Session | null>(null)

export function useApiValue(): ApiValue {
  const value = useContext(ApiContext)
  if (value === null) throw new Error('a page stands inside ApiContext')
  return value
}

/** Who is signed in. Pages are shown to nobody else. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('a page stands inside SessionContext')
  return session
}

export interface CurrentApp {
  readonly app: SessionApp
  readonly workplace: Workplace
  readonly scopes: ReadonlySet<string>
}

/** The app and mode that this page works in, and what one may do there. */
export function useCurrentApp(): CurrentApp | null {
  const { workplace } = useApiValue()
  const { apps } = useSession()
  if (workplace === null) return null
  const app = apps.find(({ id }) => id === workplace.app_id)
  if (app === undefined) return null
  return { app, workplace, scopes: new Set(app.scopes[workplace.mode] ?? []) }
}

export function useMay(permission: string): boolean {
  return useSession().permissions.includes(permission)
}

/** Whether the app's objects may be touched so; a control for which the answer is no is left out. */
export function useScope(scope: string): boolean {
  return useCurrentApp()?.scopes.has(scope) ?? false
}

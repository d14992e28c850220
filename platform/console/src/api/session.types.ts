import type { Session as WireSession } from '@openbursar/sdk'
import type { Mode } from './workplace.rules.js'

/** An app that the person may work in, and what they may do there. */
export interface SessionApp {
  readonly id: string
  readonly name: string
  readonly department: { readonly id: string; readonly name: string }
  /** By mode; a mode that is closed to the person, or that the app doesn't have, is missing. */
  readonly scopes: Readonly<Partial<Record<Mode, readonly string[]>>>
}

/** Who is signed in. */
export interface Session {
  readonly operator: { readonly id: string; readonly name: string; readonly login: string }
  readonly institution_name: string
  readonly roles: readonly string[]
  /** Roles in single departments. */
  readonly departments: readonly { readonly department: string; readonly role: string }[]
  readonly permissions: readonly string[]
  readonly apps: readonly SessionApp[]
  readonly csrf_token: string
  readonly step_up: WireSession['step_up']
  readonly second_factor: WireSession['second_factor']
  readonly is_demo: boolean
  readonly expires_at: string
}

export function sessionOf(wire: WireSession): Session {
  const { institution_name, ...operator } = wire.operator
  return { ...wire, operator, institution_name, apps: wire.apps.map(appOf) }
}

function appOf(wire: WireSession['apps'][number]): SessionApp {
  const { modes, scopes } = wire
  return {
    id: wire.app,
    name: wire.name,
    department: { id: wire.department, name: wire.department_name },
    scopes: {
      ...(modes.includes('test') ? { test: scopes.test } : {}),
      ...(modes.includes('live') ? { live: scopes.live } : {}),
    },
  }
}

import type { Authority } from '../../../infra/http/authority.js'

/** Where a password was checked: by us, or by the institution's own identity provider. */
export type SignInMethod = 'local' | 'campus'

export type SessionEnd =
  | 'signed_out'
  | 'signed_out_everywhere'
  | 'revoked'
  | 'replaced'
  | 'password_changed'
  | 'disabled'

/** A row of `operator_sessions`. */
export interface OperatorSessionRow {
  readonly institution_id: string
  readonly id: string
  readonly operator_id: string
  readonly method: SignInMethod
  readonly created_at: Date
  readonly last_used_at: Date
  readonly authenticated_at: Date
  readonly second_factor_at: Date | null
  readonly expires_at: Date
  readonly ended_at: Date | null
  readonly caller_address: string | null
  readonly user_agent: string | null
}

/** A session that is good now, and whose it is. */
export interface OperatorSession extends Omit<OperatorSessionRow, 'ended_at'> {
  readonly login: string
  readonly name: string
  readonly institution_name: string
  readonly has_password: boolean
  readonly has_totp: boolean
  /** The roles that are left in this session: see `withoutSecondFactor`. */
  readonly authority: Authority
  /** One of the person's roles asks for a second factor. */
  readonly needs_second_factor: boolean
  /** The demo's institution: nothing in it is real. */
  readonly is_demo: boolean
}

/** What a sign-in brings. */
export interface NewSession {
  readonly institution_id: string
  readonly operator_id: string
  readonly method: SignInMethod
  readonly has_second_factor: boolean
  readonly caller_address: string | null
  readonly user_agent: string | null
}

/** An app as a session needs it. */
export interface WorkPlace {
  readonly app_id: string
  readonly app_name: string
  readonly department_id: string
  readonly department_name: string
  readonly api_version: string
  /** Whether the app may work in live mode. */
  readonly is_live: boolean
}

export const LIVE_STATUSES = ['none', 'approved', 'suspended'] as const
export type LiveStatus = (typeof LIVE_STATUSES)[number]

export const LIVE_REQUEST_STATUSES = ['requested', 'approved', 'rejected', 'withdrawn'] as const
export type LiveRequestStatus = (typeof LIVE_REQUEST_STATUSES)[number]

/** A row of `apps`, with the name of its department. Sets that a reset took out of a sandbox are none. */
export interface AppRow {
  readonly institution_id: string
  readonly id: string
  readonly department_id: string
  readonly department_name: string
  readonly name: string
  readonly purpose: string | null
  readonly scopes: readonly string[]
  readonly api_version: string
  readonly live_status: LiveStatus
  readonly live_scopes: readonly string[]
  readonly live_changed_at: Date | null
  readonly live_changed_by: string | null
  readonly live_reason: string | null
  readonly created_by: string | null
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/** A row of `app_live_requests`. */
export interface LiveRequestRow {
  readonly institution_id: string
  readonly id: string
  readonly app_id: string
  readonly status: LiveRequestStatus
  readonly scopes: readonly string[]
  readonly purpose: string
  readonly contact: string
  readonly requested_by: string
  readonly decided_by: string | null
  readonly decided_at: Date | null
  readonly decision_reason: string | null
  readonly created_at: Date
}

export interface NewAppRow {
  readonly institution_id: string
  readonly id: string
  readonly department_id: string
  readonly name: string
  readonly purpose: string
  readonly scopes: readonly string[]
  readonly api_version: string
  readonly created_by: string
  readonly metadata: Readonly<Record<string, string>>
  readonly created_at: Date
}

export interface AppChange {
  readonly name?: string | undefined
  readonly purpose?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** Whose apps a caller sees: every one of the institution, or those of some departments and some by name. */
export interface AppVisibility {
  /** Null: all departments. */
  readonly departments: readonly string[] | null
  readonly apps: readonly string[]
}

/** A registered key and whose it is: what a signature is checked with. */
export interface RegisteredKey {
  readonly institution_id: string
  readonly department_id: string
  readonly app_id: string
  readonly id: string
  readonly livemode: boolean
  readonly algorithm: string
  readonly public_key: string
  readonly scopes: readonly string[]
  readonly app_scopes: readonly string[]
  readonly api_version: string
  readonly not_before: Date
  readonly not_after: Date | null
  readonly revoked_at: Date | null
}

export interface NewApp {
  readonly institution_id: string
  readonly department_id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly api_version: string
}

export interface NewApiKey {
  readonly institution_id: string
  readonly app_id: string
  readonly livemode: boolean
  /** SubjectPublicKeyInfo, PEM. */
  readonly public_key: string
  /** A subset of the app's scopes; empty means all of them. */
  readonly scopes?: readonly string[]
  readonly not_after?: Date | null
}

/** Every scope there is, and what it lets a key do. */
export const SCOPES = [
  'bills:read',
  'bills:write',
  'payments:read',
  'payments:write',
  'refunds:read',
  'refunds:write',
  'payers:read',
  'payers:write',
  'webhooks:read',
  'webhooks:write',
] as const

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
  /** Ranges it may call from; empty means anywhere. */
  readonly allowed_ips: readonly string[]
  /** A live key of an app that may not work in live mode at present. */
  readonly is_suspended: boolean
}

/** An app in its role of OAuth client: its id is the `client_id`. */
export interface ClientApp {
  readonly institution_id: string
  readonly department_id: string
  readonly app_id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly keys: readonly ClientKey[]
}

/** A key with which the app may authenticate. Its mode is the mode of what the app gets by it. */
export interface ClientKey {
  readonly id: string
  readonly livemode: boolean
  readonly algorithm: string
  readonly public_key: string
  readonly scopes: readonly string[]
  /** What the app may do in the key's mode. */
  readonly app_scopes: readonly string[]
  readonly not_before: Date
  readonly not_after: Date | null
}

export interface NewApp {
  readonly institution_id: string
  readonly department_id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly api_version: string
}

export interface NewApiKey {
  /** Absent: a new one. */
  readonly id?: string
  readonly institution_id: string
  readonly app_id: string
  readonly livemode: boolean
  /** SubjectPublicKeyInfo, PEM. */
  readonly public_key: string
  /** For an RSA key, which of the two algorithms it signs with; otherwise the key says it itself. */
  readonly algorithm?: string | undefined
  /** A subset of the app's scopes; empty means all of them. */
  readonly scopes?: readonly string[]
  readonly not_before?: Date | null
  readonly not_after?: Date | null
  readonly name?: string | null
  /** Address ranges in CIDR notation; empty means anywhere. */
  readonly allowed_ips?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
}

/** An app in one of its modes: whose keys are meant. */
export interface KeyOwner {
  readonly institution_id: string
  readonly livemode: boolean
  readonly app_id: string
}

/** A row of `api_keys`, with what its app says of it. */
export interface ApiKeyRow extends KeyOwner {
  readonly id: string
  readonly algorithm: string
  readonly public_key: string
  readonly scopes: readonly string[]
  readonly app_scopes: readonly string[]
  readonly api_version: string
  readonly name: string | null
  readonly allowed_ips: readonly string[]
  readonly not_before: Date
  readonly not_after: Date | null
  readonly revoked_at: Date | null
  readonly last_used_at: Date | null
  readonly replaced_by: string | null
  readonly metadata: unknown
  readonly created_at: Date
}

/** What a caller may hand on with a key: never more than it has itself. */
export interface KeyPowers {
  readonly scopes: readonly string[]
  /** Empty: not limited. */
  readonly allowed_ips: readonly string[]
}

/** When a key was last seen at work. */
export interface KeyUse {
  readonly institution_id: string
  readonly id: string
  readonly at: Date
}

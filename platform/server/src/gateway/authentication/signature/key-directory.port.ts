/** What the gateway must know of a registered key to check a signature and to say who is calling. */
export interface ApiKeyForVerification {
  readonly institution_id: string
  readonly department_id: string
  readonly app_id: string
  readonly id: string
  readonly livemode: boolean
  /** One of `SIGNATURE_ALGORITHMS`. */
  readonly algorithm: string
  /** SubjectPublicKeyInfo, PEM. */
  readonly public_key: string
  /** A subset of the app's scopes; empty means all of them. */
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

export type KeyOwner = Pick<ApiKeyForVerification, 'institution_id' | 'app_id' | 'livemode'>

/** Where registered keys are found. Revoked and expired keys are found too: they say so themselves. */
export interface KeyDirectory {
  find(keyId: string): Promise<ApiKeyForVerification | null>
  /** Some of an app's keys of one mode, for the debugger: it tells who signed with the wrong one. */
  findOfApp(app: KeyOwner): Promise<readonly ApiKeyForVerification[]>
}

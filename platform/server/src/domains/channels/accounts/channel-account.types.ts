/**
 * active: the provider said that it works. unverified: nobody knows yet; it may be used. unusable: the provider
 * refused it. disabled: by a person; it takes no new orders.
 */
export const CHANNEL_ACCOUNT_STATUSES = ['active', 'unverified', 'unusable', 'disabled'] as const
export type ChannelAccountStatus = (typeof CHANNEL_ACCOUNT_STATUSES)[number]

export const CHECK_RESULTS = ['works', 'refused', 'unknown'] as const
export type CheckResult = (typeof CHECK_RESULTS)[number]

/** As stored: `settings` is sealed, and `channel` is whatever the table says. */
export interface ChannelAccountRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  /** Null: it collects for every department. */
  readonly department_id: string | null
  /** The app with a test clock that alone uses it; null: every app. */
  readonly app_id: string | null
  readonly channel: string
  readonly name: string
  readonly merchant_id: string
  readonly settings: Uint8Array
  /** What of the settings may be shown (`SettingsView`); null for an account older than that. */
  readonly view: unknown
  readonly status: string
  readonly check_result: string | null
  readonly check_message: string | null
  readonly checked_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/** What the provider said when the account was tried. */
export interface CheckOutcome {
  readonly check_result: CheckResult | null
  readonly check_message: string | null
  readonly checked_at: Date | null
}

/** The secret fields of an account, each with what may be known of it. */
export interface SecretView {
  readonly field: string
  readonly kind: 'private_key' | 'public_key' | 'certificate' | 'secret'
  /** SHA-256 in hex: of a certificate its own, of a key that of its public half (SubjectPublicKeyInfo). */
  readonly fingerprint: string | null
  readonly expires_at: string | null
}

/** What of an account's settings may be shown. */
export interface SettingsView {
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly secrets: readonly SecretView[]
}

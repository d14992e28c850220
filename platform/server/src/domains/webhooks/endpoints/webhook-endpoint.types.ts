/** As stored. A deleted endpoint stays for its deliveries' sake and is shown to nobody. */
export interface WebhookEndpointRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly url: string
  readonly description: string | null
  readonly event_types: string[]
  readonly secret: Uint8Array
  /** enabled | disabled | deleted */
  readonly status: string
  /** requested | gone | exhausted */
  readonly disabled_reason: string | null
  readonly disabled_note: string | null
  readonly disabled_at: Date | null
  readonly failing_since: Date | null
  readonly secret_rotated_at: Date | null
  readonly old_secrets_expire_at: Date | null
  readonly verified_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
}

/** Binds the sealed secret to its column and row. */
export function secretContext(endpointId: string): string {
  return `webhook_endpoints.secret:${endpointId}`
}

export const INCIDENT_KINDS = ['answer_unreadable', 'notification_refused', 'disagreement'] as const
export type IncidentKind = (typeof INCIDENT_KINDS)[number]

/** A row of `channel_incidents`, which never changes. */
export interface ChannelIncidentRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly account_id: string
  readonly kind: string
  readonly reason: string
  /** Sealed. */
  readonly excerpt: Uint8Array | null
  readonly length: number
  readonly suppressed: number
  readonly created_at: Date
}

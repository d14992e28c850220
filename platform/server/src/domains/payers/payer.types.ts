export const PAYER_KINDS = ['student', 'employee', 'outsider'] as const
export const NUMBER_TYPES = ['student_no', 'employee_no', 'certificate_no'] as const
export type NumberType = (typeof NUMBER_TYPES)[number]

/** What must never be stored or shown in the clear. */
export interface PayerPersonal {
  readonly number: string
  readonly name: string
  readonly phone: string | null
  readonly email: string | null
}

/** As stored: `personal` is a sealed PayerPersonal. */
export interface PayerRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly kind: string
  readonly number_type: string
  readonly number_hash: Uint8Array
  readonly number_tail: string
  readonly personal: Uint8Array
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/** A row together with what was sealed in it. */
export interface Payer {
  readonly row: PayerRow
  readonly personal: PayerPersonal
}

/** Everything that one object's story is made of: the object itself, and what hangs on it. */
export interface Family {
  readonly of: string
  readonly payments: readonly string[]
  readonly refunds: readonly RefundRow[]
}

export interface RefundRow {
  readonly id: string
  readonly payment_id: string
  readonly out_refund_no: string
  readonly channel_refund_no: string
  readonly status: string
  readonly amount: bigint
  readonly currency: string
  readonly failure_code: string | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface AttemptRow {
  readonly id: string
  readonly payment_id: string
  readonly channel: string
  readonly method: string
  readonly status: string
  readonly amount: bigint
  readonly currency: string
  readonly channel_order_no: string
  readonly channel_transaction_no: string | null
  readonly query_count: number
  readonly created_at: Date
  readonly updated_at: Date
}

export interface LateSuccessRow {
  readonly id: string
  readonly payment_id: string
  readonly kind: string
  readonly status: string
  readonly amount: bigint
  readonly currency: string
  readonly created_at: Date
}

export interface EventRow {
  readonly id: string
  readonly type: string
  readonly object_id: string
  readonly status: string | null
  readonly request_id: string | null
  readonly created_at: Date
}

export interface LedgerRow {
  readonly id: string
  readonly kind: string
  readonly source_id: string
  readonly description: string
  readonly posted_at: Date
  readonly entries: readonly {
    readonly account_code: string
    readonly direction: 'debit' | 'credit'
    readonly amount: number
    readonly currency: string
  }[]
}

export interface DeliveryRow {
  readonly id: string
  readonly event_id: string
  readonly endpoint_id: string
  readonly status: string
  readonly attempt_count: number
  readonly response_status: number | null
  readonly error: string | null
  readonly created_at: Date
}

export interface RequestRow {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly error_code: string | null
  readonly duration_us: number
  readonly created_at: Date
}

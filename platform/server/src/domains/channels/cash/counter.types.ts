export const TENDERS = ['cash', 'pos'] as const
export type Tender = (typeof TENDERS)[number]

export const COUNTER_ORDER_STATUSES = ['waiting', 'paid', 'closed', 'expired'] as const
export type CounterOrderStatus = (typeof COUNTER_ORDER_STATUSES)[number]

/** A row of `counter_orders`. */
export interface CounterOrderRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly order_no: string
  readonly channel_account_id: string
  readonly counter_no: string
  readonly currency: string
  readonly amount: bigint
  readonly amount_refunded: bigint
  readonly description: string
  readonly status: CounterOrderStatus
  readonly tender: Tender | null
  readonly received_amount: bigint | null
  readonly change_amount: bigint | null
  readonly terminal_reference: string | null
  readonly cashier: string | null
  readonly expires_at: Date
  readonly paid_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** A row of `counter_refunds`. */
export interface CounterRefundRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly refund_no: string
  readonly order_no: string
  readonly currency: string
  readonly amount: bigint
  readonly reason: string
  readonly status: 'waiting' | 'handed_out'
  readonly cashier: string | null
  readonly handed_out_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** A row of `counter_entries`: what a counter took in or handed out. */
export interface CounterEntryRow {
  readonly institution_id: string
  readonly livemode: boolean
  /** `YYYY-MM-DD` */
  readonly business_date: string
  readonly number: number
  readonly channel_account_id: string
  readonly kind: 'receipt' | 'refund'
  readonly order_no: string
  readonly refund_no: string | null
  readonly tender: Tender
  readonly currency: string
  readonly amount: bigint
  readonly cashier: string
  readonly recorded_at: Date
}

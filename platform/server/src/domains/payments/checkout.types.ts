import type { CheckoutStatus } from './checkout.state.js'

/** A row of `checkouts`. */
export interface Checkout {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly department_id: string
  readonly title: string
  readonly currency: string
  readonly amount: bigint
  readonly status: CheckoutStatus
  readonly return_url: string | null
  readonly expires_at: Date
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/** What of which bill a checkout collects. */
export interface CheckoutItem {
  readonly bill_id: string
  readonly department_id: string
  readonly amount: bigint
}

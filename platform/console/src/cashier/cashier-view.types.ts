export const CASHIER_STATUSES = ['open', 'paying', 'paid', 'closed', 'expired', 'failed'] as const
export type CashierStatus = (typeof CASHIER_STATUSES)[number]

export const PAYMENT_STATUSES = [
  'created',
  'pending',
  'processing',
  'succeeded',
  'failed',
  'closed',
] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

export interface CashierItem {
  title: string
  amount: bigint
  /** Masked by the server, such as 张**. */
  payer_name: string | null
}

export interface CashierChannel {
  code: string
  methods: string[]
}

export interface CashierPayment {
  id: string
  channel: string
  method: string
  status: PaymentStatus
  qr_url: string | null
  /** Test mode only: the simulator's phone. */
  phone_url: string | null
  failure_message: string | null
}

/** What the cashier's API says about one thing to be paid. */
export interface CashierView {
  reference: string
  title: string
  institution_name: string
  department_name: string
  amount: bigint
  currency: string
  status: CashierStatus
  expires_at: string | null
  server_time: string
  livemode: boolean
  items: CashierItem[]
  channels: CashierChannel[]
  payment: CashierPayment | null
  paid_at: string | null
  return_url: string | null
}

export interface PayChoice {
  channel: string
  method: string
}

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

export type CashierAction =
  | { type: 'show_qr'; qr_url: string }
  | { type: 'redirect'; url: string }
  /** A page of ours that sends the provider's form. */
  | { type: 'submit_form'; url: string }
  | { type: 'invoke_jsapi'; parameters: Record<string, string> }
  | { type: 'enter_pin' }
  | { type: 'pay_at_counter'; counter_no: string }
  /** Something this page cannot help with: the payer finishes it elsewhere. */
  | { type: 'elsewhere' }

export interface CashierPayment {
  id: string
  channel: string
  method: string
  status: PaymentStatus
  /** What the payer has to do; null while the order is on its way to the channel. */
  action: CashierAction | null
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

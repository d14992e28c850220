import { z } from 'zod'
import { CHANNEL_CODES, CHANNEL_METHODS } from '../channels/channel.port.js'

/** The payer's choice. */
export const StartCashierPayment = z.strictObject({
  channel: z.enum(CHANNEL_CODES),
  method: z.enum(CHANNEL_METHODS).default('native'),
})
export type StartCashierPayment = z.infer<typeof StartCashierPayment>

/** The payer’s PIN, when the campus card pays. */
export const ConfirmCashierPayment = z.strictObject({
  pin: z
    .string()
    .max(6)
    .regex(/^\d{6}$/, 'must be six digits'),
})
export type ConfirmCashierPayment = z.infer<typeof ConfirmCashierPayment>

export type CashierStatus = 'open' | 'paying' | 'paid' | 'closed' | 'expired' | 'failed'

export interface CashierItem {
  readonly title: string
  readonly amount: number
  readonly payer_name: string | null
}

/** What the payer has to do, as far as the page must know: secrets and forms stay with the server. */
export type CashierAction =
  | { readonly type: 'show_qr'; readonly qr_url: string }
  | { readonly type: 'redirect'; readonly url: string }
  /** A page of ours that sends the provider's form. */
  | { readonly type: 'submit_form'; readonly url: string }
  | { readonly type: 'invoke_jsapi'; readonly parameters: Readonly<Record<string, string>> }
  | { readonly type: 'enter_pin' }
  | { readonly type: 'pay_at_counter'; readonly counter_no: string }

/** What the payer's page shows. It names nobody in full: whoever has the link may look at it. */
export interface CashierView {
  readonly reference: string
  readonly title: string
  readonly institution_name: string
  readonly department_name: string
  readonly amount: number
  readonly currency: string
  readonly status: CashierStatus
  readonly expires_at: string
  readonly server_time: string
  readonly livemode: boolean
  readonly items: readonly CashierItem[]
  readonly channels: readonly { readonly code: string; readonly methods: readonly string[] }[]
  readonly payment: {
    readonly id: string
    readonly channel: string | null
    readonly method: string | null
    readonly status: string
    readonly action: CashierAction | null
    readonly phone_url: string | null
    readonly failure_message: string | null
  } | null
  readonly paid_at: string | null
  readonly return_url: string | null
}

import type { Money } from '../../kernel/money.js'

/** Every channel the platform can speak. Adding one here makes the registry incomplete until it exists. */
export const CHANNEL_CODES = ['wechatpay'] as const
export type ChannelCode = (typeof CHANNEL_CODES)[number]

/** How the payer meets the channel: a QR code to scan. */
export const CHANNEL_METHODS = ['native'] as const
export type ChannelMethod = (typeof CHANNEL_METHODS)[number]

/** A merchant account at a provider, decrypted. `settings` is parsed by the channel it belongs to. */
export interface ChannelAccount {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly channel: ChannelCode
  readonly merchant_id: string
  readonly settings: unknown
}

export interface ChannelOrder {
  /** The number the channel will know the order by; 6–32 letters and digits. */
  readonly order_no: string
  readonly amount: Money
  readonly description: string
  readonly method: ChannelMethod
  readonly expires_at: Date
  readonly notify_url: string
}

/** `unknown`: the channel may or may not have accepted. Ask with queryOrder, never order again. */
export type PlaceOrderResult =
  | { readonly kind: 'placed'; readonly code_url: string }
  | { readonly kind: 'already_paid' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/** What the channel says about an order. A word we do not recognise is `unknown`, never `failed`. */
export type OrderState =
  | {
      readonly kind: 'paid'
      readonly order_no: string
      readonly merchant_id: string
      readonly transaction_no: string
      readonly amount: Money
      readonly paid_at: Date
    }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string }

export type CloseOrderResult =
  | { readonly kind: 'closed' }
  | { readonly kind: 'already_paid' }
  | { readonly kind: 'unknown'; readonly reason: string }

export interface ChannelRefund {
  readonly order_no: string
  readonly refund_no: string
  readonly amount: Money
  /** The whole amount of the order, which providers ask for beside the refund. */
  readonly order_amount: Money
  readonly reason: string
  readonly notify_url: string
}

export type RefundState =
  | {
      readonly kind: 'succeeded'
      readonly refund_no: string
      readonly order_no: string
      readonly amount: Money
      readonly succeeded_at: Date
    }
  | { readonly kind: 'processing' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string }

/** A provider's call to us, exactly as it arrived. */
export interface RawNotification {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** A notification whose signature was verified and whose content was decrypted. */
export type ChannelNotification =
  | { readonly kind: 'order'; readonly order_no: string; readonly state: OrderState }
  | { readonly kind: 'refund'; readonly refund_no: string; readonly state: RefundState }

/** What the provider wants to hear: HTTP status, content type and body. */
export interface NotificationAnswer {
  readonly status: number
  readonly content_type: string
  readonly body: string
}

/**
 * A payment provider. Calls never throw for what the provider or the network does: the result says
 * `unknown` with a reason. They throw only for a bug or for settings that fit no schema
 * (`ChannelError` channel_account_invalid). Every call has a deadline of its own.
 */
export interface Channel {
  readonly code: ChannelCode
  readonly methods: readonly ChannelMethod[]
  placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult>
  queryOrder(account: ChannelAccount, orderNo: string): Promise<OrderState>
  closeOrder(account: ChannelAccount, orderNo: string): Promise<CloseOrderResult>
  refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState>
  queryRefund(account: ChannelAccount, refundNo: string): Promise<RefundState>
  /** Verifies and decrypts. Throws ChannelError `notification_invalid` on anything not from the provider. */
  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification
  acceptNotification(): NotificationAnswer
  refuseNotification(reason: string): NotificationAnswer
}

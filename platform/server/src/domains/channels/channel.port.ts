import type { Money } from '../../kernel/money.js'

/** Every channel the platform can speak. Adding one here makes the registry incomplete until it exists. */
export const CHANNEL_CODES = [
  'wechatpay',
  'alipay',
  'unionpay',
  'abc',
  'campus_card',
  'cash',
] as const
export type ChannelCode = (typeof CHANNEL_CODES)[number]

/**
 * How the payer meets the channel, in words that mean the same for all of them: `native` a QR code to
 * scan; `jsapi` inside the channel's own app; `h5` a page for a phone's browser; `page` a page for a
 * desktop browser; `wallet` stored value, confirmed by PIN; `counter` a cashier takes the money.
 */
export const CHANNEL_METHODS = ['native', 'jsapi', 'h5', 'page', 'wallet', 'counter'] as const
export type ChannelMethod = (typeof CHANNEL_METHODS)[number]

/** A merchant account at a provider, decrypted. `settings` is parsed by the channel it belongs to. */
export interface ChannelAccount {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly channel: ChannelCode
  readonly merchant_id: string
  readonly settings: unknown
  /** The app with a test clock that alone uses it. */
  readonly app_id?: string | null
}

/** An order as everybody who asks about it must know it. Some providers find it by number and time together. */
export interface OrderRef {
  /** The number the channel knows the order by; 8–32 letters and digits. */
  readonly order_no: string
  readonly method: ChannelMethod
  readonly amount: Money
  readonly placed_at: Date
}

export interface ChannelOrder extends OrderRef {
  readonly description: string
  readonly expires_at: Date
  /** Where the provider tells us what became of the order. */
  readonly notify_url: string
  /** Where the payer’s browser comes back to. It proves nothing. */
  readonly return_url: string
  readonly payer: OrderPayer
}

/** What is known of the person who pays; a channel takes what its method needs and refuses without. */
export interface OrderPayer {
  /** The address of the payer’s browser, which some phone pages ask for. */
  readonly ip: string | null
  /** Who the payer is inside the channel’s own app: an openid, a buyer id. */
  readonly channel_user_id: string | null
}

/** What the payer has to do now for the money to move. */
export type NextAction =
  | { readonly type: 'show_qr'; readonly code_url: string }
  | { readonly type: 'redirect'; readonly url: string }
  /** The browser sends this form by itself (POST, UTF-8). */
  | {
      readonly type: 'submit_form'
      readonly url: string
      readonly fields: Readonly<Record<string, string>>
    }
  /** The page hands these to the bridge of the app it runs in. */
  | { readonly type: 'invoke_jsapi'; readonly parameters: Readonly<Record<string, string>> }
  /** The payer confirms by the PIN of the wallet. */
  | { readonly type: 'enter_pin' }
  /** The payer tells this number at the counter. */
  | { readonly type: 'pay_at_counter'; readonly counter_no: string }

/**
 * `unknown`: the channel may or may not have accepted. Ask with queryOrder, never order again.
 * `placed` also means a page that makes the order only when the payer’s browser arrives there.
 */
export type PlaceOrderResult =
  | { readonly kind: 'placed'; readonly next_action: NextAction }
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

/** `not_found`: no such order yet, as for a page that nobody has opened. It may still appear. */
export type CloseOrderResult =
  | { readonly kind: 'closed' }
  | { readonly kind: 'already_paid' }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string }

/** A paid order, as a refund of it needs it. */
export interface PaidOrderRef extends OrderRef {
  /** The provider’s own number of the payment. */
  readonly transaction_no: string
}

export interface RefundRef {
  /** The number the channel knows the refund by; 8–32 letters and digits. */
  readonly refund_no: string
  readonly order: PaidOrderRef
  readonly amount: Money
  readonly requested_at: Date
}

export interface ChannelRefund extends RefundRef {
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

/** One line of a provider’s statement. What fits no schema is kept as it came: nothing is dropped. */
export type StatementLine =
  | {
      readonly kind: 'payment'
      readonly line_no: number
      readonly order_no: string
      readonly transaction_no: string
      readonly amount: Money
      /** What the provider keeps of it; below zero when it gives a fee back. */
      readonly fee: bigint
      readonly occurred_at: Date
    }
  | {
      readonly kind: 'refund'
      readonly line_no: number
      readonly order_no: string
      readonly refund_no: string
      readonly transaction_no: string | null
      readonly amount: Money
      readonly fee: bigint
      readonly occurred_at: Date
    }
  | {
      readonly kind: 'unreadable'
      readonly line_no: number
      readonly text: string
      readonly reason: string
    }

/** What the provider itself adds up at the end of a statement, minor units. */
export interface StatementTotals {
  readonly payment_count: number
  readonly payment_amount: bigint
  readonly refund_count: number
  readonly refund_amount: bigint
}

/**
 * The statement of one business day. `not_ready`: it comes later, ask again. `ready` is whole: its hash
 * or length was checked. Lines are read once, in order.
 */
export type StatementResult =
  | {
      readonly kind: 'ready'
      readonly lines: AsyncIterable<StatementLine>
      readonly totals: StatementTotals | null
    }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not_ready'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Whether an account works, learned by a call that changes nothing. */
export type AccountCheck =
  | { readonly kind: 'works' }
  /** What is wrong, in words for the person who entered the settings. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/**
 * A payment provider. Calls never throw for what the provider or the network does: the result says
 * `unknown` with a reason. They throw only for a bug or for settings that fit no schema
 * (`ChannelError` channel_account_invalid). Every call has a deadline of its own.
 */
export interface Channel {
  readonly code: ChannelCode
  /** How it can be paid; the first is what a payment gets that names none. */
  readonly methods: readonly [ChannelMethod, ...ChannelMethod[]]
  placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult>
  queryOrder(account: ChannelAccount, order: OrderRef): Promise<OrderState>
  closeOrder(account: ChannelAccount, order: OrderRef): Promise<CloseOrderResult>
  refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState>
  queryRefund(account: ChannelAccount, refund: RefundRef): Promise<RefundState>
  /** @param day the business day, `YYYY-MM-DD` */
  fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult>
  /** “Try this account”: a query of an order that cannot exist. */
  checkAccount(account: ChannelAccount): Promise<AccountCheck>
  /** Verifies and decrypts. Throws ChannelError `notification_invalid` on anything not from the provider. */
  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification
  acceptNotification(): NotificationAnswer
  refuseNotification(reason: string): NotificationAnswer
}

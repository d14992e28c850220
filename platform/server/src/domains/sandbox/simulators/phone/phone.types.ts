import type { Play, PlayAction } from '../simulator-play.js'
import type { PhoneLanguage } from './phone.text.js'

/** What a company's phone page looks like. Colours must keep white text readable (4.5 : 1). */
export interface PhoneBrand {
  /** Where the page is below the application's own address: `/wechatpay/phone`. */
  readonly path: string
  /** As the payer reads it, with a word that this is a simulation. */
  readonly title: Readonly<Record<PhoneLanguage, string>>
  /** What the money comes from: the balance, a bank card. */
  readonly method: Readonly<Record<PhoneLanguage, string>>
  readonly colours: {
    readonly brand: string
    readonly brand_dark: string
    readonly brand_soft: string
  }
}

export type PhoneState = 'waiting' | 'paid' | 'refunded' | 'closed' | 'refused'

/** An order as its payer sees it. */
export interface PhoneOrder {
  readonly state: PhoneState
  /** Fen. */
  readonly amount: bigint
  readonly merchant_name: string
  readonly description: string
  readonly order_no: string
  readonly transaction_no: string | null
  /** As the company writes it: it is shown, not read. */
  readonly paid_at: string | null
}

/** Where the browser goes after the payer is done, and what it carries there. */
export interface PhoneReturn {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** The fields of the form, when it is sent by POST. */
  readonly fields: Readonly<Record<string, string>>
}

/** What a simulator lets its phone page do. `code` is whatever the page's address names an order by. */
export interface PhonePayer {
  /** Null when the company never issued such a code. */
  find(code: string): Promise<PhoneOrder | null>
  play(code: string, play: Play): Promise<unknown>
  /** Why a play was not possible, in the company's words; null for any other error. */
  explain(error: unknown): string | null
  /** Where the payer's browser came from, if it came from a merchant's page. */
  returnOf?(code: string, action: PlayAction): Promise<PhoneReturn | null>
}

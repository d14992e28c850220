import type { IncomingMessage } from 'node:http'

/** A place that payers may be sent back to. It belongs to one mode, and so does what is asked for there. */
export interface RegisteredRedirectUri {
  readonly redirect_uri: string
  readonly livemode: boolean
}

/** What the access tokens of one grant say beyond what every token says. */
export interface PayerGrantClaims {
  readonly payer_id: string
  readonly grant_id: string
  readonly livemode: boolean
}

/**
 * Whoever knows payers and what they allowed. It stands above this module and hands itself over with
 * `AuthorizationServer.delegate(port)`; until then no app can ask a payer for anything, and apps call for
 * themselves alone.
 */
export interface PayerAccess {
  redirectUris(institutionId: string, appId: string): Promise<readonly RegisteredRedirectUri[]>
  /** The page, as a path, where the payer signs in and consents; it ends with `provider.interactionFinished`. */
  interactionPath(uid: string): string
  /** What a payer's browser shows when an app sent it with a wrong request. */
  errorPage(request: IncomingMessage, reason: string): string
  /** Whether this payer exists and may still be acted for. */
  isPayer(payerId: string): Promise<boolean>
  /** What a token of this grant says; null when the payer has taken the grant back. */
  grantClaims(grantId: string, payerId: string): Promise<PayerGrantClaims | null>
}

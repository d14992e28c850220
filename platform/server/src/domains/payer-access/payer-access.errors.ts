import type { Tenant } from '../../infra/http/caller.js'
import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const PAYER_ACCESS_ERRORS = {
  redirect_uri_invalid: { status: 400, retryable: false },
  /** Nobody can sign in here: the campus' provider serves another institution, or test mode alone. */
  payer_sign_in_unavailable: { status: 403, retryable: false },
  payer_sign_in_cancelled: { status: 403, retryable: false },
  /** What came back from the identity provider does not belong to a sign-in that this browser began. */
  payer_sign_in_failed: { status: 400, retryable: false },
  payer_unknown: { status: 403, retryable: false },
  payer_request_expired: { status: 404, retryable: false },
  payer_form_expired: { status: 403, retryable: false },
  payer_identity_provider_down: { status: 503, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export type PayerAccessErrorCode = keyof typeof PAYER_ACCESS_ERRORS

/** What the page of an error may show beside its words. */
export interface ErrorPage {
  /** A page of ours where the payer may begin again. */
  readonly retryPath?: string | undefined
  /** Whose page it is. */
  readonly owner?: Tenant | undefined
}

export class PayerAccessError extends PlatformError {
  constructor(
    override readonly code: PayerAccessErrorCode,
    message: string,
    options: PlatformErrorOptions = {},
    readonly page: ErrorPage = {},
  ) {
    super(code, PAYER_ACCESS_ERRORS[code], message, options)
  }
}

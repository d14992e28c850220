import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../../kernel/errors.js'

const REFUSED: ErrorSpec = { status: 401, retryable: false }
const UNREADABLE: ErrorSpec = { status: 400, retryable: false }
const FORBIDDEN: ErrorSpec = { status: 403, retryable: false }

/** Every way in which an access token, or the proof that comes with it, can be refused. */
export const TOKEN_ERRORS = {
  token_in_query: UNREADABLE,
  authorization_malformed: UNREADABLE,
  authorization_scheme_unknown: REFUSED,
  token_invalid: REFUSED,
  token_expired: REFUSED,
  token_revoked: REFUSED,
  token_scheme_mismatch: REFUSED,
  dpop_proof_missing: REFUSED,
  dpop_proof_invalid: REFUSED,
  dpop_proof_replayed: REFUSED,
  credentials_mismatch: REFUSED,
  signature_required: FORBIDDEN,
} as const satisfies Record<string, ErrorSpec>

export type TokenErrorCode = keyof typeof TOKEN_ERRORS

export class TokenError extends PlatformError {
  constructor(
    override readonly code: TokenErrorCode,
    message: string,
    options?: PlatformErrorOptions,
  ) {
    super(code, TOKEN_ERRORS[code], message, options)
  }
}

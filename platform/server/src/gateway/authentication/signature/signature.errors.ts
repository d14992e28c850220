import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../../kernel/errors.js'

const REFUSED: ErrorSpec = { status: 401, retryable: false }
const UNREADABLE: ErrorSpec = { status: 400, retryable: false }

/** Every way in which a request signature can be refused. None of them is cured by sending it again. */
export const SIGNATURE_ERRORS = {
  signature_missing: REFUSED,
  signature_malformed: UNREADABLE,
  signature_ambiguous: REFUSED,
  signature_component_missing: REFUSED,
  signature_expired: REFUSED,
  signature_in_future: REFUSED,
  signature_invalid: REFUSED,
  signature_algorithm_mismatch: REFUSED,
  content_digest_missing: REFUSED,
  content_digest_malformed: UNREADABLE,
  content_digest_mismatch: REFUSED,
  key_unknown: REFUSED,
  key_revoked: REFUSED,
  /** The app may not work in live mode at present. */
  key_suspended: REFUSED,
  key_expired: REFUSED,
  key_not_yet_valid: REFUSED,
  /** The signature is good, but the key may not be used from this address. */
  key_address_refused: { status: 403, retryable: false },
  nonce_missing: REFUSED,
  nonce_invalid: REFUSED,
  nonce_replayed: REFUSED,
} as const satisfies Record<string, ErrorSpec>

export type SignatureErrorCode = keyof typeof SIGNATURE_ERRORS

export class SignatureError extends PlatformError {
  declare readonly code: SignatureErrorCode

  constructor(code: SignatureErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, SIGNATURE_ERRORS[code], message, options)
  }
}

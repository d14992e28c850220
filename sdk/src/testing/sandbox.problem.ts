import type { FieldError, Outcome } from '../core/errors.js'
import type { ErrorCode } from '../resources/types.js'

interface ProblemSpec {
  readonly status: number
  readonly retryable?: true
  /** Refused before anything was executed: the idempotency key stays free. */
  readonly isEarly?: true
}

const EARLY = { status: 400, isEarly: true } as const
const UNAUTHENTICATED = { status: 401, isEarly: true } as const
const CONFLICT = { status: 409 } as const

/** The codes that the sandbox answers with, and the status of each; a test compares them with the platform's. */
export const SANDBOX_PROBLEMS = {
  body_missing: EARLY,
  body_unexpected: EARLY,
  content_type_unsupported: { status: 415, isEarly: true },
  currency_unsupported: EARLY,
  field_format_invalid: EARLY,
  field_missing: EARLY,
  field_out_of_range: EARLY,
  field_type_invalid: EARLY,
  field_unknown: EARLY,
  field_value_invalid: EARLY,
  idempotency_in_progress: { status: 409, retryable: true, isEarly: true },
  idempotency_key_invalid: EARLY,
  idempotency_key_missing: EARLY,
  idempotency_key_reused: { status: 422, isEarly: true },
  internal_error: { status: 500, retryable: true },
  json_malformed: EARLY,
  method_not_allowed: { status: 405, isEarly: true },
  rate_limited: { status: 429, retryable: true, isEarly: true },
  request_invalid: EARLY,
  route_not_found: { status: 404, isEarly: true },
  scope_missing: { status: 403, isEarly: true },
  service_unavailable: { status: 503, retryable: true },
  version_unknown: EARLY,

  content_digest_malformed: EARLY,
  content_digest_mismatch: UNAUTHENTICATED,
  content_digest_missing: UNAUTHENTICATED,
  key_revoked: UNAUTHENTICATED,
  key_unknown: UNAUTHENTICATED,
  nonce_invalid: UNAUTHENTICATED,
  nonce_missing: UNAUTHENTICATED,
  nonce_replayed: UNAUTHENTICATED,
  signature_component_missing: UNAUTHENTICATED,
  signature_expired: UNAUTHENTICATED,
  signature_in_future: UNAUTHENTICATED,
  signature_invalid: UNAUTHENTICATED,
  signature_malformed: EARLY,
  signature_missing: UNAUTHENTICATED,

  bill_being_paid: { status: 409, retryable: true },
  bill_below_minimum: CONFLICT,
  bill_conflict: CONFLICT,
  bill_currency_mismatch: { status: 400 },
  bill_expiry_invalid: { status: 400 },
  bill_lines_mismatch: { status: 400 },
  bill_not_extendable: CONFLICT,
  bill_not_found: { status: 404 },
  bill_not_payable: CONFLICT,
  bill_not_voidable: CONFLICT,
  bill_overpaid: CONFLICT,
  bill_partial_not_allowed: CONFLICT,
  bill_repeated: { status: 400 },
  channel_account_missing: CONFLICT,
  channel_not_allowed: CONFLICT,
  checkout_bills_mismatch: { status: 400 },
  checkout_expiry_invalid: { status: 400 },
  checkout_not_cancellable: CONFLICT,
  checkout_not_found: { status: 404 },
  checkout_not_payable: CONFLICT,
  checkout_source_ambiguous: { status: 400 },
  department_not_found: { status: 404 },
  event_not_found: { status: 404 },
  fee_item_closed: CONFLICT,
  fee_item_conflict: CONFLICT,
  fee_item_not_found: { status: 404 },
  fee_item_partial_invalid: { status: 400 },
  fee_item_split_invalid: { status: 400 },
  fee_item_stopped: CONFLICT,
  fee_item_window_invalid: { status: 400 },
  payer_conflict: CONFLICT,
  payer_not_found: { status: 404 },
  payment_already_paid: CONFLICT,
  payment_amount_missing: { status: 400 },
  payment_conflict: CONFLICT,
  payment_expiry_invalid: { status: 400 },
  payment_in_doubt: { status: 409, retryable: true },
  payment_method_unsupported: { status: 400 },
  payment_not_changeable: CONFLICT,
  payment_not_closable: CONFLICT,
  payment_not_found: { status: 404 },
  payment_not_refundable: CONFLICT,
  payment_source_ambiguous: { status: 400 },
  refund_conflict: CONFLICT,
  refund_exceeds_payment: CONFLICT,
  refund_item_repeated: { status: 400 },
  refund_items_invalid: { status: 400 },
  refund_items_mismatch: { status: 400 },
  refund_needs_second_person: { status: 403 },
  refund_not_awaiting_approval: CONFLICT,
  refund_not_found: { status: 404 },
  simulation_not_possible: CONFLICT,
  test_clock_backward: { status: 400 },
  test_clock_exists: CONFLICT,
  test_clock_not_found: { status: 404 },
  webhook_endpoint_limit_reached: CONFLICT,
  webhook_endpoint_not_found: { status: 404 },
  webhook_endpoint_url_refused: { status: 400 },
} as const satisfies Partial<Record<ErrorCode, ProblemSpec>>

export type SandboxProblemCode = keyof typeof SANDBOX_PROBLEMS

export interface SandboxProblemOptions {
  readonly outcome?: Outcome
  readonly errors?: readonly FieldError[]
  readonly retryAfterSeconds?: number
}

/** A refusal in the platform's words. */
export class SandboxProblem extends Error {
  readonly code: SandboxProblemCode
  readonly options: SandboxProblemOptions

  constructor(code: SandboxProblemCode, message: string, options: SandboxProblemOptions = {}) {
    super(message)
    this.code = code
    this.options = options
  }

  get spec(): ProblemSpec {
    return SANDBOX_PROBLEMS[this.code]
  }

  /** RFC 9457, with the members of the platform. */
  toWire(requestId: string, isWrite: boolean, docsBase: string): object {
    const { errors, outcome = this.#assumedOutcome(isWrite) } = this.options
    const words = this.code.replaceAll('_', ' ')
    return {
      type: `${docsBase}/errors/${this.code}`,
      title: words.charAt(0).toUpperCase() + words.slice(1),
      status: this.spec.status,
      detail: this.message,
      code: this.code,
      request_id: requestId,
      retryable: this.spec.retryable === true,
      ...(outcome === undefined ? {} : { outcome }),
      ...(errors === undefined ? {} : { errors }),
    }
  }

  #assumedOutcome(isWrite: boolean): Outcome | undefined {
    if (!isWrite) return undefined
    return this.spec.status < 500 ? 'failed' : 'unknown'
  }
}

/** A refusal that points at one field of the body. */
export function problemAt(
  code: SandboxProblemCode,
  message: string,
  pointer: string,
): SandboxProblem {
  return new SandboxProblem(code, message, { errors: [{ pointer, code, detail: message }] })
}

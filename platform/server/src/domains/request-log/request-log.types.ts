import type { IncomingHttpHeaders } from 'node:http'

/** Under whom calls are kept of which nobody proved to be the author. */
export const UNKNOWN_CALLER = 'unknown'

/** Who proved to be calling. */
export interface RequestAuthor {
  readonly institution_id: string
  readonly department_id: string
  readonly app_id: string
  readonly livemode: boolean
  /** Null in the session of a person. */
  readonly key_id: string | null
  readonly operator?: { readonly operator_id: string } | null
}

/** What a signature covered, byte for byte, and the signature: with the public key they prove who asked for what. */
export interface SignatureEvidence {
  readonly algorithm: string
  readonly signature_base: Buffer
  readonly signature: Buffer
}

export type CredentialKind = 'signature' | 'token' | 'assertion' | 'session' | 'replay' | 'none'

/** When each step of a call was over, in milliseconds since it arrived; a step that it never reached is absent. */
export interface StepMarks {
  /** Head and body are read. */
  readonly read?: number
  readonly authenticate?: number
  /** Scopes, rate limit and version. */
  readonly admit?: number
  /** Validation, idempotency and the work itself, up to the bytes of the answer. */
  readonly handle?: number
}

/** A call as it was answered. It refers to what the gateway holds anyway; nothing is copied or redacted yet. */
export interface RequestRecord {
  /** The `req_…` of X-Request-Id; its time is when the call arrived. */
  readonly id: string
  readonly author: RequestAuthor | null
  readonly credential: CredentialKind
  readonly evidence: SignatureEvidence | null
  readonly method: string
  /** The route's template as the router knows it; null: no such route. */
  readonly route: string | null
  /** The request target as it arrived. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** Null without a body. */
  readonly body: Buffer | null
  /** Whether the body passed the strict JSON reader. Anything else is kept as size and digest only. */
  readonly is_body_json: boolean
  readonly api_version: string | null
  readonly idempotency_key: string | null
  readonly caller_address: string | null
  readonly status: number
  readonly duration_us: number
  readonly steps: StepMarks
  readonly response_headers: Readonly<Record<string, unknown>>
  readonly response_body: string | null
}

/** A row of `request_logs`. */
export interface RequestLogRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly app_id: string
  readonly id: string
  readonly created_at: Date
  readonly department_id: string | null
  readonly key_id: string | null
  readonly operator_id: string | null
  readonly credential: string
  readonly method: string
  readonly route: string | null
  readonly path: string
  readonly query: string | null
  readonly status: number
  readonly duration_us: number
  /** JSON: microseconds of each step; null: not measured. */
  readonly timing: string | null
  readonly error_code: string | null
  readonly idempotency_key: string | null
  readonly is_replay: boolean
  readonly object_id: string | null
  readonly api_version: string | null
  readonly caller_address: string | null
  readonly user_agent: string | null
  readonly signature_algorithm: string | null
  readonly signature_base: string | null
  readonly signature: string | null
  readonly sealed_base: Buffer | null
  readonly request_headers: string
  readonly request_body: string | null
  readonly request_body_bytes: number
  readonly request_body_sha256: string | null
  readonly response_headers: string
  readonly response_body: string | null
  readonly response_body_bytes: number
}

/** What a list shows of a call: everything but headers, bodies and evidence. */
export type RequestLogSummary = Omit<
  RequestLogRow,
  | 'timing'
  | 'request_headers'
  | 'request_body'
  | 'request_body_bytes'
  | 'request_body_sha256'
  | 'response_headers'
  | 'response_body'
  | 'response_body_bytes'
  | 'signature_base'
  | 'signature'
  | 'sealed_base'
>

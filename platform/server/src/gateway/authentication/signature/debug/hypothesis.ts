/** Stable names of the mistakes that the debugger knows; `detail` says the same in words. */
export const SIGNATURE_CAUSES = [
  'base_changed',
  'base_encoded',
  'base_hashed',
  'body_reserialized',
  'clock',
  'component_order',
  'component_set',
  'content_type',
  'debug_base_not_signed',
  'digest_form',
  'digest_of_other_bytes',
  'header_form',
  'header_whitespace',
  'line_ends',
  'method_case',
  'names_not_quoted',
  'other_key_of_app',
  'parameter_order',
  'parameter_set',
  'params_line',
  'path_prefix',
  'query_encoding',
  'query_missing',
  'query_order',
  'signature_der',
  'signature_encoding',
  'signature_halves',
  'signature_scheme',
  'sm2_user_id',
  'target_host',
  'target_not_absolute',
  'target_port',
  'target_scheme',
  'trailing_newline',
  'trailing_slash',
  'url_normalized',
  'unknown',
  'wrong_key',
] as const
export type SignatureCause = (typeof SIGNATURE_CAUSES)[number]

/** What may have gone wrong. The bytes are what would have been signed then: so it can be tried. */
export interface Hypothesis {
  readonly cause: SignatureCause
  readonly detail: string
  readonly bytes: Buffer
}

export function hypothesis(cause: SignatureCause, detail: string, text: string): Hypothesis {
  return { cause, detail, bytes: Buffer.from(text) }
}

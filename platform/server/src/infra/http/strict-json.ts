import { isUtf8 } from 'node:buffer'
import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'
import { JsonScanner } from './strict-json.scanner.js'

const UNREADABLE: ErrorSpec = { status: 400, retryable: false }

export const JSON_ERRORS = {
  json_malformed: UNREADABLE,
  json_duplicate_key: UNREADABLE,
  json_too_deep: UNREADABLE,
  json_invalid_utf8: UNREADABLE,
  json_number_out_of_range: UNREADABLE,
} as const satisfies Record<string, ErrorSpec>

export type JsonErrorCode = keyof typeof JSON_ERRORS

export class StrictJsonError extends PlatformError {
  constructor(
    code: JsonErrorCode,
    message: string,
    /** JSON Pointer (RFC 6901) of the innermost value that was being read. */
    readonly pointer: string,
  ) {
    super(code, JSON_ERRORS[code], message, { errors: [{ pointer, code, detail: message }] })
  }
}

export interface StrictJsonLimits {
  /** How many objects and arrays may be open at once; `{"a":[]}` is 2 deep. */
  readonly depthMax: number
}

/**
 * `JSON.parse` for what strangers send. It accepts a subset: every text that two parsers could read
 * as two different things is refused (RFC 7493, I-JSON), and so is what would be stored altered.
 */
export function parseStrictJson(
  bytes: Buffer,
  limits: StrictJsonLimits = { depthMax: 32 },
): unknown {
  if (!isUtf8(bytes)) {
    throw new StrictJsonError('json_invalid_utf8', 'The body is not valid UTF-8.', '')
  }
  const text = bytes.toString('utf8')
  const fault = new JsonScanner(text, limits.depthMax).scan()
  if (fault) {
    const place = fault.pointer === '' ? '' : ` in ${fault.pointer}`
    throw new StrictJsonError(
      fault.code,
      `${fault.reason} (at character ${fault.position}${place})`,
      fault.pointer,
    )
  }
  return JSON.parse(text)
}

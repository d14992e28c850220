import { HttpError } from '../../infra/http/http.errors.js'

/** The key of a write: 1–255 printable ASCII characters, bare or as a structured-field string. */
export function readIdempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined || header === '') {
    throw new HttpError(
      'idempotency_key_missing',
      'Send an Idempotency-Key header (a fresh UUID per operation, the same one on every retry).',
    )
  }
  const text = Array.isArray(header) ? header.join(',') : header
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)
  const key = quoted?.[1] === undefined ? text : quoted[1].replaceAll(/\\(["\\])/g, '$1')
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new HttpError(
      'idempotency_key_invalid',
      'An Idempotency-Key is 1 to 255 printable ASCII characters.',
    )
  }
  return key
}

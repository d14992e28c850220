import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { idTimeMs, isId } from '../../kernel/id.js'
import {
  isRedactedName,
  isSuspicious,
  REDACTED,
  redactJson,
  redactJsonText,
  redactOwnJsonText,
  redactPath,
  redactQuery,
  redactText,
} from './redaction.rules.js'
import { type RequestLogRow, type RequestRecord, UNKNOWN_CALLER } from './request-log.types.js'

/** Larger bodies are kept as their size, and those of requests as their digest too. */
export const BODY_BYTES_MAX = 16 * 1024
const TEXT_LENGTH_MAX = 1024

/** Headers worth keeping. Of those that carry a credential only their presence is kept. */
const REQUEST_HEADERS = [
  ...[
    'origin',
    'referer',
    'bursar-version',
    'bursar-app',
    'bursar-mode',
    'content-type',
    'content-encoding',
    'traceparent',
  ],
  ...['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
  ...['authorization', 'dpop', 'cookie'],
]
const DIGESTS: readonly string[] = ['content-digest', 'signature']
/** Where no signature was verified: its author wants to see what they sent. */
/** The base that the caller says they signed: kept as text, because what is secret in it can be told only there. */
const DEBUG_BASE = 'bursar-debug-base'
const REFUSED_HEADERS = [
  ...['host', 'content-length', 'content-digest', 'signature-input', 'signature'],
  DEBUG_BASE,
]

/**
 * Secrets so short that all of them are soon tried: a digest of a body with one, and a signature over that
 * digest, would tell which was right. Both are kept under seal only.
 */
const SHORT_SECRET = /"(?:pin|otp)"\s*:/

export interface RowToWrite {
  readonly row: RequestLogRow
  /** The signature base as it was signed, when something in it may be kept only under seal. */
  readonly base_to_seal: string | null
}

/** Turns a call into its row: this is the only way into the log, and everything on it is redacted. */
export function toRequestLogRow(record: RequestRecord): RowToWrite {
  const { author, evidence, body } = record
  const [path = '', ...query] = record.target.split('?')
  const base = evidence?.signature_base.toString('latin1') ?? null
  const isGuessable = body !== null && SHORT_SECRET.test(body.toString('latin1'))
  const keptBase = base === null ? null : redactBase(base, isGuessable)
  const signature = evidence?.signature.toString('base64') ?? null
  const keptBody = body && record.is_body_json ? redactBody(body) : null
  const row = {
    institution_id: author?.institution_id ?? UNKNOWN_CALLER,
    livemode: author?.livemode ?? false,
    app_id: author?.app_id ?? UNKNOWN_CALLER,
    id: record.id,
    created_at: new Date(idTimeMs(record.id)),
    department_id: author?.department_id ?? null,
    key_id: author ? author.key_id : claimedKeyId(record.headers),
    operator_id: author?.operator?.operator_id ?? null,
    credential: record.credential,
    method: record.method,
    route: record.route,
    path: shortened(redactPath(path)),
    query: query.length === 0 ? null : shortened(redactQuery(query.join('?'))),
    status: record.status,
    duration_us: record.duration_us,
    timing: timingOf(record),
    error_code: record.status < 400 ? null : errorCodeOf(record.response_body),
    idempotency_key: record.idempotency_key?.slice(0, 255) ?? null,
    is_replay: record.response_headers['idempotent-replayed'] === 'true',
    object_id: objectIdOf(path, record),
    api_version: record.api_version,
    caller_address: record.caller_address,
    user_agent: textOrNull(record.headers['user-agent']),
    signature_algorithm: evidence?.algorithm ?? null,
    signature_base: keptBase,
    signature: isGuessable ? null : signature,
    sealed_base: null,
    request_headers: JSON.stringify(requestHeadersOf(record, isGuessable)),
    request_body: keptBody,
    request_body_bytes: body?.length ?? 0,
    request_body_sha256: body && keptBody === null && !isGuessable ? sha256Of(body) : null,
    response_headers: JSON.stringify(record.response_headers),
    response_body: redactAnswer(record, isGuessable),
    response_body_bytes: Buffer.byteLength(record.response_body ?? ''),
  }
  if (isGuessable && base !== null) return { row, base_to_seal: `${base}\n\n${signature}` }
  return { row, base_to_seal: base === keptBase ? null : base }
}

function redactBody(body: Buffer): string | null {
  if (body.length > BODY_BYTES_MAX) return null
  return redactJsonText(body.toString())
}

function redactAnswer(
  { route, response_body, response_headers }: RequestRecord,
  isGuessable: boolean,
): string | null {
  // What was read from the log is in the log.
  if (route?.startsWith('/v1/request_logs')) return null
  if (response_body === null || response_body.length > BODY_BYTES_MAX) return null
  if (!/json/.test(String(response_headers['content-type'] ?? ''))) return null
  if (response_body.includes('"signature_debug"')) return redactDebug(response_body, isGuessable)
  return redactOwnJsonText(response_body)
}

const DebugAnswer = z.looseObject({
  signature_debug: z.looseObject({
    signature_base: z.string(),
    first_difference: z.looseObject({}).nullable(),
  }),
})

/** A refused signature of a test key is answered with its base, which is redacted as every base is. */
function redactDebug(body: string, isGuessable: boolean): string | null {
  const answer = DebugAnswer.safeParse(JSON.parse(body))
  if (!answer.success) return redactJsonText(body)
  const { signature_debug: debug } = answer.data
  const signature_base = redactBase(debug.signature_base, isGuessable)
  const isWhole = signature_base === debug.signature_base
  // The surroundings of a difference are bytes of the base.
  const hidden = debug.first_difference && { expected: REDACTED, received: REDACTED }
  const first_difference = debug.first_difference && {
    ...debug.first_difference,
    ...(isWhole ? {} : hidden),
  }
  const signature_debug = { ...debug, signature_base, first_difference }
  return JSON.stringify(redactJson({ ...answer.data, signature_debug }))
}

const STEPS = ['read', 'authenticate', 'admit', 'handle'] as const

/** From marks, which are moments, to steps, which are spans; what follows the last mark is sending. */
function timingOf({ steps, duration_us }: RequestRecord): string | null {
  const spans: Record<string, number> = {}
  let soFar = 0
  for (const step of STEPS) {
    const mark = steps[step]
    if (mark === undefined) continue
    const until = Math.max(soFar, Math.round(mark * 1000))
    spans[step] = until - soFar
    soFar = until
  }
  if (soFar === 0) return null
  return JSON.stringify({ ...spans, send: Math.max(0, duration_us - soFar) })
}

/** The components that every signature of ours covers; none of them carries a secret, but for a query. */
const ORDINARY_BASE =
  /^(?:"(?:@method|@target-uri|content-digest|content-type|idempotency-key|@signature-params)": [^?\n]*\n?)+$/

/** Line by line (RFC 9421 section 2.5): a component's name in quotes, a colon, its value. */
function redactBase(base: string, isGuessable: boolean): string {
  if (!isGuessable && ORDINARY_BASE.test(base) && !isSuspicious(base)) return base
  return base
    .split('\n')
    .map((line) => {
      const end = line.indexOf('": ')
      const name = line.slice(1, end)
      const value = line.slice(end + 3)
      if (name === '@target-uri' || name === '@query' || name === '@request-target') {
        return `"${name}": ${redactTarget(value)}`
      }
      if (isGuessable && name === 'content-digest') return `"${name}": ${REDACTED}`
      return isRedactedName(name) ? `"${name}": ${REDACTED}` : redactText(line)
    })
    .join('\n')
}

function redactTarget(target: string): string {
  const [path = '', ...query] = target.split('?')
  const left = redactPath(path)
  return query.length === 0 ? left : `${left}?${redactQuery(query.join('?'))}`
}

function requestHeadersOf(
  { headers, evidence }: RequestRecord,
  isGuessable: boolean,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of evidence ? REQUEST_HEADERS : [...REQUEST_HEADERS, ...REFUSED_HEADERS]) {
    const value = headers[name]
    if (value === undefined) continue
    if (name === DEBUG_BASE) {
      kept[name] = shortened(redactBase(decodedBase(value), isGuessable))
      continue
    }
    const isHidden = isRedactedName(name) || (isGuessable && DIGESTS.includes(name))
    kept[name] = isHidden ? REDACTED : shortened(redactText(String(value)))
  }
  return kept
}

function decodedBase(value: string | string[]): string {
  return Buffer.from(String(value), 'base64').toString('utf8')
}

/** The key that the caller says is theirs: a hint, and no more than that. */
function claimedKeyId(headers: IncomingHttpHeaders): string | null {
  const [, keyId = ''] =
    /;keyid="(key_\w{26})"/.exec(String(headers['signature-input'] ?? '')) ?? []
  return isId(keyId, 'key') ? keyId : null
}

/** Problem documents (RFC 9457) say `code`, OAuth errors (RFC 6749 section 5.2) say `error`. */
function errorCodeOf(body: string | null): string | null {
  // Inside a text the quotes would be escaped, so the first match is the document's own member.
  return /"(?:code|error)":"([a-z0-9_]{1,64})"/.exec(body ?? '')?.[1] ?? null
}

const OBJECT_ID = /(?<=\/)[a-z]{2,8}_[0-7][0-9a-hjkmnp-tv-z]{25}(?=\/|$)/g

/** The object a call is about: the last one in its path, or the one it created. */
function objectIdOf(path: string, { method, status, response_body }: RequestRecord): string | null {
  const named = path.match(OBJECT_ID)?.at(-1)
  if (named !== undefined) return named
  if (method !== 'POST' || status >= 300) return null
  return /^\{"id":"([a-z]{2,8}_[0-9a-z]{26})"/.exec(response_body ?? '')?.[1] ?? null
}

function sha256Of(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex')
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined ? null : shortened(redactText(text))
}

function shortened(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text
}

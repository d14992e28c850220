import { z } from 'zod'
import {
  Id,
  listOf,
  listQuery,
  objectFields,
  Text,
  Timestamp,
  wireTime,
} from '../../infra/http/wire.schema.js'
import type { RequestLogRow, RequestLogSummary } from './request-log.types.js'

/** Nothing of a head is longer than the head may be. */
const HEAD_MAX = 16_384
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

const fields = {
  ...objectFields('req', 'request_log'),
  department: z.string().max(100).nullable(),
  key_id: z.string().max(100).nullable().describe('The key that signed.'),
  credential: z
    .string()
    .max(20)
    .describe('What proved who was calling: signature, token, assertion or none.'),
  method: z.string().max(50),
  route: z
    .string()
    .max(500)
    .nullable()
    .describe('Such as /v1/payments/{id}; null where there is none.'),
  path: z.string().max(HEAD_MAX),
  query: z.string().max(HEAD_MAX).nullable(),
  status: z.int().min(100).max(599),
  duration_us: z.int().min(0).describe('Microseconds from the arrival of the head to the answer.'),
  error_code: z.string().max(100).nullable(),
  idempotency_key: z.string().max(HEAD_MAX).nullable(),
  replayed: z.boolean().describe('The answer was that of an earlier call with this key.'),
  object_id: z
    .string()
    .max(100)
    .nullable()
    .describe('The object in the path, or the one that was created.'),
  api_version: z.string().max(20).nullable(),
  caller_address: z.string().max(100).nullable(),
  user_agent: z.string().max(HEAD_MAX).nullable(),
}

export const RequestLog = z
  .object(fields)
  .meta({ id: 'RequestLog', description: 'A call of the API, under the id of its X-Request-Id.' })
export type RequestLog = z.infer<typeof RequestLog>

const Headers = z.record(z.string(), z.unknown()).describe('Those that matter; secrets taken out.')
const Body = z
  .unknown()
  .describe('As JSON, secrets and personal data taken out; null when it was none, or is too large.')

export const RequestLogDetail = z
  .object({
    ...fields,
    request: z.object({
      headers: Headers,
      body: Body,
      body_bytes: z.int().min(0),
      body_sha256: z.string().max(64).nullable().describe('In hex, of a body that was not kept.'),
    }),
    response: z.object({ headers: Headers, body: Body, body_bytes: z.int().min(0) }),
    signature: z
      .object({
        algorithm: z.string().max(30),
        base: z
          .string()
          .max(2 * HEAD_MAX)
          .describe('The signature base (RFC 9421 section 2.5) that was verified.'),
        is_base_redacted: z.boolean().describe('The base as it was signed is kept under seal.'),
        input: z.string().max(HEAD_MAX).describe('The value of Signature-Input after the label.'),
        value: z.string().max(2000).describe('The signature, base64.'),
      })
      .nullable()
      .describe('What proves that the owner of the key asked for this.'),
  })
  .meta({ id: 'RequestLogDetail', description: 'A call with its headers, bodies and evidence.' })
export type RequestLogDetail = z.infer<typeof RequestLogDetail>

export const RequestLogList = listOf(RequestLog).meta({ id: 'RequestLogList' })

export const RequestLogListQuery = listQuery('req', {
  'created_at[lte]': Timestamp.optional(),
  status: z.coerce.number().int().min(100).max(599).optional(),
  status_class: z.enum(STATUS_CLASSES).optional(),
  method: z.enum(METHODS).optional(),
  route: Text(200).optional().describe('Exactly, such as /v1/payments/{id}.'),
  path_prefix: Text(200).optional().describe('What the path begins with.'),
  error_code: z
    .string()
    .max(64)
    .regex(/^[a-z0-9_]+$/)
    .optional(),
  key_id: Id('key').optional(),
  idempotency_key: z
    .string()
    .max(255)
    .regex(/^[\x20-\x7e]+$/)
    .optional(),
  object_id: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,8}_[0-9a-z]{26}$/)
    .optional()
    .describe('In the path, or created by the call.'),
})
export type RequestLogListQuery = z.infer<typeof RequestLogListQuery>

export function toWireRequestLog(row: RequestLogSummary): RequestLog {
  return {
    id: row.id,
    object: 'request_log',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    department: row.department_id,
    key_id: row.key_id,
    credential: row.credential,
    method: row.method,
    route: row.route,
    path: row.path,
    query: row.query,
    status: row.status,
    duration_us: row.duration_us,
    error_code: row.error_code,
    idempotency_key: row.idempotency_key,
    replayed: row.is_replay,
    object_id: row.object_id,
    api_version: row.api_version,
    caller_address: row.caller_address,
    user_agent: row.user_agent,
    metadata: {},
  }
}

export function toWireRequestLogDetail(row: RequestLogRow): RequestLogDetail {
  return {
    ...toWireRequestLog(row),
    request: {
      headers: JSON.parse(row.request_headers),
      body: row.request_body === null ? null : JSON.parse(row.request_body),
      body_bytes: row.request_body_bytes,
      body_sha256: row.request_body_sha256,
    },
    response: {
      headers: JSON.parse(row.response_headers),
      body: row.response_body === null ? null : JSON.parse(row.response_body),
      body_bytes: row.response_body_bytes,
    },
    signature: toWireSignature(row),
  }
}

function toWireSignature(row: RequestLogRow): RequestLogDetail['signature'] {
  const { signature_algorithm: algorithm, signature_base: base, signature: value } = row
  if (algorithm === null || base === null || value === null) return null
  const [, input = ''] = base.split('"@signature-params": ')
  return { algorithm, base, is_base_redacted: row.sealed_base !== null, input, value }
}

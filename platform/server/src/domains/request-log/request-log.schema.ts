import { z } from 'zod'
import {
  Id,
  listOf,
  listQuery,
  objectFields,
  Text,
  Timestamp,
  type WireList,
  wireTime,
} from '../../infra/http/wire.schema.js'
import type { RequestLogSummary } from './request-log.types.js'

/** Nothing of a head is longer than the head may be. */
export const HEAD_MAX = 16_384
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const
/** Less than the time after which proxies give up. */
const WAIT_SECONDS_MAX = 20
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

export const requestLogFields = {
  ...objectFields('req', 'request_log'),
  department: z.string().max(100).nullable(),
  key_id: z.string().max(100).nullable().describe('The key that signed.'),
  operator_id: z
    .string()
    .max(100)
    .nullable()
    .describe('The person in whose session the call was made.'),
  credential: z
    .string()
    .max(20)
    .describe('What proved who was calling: signature, token, assertion, session, replay or none.'),
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
  .object(requestLogFields)
  .meta({ id: 'RequestLog', description: 'A call of the API, under the id of its X-Request-Id.' })
export type RequestLog = z.infer<typeof RequestLog>

export const RequestLogList = listOf(RequestLog).meta({ id: 'RequestLogList' })
export type WireRequestLogList = WireList<RequestLog>

/** The id of a call, or, reading forwards, a place in the log. */
const Cursor = z
  .string()
  .max(40)
  .regex(/^(req_[0-7][0-9a-hjkmnp-tv-z]{25}|[0-9a-z]{1,13}-[0-9a-z]{1,26})$/)
const CREDENTIALS = ['signature', 'token', 'assertion', 'session', 'replay', 'none'] as const
const Duration = z.coerce.number().int().min(0).max(2_147_483_647)

export const RequestLogListQuery = listQuery('req', {
  cursor: Cursor.optional().describe('next_cursor of the page before.'),
  order: z
    .enum(['desc', 'asc'])
    .optional()
    .describe(
      'asc: in the order in which calls are written down, to follow the log; desc: newest first.',
    ),
  after: Cursor.optional().describe(
    'With order=asc: next_cursor of the answer before, also of an empty one. Without it, from now on.',
  ),
  wait_seconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(WAIT_SECONDS_MAX)
    .optional()
    .describe('With order=asc: how long to wait for a call when there is none yet.'),
  refused_signatures: z
    .enum(['true'])
    .optional()
    .describe(
      'Calls in the name of one of your test keys whose signature was refused. Test mode only.',
    ),
  'created_at[lte]': Timestamp.optional(),
  status: z.coerce.number().int().min(100).max(599).optional(),
  status_class: z.enum(STATUS_CLASSES).optional(),
  method: z.enum(METHODS).optional(),
  route: Text(200).optional().describe('Exactly, such as /v1/payments/{id}.'),
  path_prefix: Text(200).optional().describe('What the path begins with.'),
  path_contains: Text(200).optional().describe('A text anywhere in the path.'),
  credential: z.enum(CREDENTIALS).optional().describe('What proved who was calling.'),
  caller_address: z.union([z.ipv4().max(15), z.ipv6().max(45)]).optional(),
  'duration_us[gte]': Duration.optional(),
  'duration_us[lt]': Duration.optional(),
  error_code: z
    .string()
    .max(64)
    .regex(/^[a-z0-9_]+$/)
    .optional(),
  key_id: Id('key').optional(),
  operator_id: Id('opr').optional(),
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
    operator_id: row.operator_id,
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

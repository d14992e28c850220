import { z } from 'zod'
import { Id } from '../../../infra/http/wire.schema.js'

const TEXT_MAX = 64 * 1024
const BASE_MAX = 16 * 1024
/** A base repeats headers, and lists their names once more. */
const SHOWN_MAX = 2 * TEXT_MAX
const HEADERS_MAX = 100
const HEADER_MAX = 8 * 1024

export const DiagnoseSignature = z
  .strictObject({
    request: z
      .string()
      .min(1)
      .max(TEXT_MAX)
      .optional()
      .describe(
        'The whole request as it goes over the wire: request line, headers, empty line, body. Instead of the four fields below.',
      ),
    request_log: Id('req')
      .optional()
      .describe('The X-Request-Id of a refused call of the last 30 days, instead of a request.'),
    method: z.string().min(1).max(20).optional(),
    target: z.string().min(1).max(HEADER_MAX).optional().describe('Path and query, as sent.'),
    headers: z
      .array(z.tuple([z.string().min(1).max(200), z.string().max(HEADER_MAX)]))
      .max(HEADERS_MAX)
      .optional()
      .describe('Name and value of each header, in order, repeated ones too.'),
    body: z.base64().max(TEXT_MAX).optional().describe('The bytes of the body, in base64.'),
    signature_base: z
      .string()
      .max(BASE_MAX)
      .optional()
      .describe(
        'The string that your program signed. A Bursar-Debug-Base header of the request says the same in base64.',
      ),
  })
  .refine(
    ({ request, request_log, method, target, headers, body }) =>
      (request ?? request_log) === undefined
        ? method !== undefined && target !== undefined && headers !== undefined
        : (method ?? target ?? headers ?? body) === undefined &&
          (request === undefined || request_log === undefined),
    'must hold either request, or request_log, or method, target and headers',
  )
  .meta({ id: 'DiagnoseSignature' })
export type DiagnoseSignature = z.infer<typeof DiagnoseSignature>

export const SignatureDiagnosis = z
  .object({
    object: z.literal('signature_diagnosis'),
    valid: z
      .boolean()
      .describe('Whether the request would be let in, its nonce aside, which is not looked at.'),
    code: z.string().max(100).nullable().describe('The error code that the request would meet.'),
    cause: z
      .string()
      .max(100)
      .nullable()
      .describe('A stable name of the mistake; new ones may come.'),
    detail: z.string().max(SHOWN_MAX).describe('The mistake in words, and what to do.'),
    key_id: z.string().max(100).nullable(),
    algorithm: z.string().max(30).nullable().describe('What the key is registered for.'),
    expected_base: z
      .string()
      .max(SHOWN_MAX)
      .nullable()
      .describe('The signature base that the platform builds; null when it cannot be built.'),
    received_base: z
      .string()
      .max(SHOWN_MAX)
      .nullable()
      .describe('What the caller says they signed.'),
    first_difference: z
      .object({
        offset: z.int().describe('In bytes, from 0.'),
        line: z.int().describe('From 1.'),
        component: z.string().max(1000),
        expected: z.string().max(1000).describe('The surroundings in the platform’s string.'),
        received: z.string().max(1000).describe('And in the one that was signed.'),
      })
      .nullable()
      .describe('Also known when the mistake was found by trying.'),
  })
  .meta({ id: 'SignatureDiagnosis' })
export type SignatureDiagnosis = z.infer<typeof SignatureDiagnosis>

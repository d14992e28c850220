import { z } from 'zod'
import { HEAD_MAX } from './request-log.schema.js'
import { type RequestLogRow, UNKNOWN_CALLER } from './request-log.types.js'

/** Of what the gateway tells a test key; live keys are told the code alone. */
const FirstDifference = z.object({
  offset: z.int().describe('In bytes, from 0.'),
  line: z.int().describe('From 1.'),
  component: z.string().max(1000),
  expected: z.string().max(1000).describe('The surroundings in the platform’s string.'),
  received: z.string().max(1000).describe('And in the one that was signed.'),
})

export const SignatureRefusal = z
  .object({
    code: z.string().max(100),
    cause: z.string().max(100).describe('A stable name of the mistake; new ones may come.'),
    detail: z
      .string()
      .max(2 * HEAD_MAX)
      .describe('The mistake in words, and what to do.'),
    expected_base: z
      .string()
      .max(2 * HEAD_MAX)
      .nullable()
      .describe('The signature base that the platform built; null when it could not.'),
    received_base: z
      .string()
      .max(2 * HEAD_MAX)
      .nullable()
      .describe('What the caller said they signed, in Bursar-Debug-Base.'),
    first_difference: FirstDifference.nullable(),
  })
  .meta({ id: 'SignatureRefusal', description: 'What a signature debugger shows.' })
export type SignatureRefusal = z.infer<typeof SignatureRefusal>

/** Codes that say something of a signature, and not of what was asked. */
const SIGNATURE_CODE = /^(signature|key|nonce|content_digest|algorithm|keyid)_/

/** A refusal as it was answered, and so as it was kept. */
const Answer = z.object({
  code: z.string(),
  detail: z.string(),
  signature_debug: z
    .object({
      signature_base: z.string(),
      first_difference: FirstDifference.nullable(),
      cause: z.string(),
      likely_cause: z.string(),
    })
    .optional(),
})

const Headers = z.object({ 'bursar-debug-base': z.string().optional() })

/** Why a signature was refused, from what was answered; null for a call that proved who it is. */
export function signatureRefusalOf(row: RequestLogRow): SignatureRefusal | null {
  const isRefusal =
    row.institution_id === UNKNOWN_CALLER && SIGNATURE_CODE.test(row.error_code ?? '')
  if (!isRefusal || row.response_body === null) return null
  const answer = Answer.safeParse(JSON.parse(row.response_body))
  if (!answer.success) return null
  const { code, detail, signature_debug: debug } = answer.data
  return {
    code,
    cause: debug?.cause ?? code,
    detail: debug?.likely_cause ?? detail,
    expected_base: debug?.signature_base ?? null,
    received_base: Headers.parse(JSON.parse(row.request_headers))['bursar-debug-base'] ?? null,
    first_difference: debug?.first_difference ?? null,
  }
}

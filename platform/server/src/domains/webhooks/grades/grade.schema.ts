import { z } from 'zod'
import {
  Id,
  listOf,
  listQuery,
  objectFields,
  Timestamp,
  wireTime,
  wireTimeOrNull,
} from '../../../infra/http/wire.schema.js'
import type { WebhookGradeRow } from './grade.repository.js'
import { GRADE_CASES, GRADE_STATUSES, GRADE_VERDICTS } from './grade.types.js'

const Words = z.object({ en: z.string().max(1000), zh: z.string().max(1000) })
const Headers = z.record(z.string(), z.string().max(16_384))

const GradeExchange = z
  .object({
    request_headers: Headers,
    request_body: z.string().max(1_048_576),
    response_status: z.int().nullable().describe('null: there was no answer; see error.'),
    response_body: z.string().max(16_384).nullable(),
    error: z.string().max(1000).nullable(),
    duration_ms: z.int().min(0),
  })
  .meta({ id: 'WebhookGradeExchange' })
export type GradeExchange = z.infer<typeof GradeExchange>

export const GradeCase = z
  .object({
    case: z.enum(GRADE_CASES),
    verdict: z
      .enum(GRADE_VERDICTS)
      .describe('warning: not wrong, but worth a change. not_run: the receiver does not answer.'),
    expected: Words.describe('What the receiver should have done.'),
    observed: Words.describe('What it did.'),
    advice: Words.nullable().describe('What to change; null when all is well.'),
    exchanges: z.array(GradeExchange).max(2).describe('What was sent, and what came back.'),
  })
  .meta({ id: 'WebhookGradeCase' })
export type GradeCase = z.infer<typeof GradeCase>

export const WebhookGrade = z
  .object({
    ...objectFields('whg', 'webhook_grade'),
    endpoint_id: Id('whk'),
    url: z.string().max(2048),
    status: z
      .enum(GRADE_STATUSES)
      .describe('passed: nothing failed; the endpoint counts as verified.'),
    cases: z.array(GradeCase).max(GRADE_CASES.length).describe('Empty while it is running.'),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'WebhookGrade', description: 'What a receiver did with right and wrong messages.' })

export type WireWebhookGrade = Omit<z.infer<typeof WebhookGrade>, 'status'> & { status: string }

export const WebhookGradeList = listOf(WebhookGrade).meta({ id: 'WebhookGradeList' })

export const CreateWebhookGrade = z
  .strictObject({ endpoint: Id('whk') })
  .meta({ id: 'CreateWebhookGrade' })
export type CreateWebhookGrade = z.infer<typeof CreateWebhookGrade>

export const WebhookGradeListQuery = listQuery('whg', {
  endpoint_id: Id('whk').optional(),
  status: z.enum(GRADE_STATUSES).optional(),
})
export type WebhookGradeListQuery = z.infer<typeof WebhookGradeListQuery>

export function toWireGrade(row: WebhookGradeRow): WireWebhookGrade {
  return {
    id: row.id,
    object: 'webhook_grade',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    metadata: {},
    endpoint_id: row.endpoint_id,
    url: row.url,
    status: row.status,
    cases: z.array(GradeCase).parse(row.cases),
    finished_at: wireTimeOrNull(row.finished_at),
  }
}

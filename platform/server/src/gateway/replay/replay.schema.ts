import { z } from 'zod'
import { Id } from '../../infra/http/wire.schema.js'

export const ReplayRequestLog = z
  .strictObject({
    same_idempotency_key: z
      .boolean()
      .default(false)
      .describe('Send the key of the first call again, and so get its stored answer.'),
  })
  .meta({ id: 'ReplayRequestLog' })
export type ReplayRequestLog = z.infer<typeof ReplayRequestLog>

const Answer = z.object({
  status: z.int().min(100).max(599),
  body: z.unknown().describe('As JSON, secrets and personal data taken out; null when it is none.'),
  duration_us: z.int().min(0),
})

export const RequestReplay = z
  .object({
    object: z.literal('request_replay'),
    request_log: Id('req').describe('The call that was logged.'),
    replayed_as: Id('req').describe('The call that ran now; it is in the log too.'),
    idempotency_key: z.string().max(255).nullable().describe('Of the call that ran now.'),
    original: Answer,
    replay: Answer.extend({
      stored: z.boolean().describe('It is the stored answer of the first call: nothing ran.'),
    }),
    same_status: z.boolean(),
    same_body: z.boolean(),
  })
  .meta({ id: 'RequestReplay', description: 'A logged call that ran again, beside what it was.' })
export type RequestReplay = z.infer<typeof RequestReplay>

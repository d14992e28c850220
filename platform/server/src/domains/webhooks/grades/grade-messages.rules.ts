import { newId } from '../../../kernel/id.js'
import type { WebhookMessage } from '../deliveries/webhook.signer.js'
import { webhookBody } from '../deliveries/webhook.signer.js'
import type { EventContent } from '../events/event.types.js'
import type { GradeCaseName } from './grade.types.js'

export interface GradeMessage extends WebhookMessage {
  readonly is_forged: boolean
}

/** A receiver refuses more than five minutes; clocks may differ by some of that. */
const STALE_MS = 10 * 60_000
/** No type of ours, now or ever. */
const UNKNOWN_TYPE = 'sandbox.type_of_the_future'

/**
 * The messages of each case, made of real objects: receivers may ask for them. Their ids are new, so that the
 * receiver does not take them for events that it has dealt with; GET /v1/events does not know them.
 */
export function gradeMessages(
  material: readonly [EventContent, ...EventContent[]],
  now: Date,
): Readonly<Record<GradeCaseName, readonly GradeMessage[]>> {
  const [newest] = material
  const older = material[1] ?? newest
  const message = (event: EventContent, agoMs = 0): GradeMessage => {
    const id = newId('evt')
    const body = webhookBody({ ...event, id })
    return { id, body, sent_at: new Date(now.getTime() - agoMs), is_forged: false }
  }
  const valid = message({ ...newest, created_at: now })
  const unknown = { ...newest, type: UNKNOWN_TYPE, object: { id: 'none', object: 'none' } }
  const before = new Date(now.getTime() - 1_000)
  return {
    valid: [valid],
    duplicate: [valid],
    bad_signature: [{ ...message({ ...newest, created_at: now }), is_forged: true }],
    stale_timestamp: [message({ ...newest, created_at: now }, STALE_MS)],
    reordered: [message({ ...newest, created_at: now }), message({ ...older, created_at: before })],
    unknown_type: [message({ ...unknown, created_at: now })],
    answer_time: [message({ ...newest, created_at: now })],
  }
}

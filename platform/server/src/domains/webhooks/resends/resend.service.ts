import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import { addJob, type NewJob } from '../../../infra/jobs/jobs.js'
import { assert } from '../../../kernel/assert.js'
import { isId } from '../../../kernel/id.js'
import { DeliveryResendRepository } from '../deliveries/delivery-resend.repository.js'
import { WebhookEndpointService } from '../endpoints/webhook-endpoint.service.js'
import { WebhookError } from '../webhook.errors.js'
import {
  type ResendRange,
  WebhookResendRepository,
  type WebhookResendRow,
} from './resend.repository.js'
import { type ResendEvents, toWireResend, type WireWebhookResend } from './resend.schema.js'

const EVENTS_MAX = 50_000
/** So many at a time, and only when as few wait: events that happen meanwhile are not held up. */
const BATCH_SIZE = 100
const PAUSE_MS = 1_000
export const RESEND_JOB = 'webhook-resend'

type ResendKey = Pick<WebhookResendRow, 'institution_id' | 'livemode' | 'id'>

@Injectable()
export class WebhookResendService {
  constructor(
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointService,
    private readonly resends: WebhookResendRepository,
    private readonly deliveries: DeliveryResendRepository,
  ) {}

  /**
   * Throws `webhook_endpoint_not_found`, `webhook_endpoint_disabled`, `webhook_resend_too_large`,
   * `webhook_resend_conflict`.
   */
  async create(
    caller: Caller,
    endpointId: string,
    body: ResendEvents,
  ): Promise<Reply<WireWebhookResend>> {
    const endpoint = await this.endpoints.requireEnabled(caller, endpointId)
    const id = idFor(caller, 'rsd')
    const known = await this.resends.find(caller, id)
    if (known) return Reply.created(toWireResend(known))
    const { institution_id, livemode, app_id } = caller
    const range: ResendRange = {
      ...{ institution_id, livemode, app_id, endpoint_id: endpointId },
      from_time: new Date(body.from),
      to_time: new Date(body.to),
      event_types: [...(body.event_types.length > 0 ? body.event_types : endpoint.event_types)],
      only_failed: body.only_failed,
    }
    const event_count = await this.resends.count(range, EVENTS_MAX + 1)
    if (event_count > EVENTS_MAX) throw tooLarge()
    await this.database.transaction(async (tx) => {
      if (!(await this.resends.insert(tx, { ...range, id, event_count }))) throw underWay()
      await addJob(tx, jobOf({ institution_id, livemode, id }))
    })
    const row = await this.resends.find(caller, id)
    assert(row, 'what was inserted is there')
    return Reply.created(toWireResend(row))
  }

  /** Throws `webhook_resend_not_found`. */
  async get(caller: Caller, id: string): Promise<WireWebhookResend> {
    const row = isId(id, 'rsd') ? await this.resends.find(caller, id) : null
    if (row) return toWireResend(row)
    const message = `No such resend, or it is not yours: ${id}.`
    throw new WebhookError('webhook_resend_not_found', message)
  }

  /** The next few, and the job for those after them: all of it is one step, safe to run again. */
  step(key: ResendKey): Promise<void> {
    return this.database.transaction(async (tx) => {
      const row = await this.resends.lock(tx, key)
      if (!row) return
      const { sent_count, last_event_id } = row
      if (row.endpoint_status !== 'enabled') {
        return this.resends.save(tx, row, { status: 'stopped', sent_count, last_event_id })
      }
      if ((await this.resends.due(tx, row, BATCH_SIZE)) >= BATCH_SIZE) {
        return addJob(tx, { ...jobOf(key), delayMs: PAUSE_MS })
      }
      const wanted = await this.resends.next(tx, row, BATCH_SIZE)
      await this.deliveries.send(tx, wanted)
      const isLast = wanted.length < BATCH_SIZE
      await this.resends.save(tx, row, {
        status: isLast ? 'finished' : 'running',
        sent_count: sent_count + wanted.length,
        last_event_id: wanted.at(-1)?.event_id ?? last_event_id,
      })
      if (!isLast) await addJob(tx, jobOf(key))
    })
  }
}

/** With a key there is one chain of jobs, also when a step runs twice. */
function jobOf({ institution_id, livemode, id }: ResendKey): NewJob {
  return { name: RESEND_JOB, payload: { institution_id, livemode, id }, key: `${RESEND_JOB}:${id}` }
}

function tooLarge(): WebhookError {
  const code = 'webhook_resend_too_large'
  const detail = `has more than ${EVENTS_MAX} events to send`
  return new WebhookError(code, `The time from … to ${detail}. Ask for a shorter one.`, {
    errors: [{ pointer: '/from', code, detail }],
  })
}

function underWay(): WebhookError {
  return new WebhookError(
    'webhook_resend_conflict',
    'Events are being sent to this endpoint again already. Wait until that is finished.',
  )
}

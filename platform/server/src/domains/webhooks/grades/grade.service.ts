import { Injectable } from '@nestjs/common'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { assert } from '../../../kernel/assert.js'
import { isId } from '../../../kernel/id.js'
import { WebhookEndpointService } from '../endpoints/webhook-endpoint.service.js'
import { WebhookError } from '../webhook.errors.js'
import { WebhookGradeRepository } from './grade.repository.js'
import {
  type CreateWebhookGrade,
  toWireGrade,
  type WebhookGradeListQuery,
  type WireWebhookGrade,
} from './grade.schema.js'

@Injectable()
export class WebhookGradeService {
  constructor(
    private readonly endpoints: WebhookEndpointService,
    private readonly grades: WebhookGradeRepository,
  ) {}

  /**
   * Throws `webhook_endpoint_not_found`, `webhook_endpoint_disabled`, `webhook_grade_not_possible`,
   * `webhook_grade_conflict`.
   */
  async create(caller: Caller, body: CreateWebhookGrade): Promise<Reply<WireWebhookGrade>> {
    const id = idFor(caller, 'whg')
    const known = await this.grades.find(caller, id)
    if (known) return Reply.created(toWireGrade(known))
    const endpoint = await this.endpoints.requireEnabled(caller, body.endpoint)
    const material = await this.grades.material(caller, endpoint.event_types)
    if (material.length === 0) {
      throw new WebhookError(
        'webhook_grade_not_possible',
        'Nothing has happened yet that this endpoint is told of, and a receiver is graded with real objects. Make something happen first: POST /v1/test_helpers/events.',
      )
    }
    const { url } = endpoint
    if (!(await this.grades.insert(caller, { id, endpoint_id: endpoint.id, url }))) {
      throw new WebhookError(
        'webhook_grade_conflict',
        'This endpoint is being graded already. Wait until that is finished.',
      )
    }
    const row = await this.grades.find(caller, id)
    assert(row, 'what was inserted is there')
    return Reply.created(toWireGrade(row))
  }

  async list(caller: Caller, query: WebhookGradeListQuery): Promise<WireList<WireWebhookGrade>> {
    const { endpoint_id, status } = query
    const page = await this.grades.list(caller, listFilterOf(query), { endpoint_id, status })
    return toWireList(page, toWireGrade)
  }

  /** Throws `webhook_grade_not_found`. */
  async get(caller: Caller, id: string): Promise<WireWebhookGrade> {
    const row = isId(id, 'whg') ? await this.grades.find(caller, id) : null
    if (row) return toWireGrade(row)
    const message = `No such grade, or it is not yours: ${id}.`
    throw new WebhookError('webhook_grade_not_found', message)
  }
}

import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { Injectable } from '@nestjs/common'
import { Vault } from '../../../infra/crypto/vault.js'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import {
  listFilterOf,
  toWireList,
  type WireList,
  wireMetadata,
} from '../../../infra/http/wire.schema.js'
import { isId } from '../../../kernel/id.js'
import { WebhookError } from '../webhook.errors.js'
import { WebhookEndpointRepository } from './webhook-endpoint.repository.js'
import {
  type CreateWebhookEndpoint,
  type DeletedWebhookEndpoint,
  toWireWebhookEndpoint,
  type UpdateWebhookEndpoint,
  type WebhookEndpointListQuery,
  type WireWebhookEndpoint,
} from './webhook-endpoint.schema.js'
import { secretContext, type WebhookEndpointRow } from './webhook-endpoint.types.js'
import { findUrlProblem } from './webhook-url.rules.js'

/** Every event goes to every endpoint that wants it, so their number multiplies the work. */
const ENDPOINTS_MAX = 16
const SECRET_BYTES = 32

@Injectable()
export class WebhookEndpointService {
  constructor(
    private readonly endpoints: WebhookEndpointRepository,
    private readonly vault: Vault,
  ) {}

  /** Throws `webhook_endpoint_url_refused`, `…_limit_reached`, `…_conflict`. */
  async create(caller: Caller, body: CreateWebhookEndpoint): Promise<Reply<WireWebhookEndpoint>> {
    requireUrl(body.url, caller.livemode)
    const id = idFor(caller, 'whk')
    const existing = await this.endpoints.find(caller, id)
    if (existing) return Reply.existing(await this.recreated(existing, body))
    // Two creates at once may pass by one: the limit guards against thousands, not against one more.
    if ((await this.endpoints.count(caller)) >= ENDPOINTS_MAX) {
      throw new WebhookError(
        'webhook_endpoint_limit_reached',
        `An app has at most ${ENDPOINTS_MAX} webhook endpoints. Delete one that is not needed.`,
      )
    }
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
    const sealed = await this.vault.seal(caller.institution_id, secretContext(id), secret)
    const description = body.description ?? null
    await this.endpoints.insert(caller, { ...body, description, id, secret: sealed })
    const row = await this.endpoints.find(caller, id)
    if (!row) throw changedSince(id)
    return Reply.created(await this.recreated(row, body))
  }

  async list(
    caller: Caller,
    query: WebhookEndpointListQuery,
  ): Promise<WireList<WireWebhookEndpoint>> {
    const page = await this.endpoints.list(caller, listFilterOf(query), query.status)
    return toWireList(page, toWireWebhookEndpoint)
  }

  /** Throws `webhook_endpoint_not_found`. */
  async get(caller: Caller, id: string): Promise<WireWebhookEndpoint> {
    const row = isId(id, 'whk') ? await this.endpoints.find(caller, id) : null
    if (!row) throw notFound(id)
    return toWireWebhookEndpoint(row)
  }

  /** Throws `webhook_endpoint_not_found` and `webhook_endpoint_url_refused`. */
  async update(
    caller: Caller,
    id: string,
    body: UpdateWebhookEndpoint,
  ): Promise<WireWebhookEndpoint> {
    if (body.url !== undefined) requireUrl(body.url, caller.livemode)
    const row = isId(id, 'whk') ? await this.endpoints.update(caller, id, body) : null
    if (!row) throw notFound(id)
    return toWireWebhookEndpoint(row)
  }

  /** Nothing more is sent there, not even what is waiting. Throws `webhook_endpoint_not_found`. */
  async delete(caller: Caller, id: string): Promise<DeletedWebhookEndpoint> {
    const row = isId(id, 'whk')
      ? await this.endpoints.update(caller, id, { status: 'deleted' })
      : null
    if (!row) throw notFound(id)
    return { id, object: 'webhook_endpoint', deleted: true }
  }

  /** The answer to a creation, which alone carries the secret; the same for a retry after a crash. */
  private async recreated(
    row: WebhookEndpointRow,
    body: CreateWebhookEndpoint,
  ): Promise<WireWebhookEndpoint> {
    const { url, description, event_types } = row
    const stored = { url, description, event_types, metadata: wireMetadata(row.metadata) }
    if (!isDeepStrictEqual(stored, { ...body, description: body.description ?? null })) {
      throw changedSince(row.id)
    }
    const secret = await this.vault.open(row.institution_id, secretContext(row.id), row.secret)
    return { ...toWireWebhookEndpoint(row), secret }
  }
}

function requireUrl(url: string, livemode: boolean): void {
  const problem = findUrlProblem(url, livemode)
  if (problem === null) return
  const code = 'webhook_endpoint_url_refused'
  throw new WebhookError(code, `The url ${problem}.`, {
    errors: [{ pointer: '/url', code, detail: problem }],
  })
}

/** A retry of a creation whose endpoint has been changed or deleted in between. */
function changedSince(id: string): WebhookError {
  return new WebhookError(
    'webhook_endpoint_conflict',
    `This call created ${id} before, and it was changed since. Use a new Idempotency-Key.`,
  )
}

function notFound(id: string): WebhookError {
  return new WebhookError(
    'webhook_endpoint_not_found',
    `No such webhook endpoint, or it is not yours: ${id}.`,
  )
}

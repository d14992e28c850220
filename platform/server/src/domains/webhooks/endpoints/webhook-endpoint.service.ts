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
import {
  type WebhookEndpointChange,
  WebhookEndpointRepository,
} from './webhook-endpoint.repository.js'
import {
  type CreateWebhookEndpoint,
  type DeletedWebhookEndpoint,
  type DisableWebhookEndpoint,
  type RotateWebhookSecret,
  toWireWebhookEndpoint,
  type UpdateWebhookEndpoint,
  type WebhookEndpointListQuery,
  type WireWebhookEndpoint,
} from './webhook-endpoint.schema.js'
import { secretContext, type WebhookEndpointRow } from './webhook-endpoint.types.js'
import { OLD_SECRETS_MAX, WebhookSecretRepository } from './webhook-secret.repository.js'
import { findUrlProblem } from './webhook-url.rules.js'

/** Every event goes to every endpoint that wants it, so their number multiplies the work. */
const ENDPOINTS_MAX = 16
const SECRET_BYTES = 32

@Injectable()
export class WebhookEndpointService {
  constructor(
    private readonly endpoints: WebhookEndpointRepository,
    private readonly vault: Vault,
    private readonly secrets: WebhookSecretRepository,
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
    const sealed = await this.newSecret(caller, id)
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

  /** Throws `webhook_endpoint_not_found`, also of deleted ones, and `webhook_endpoint_disabled`. */
  async requireEnabled(caller: Caller, id: string): Promise<WireWebhookEndpoint> {
    const endpoint = await this.get(caller, id)
    if (endpoint.status === 'enabled') return endpoint
    throw new WebhookError(
      'webhook_endpoint_disabled',
      `Nothing is sent to ${id} while it is disabled. Enable it first (POST /v1/webhook_endpoints/{id}/enable).`,
    )
  }

  /** Those that are enabled and want events of this type. */
  async idsFor(caller: Caller, eventType: string): Promise<string[]> {
    const enabled = await this.endpoints.enabled(caller)
    return enabled
      .filter(({ event_types: types }) => types.length === 0 || types.includes(eventType))
      .map(({ id }) => id)
  }

  /** Throws `webhook_endpoint_not_found` and `webhook_endpoint_url_refused`. */
  async update(
    caller: Caller,
    id: string,
    body: UpdateWebhookEndpoint,
  ): Promise<WireWebhookEndpoint> {
    if (body.url !== undefined) requireUrl(body.url, caller.livemode)
    return this.change(caller, id, body)
  }

  /** Cancels what is waiting. Throws `webhook_endpoint_not_found`. */
  disable(
    caller: Caller,
    id: string,
    { reason }: DisableWebhookEndpoint,
  ): Promise<WireWebhookEndpoint> {
    return this.change(caller, id, { status: 'disabled', disabled_note: reason })
  }

  /** Throws `webhook_endpoint_not_found`. */
  enable(caller: Caller, id: string): Promise<WireWebhookEndpoint> {
    return this.change(caller, id, { status: 'enabled' })
  }

  /**
   * A new secret, told in this answer only. The one so far signs as well for as long as is asked.
   * Throws `webhook_endpoint_not_found`, `webhook_secret_limit_reached`.
   */
  async rotateSecret(
    caller: Caller,
    id: string,
    { keep_old_seconds }: RotateWebhookSecret,
  ): Promise<WireWebhookEndpoint> {
    if (!isId(id, 'whk')) throw notFound(id)
    const rotation = { id: idFor(caller, 'rot'), endpoint_id: id, keep_old_seconds }
    const secret = await this.newSecret(caller, id)
    const row = await this.secrets.rotate(caller, { ...rotation, secret })
    if (row === 'too_many') {
      throw new WebhookError(
        'webhook_secret_limit_reached',
        `At most ${OLD_SECRETS_MAX} old secrets sign beside the present one. Let them expire first (POST /v1/webhook_endpoints/{id}/expire_old_secrets).`,
      )
    }
    if (!row) throw notFound(id)
    return this.withSecret(row)
  }

  /** From now on only the present secret signs. Throws `webhook_endpoint_not_found`. */
  async expireOldSecrets(caller: Caller, id: string): Promise<WireWebhookEndpoint> {
    const row = isId(id, 'whk') ? await this.secrets.expireOld(caller, id) : null
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
    return this.withSecret(row)
  }

  private async change(
    caller: Caller,
    id: string,
    change: WebhookEndpointChange,
  ): Promise<WireWebhookEndpoint> {
    const row = isId(id, 'whk') ? await this.endpoints.update(caller, id, change) : null
    if (!row) throw notFound(id)
    return toWireWebhookEndpoint(row)
  }

  private newSecret(caller: Caller, id: string): Promise<Uint8Array> {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
    return this.vault.seal(caller.institution_id, secretContext(id), secret)
  }

  private async withSecret(row: WebhookEndpointRow): Promise<WireWebhookEndpoint> {
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

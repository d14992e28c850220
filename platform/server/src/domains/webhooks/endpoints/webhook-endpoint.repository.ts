import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../../kernel/pagination.js'
import { cancelPending } from '../deliveries/delivery-cancel.repository.js'
import type { WebhookEndpointRow } from './webhook-endpoint.types.js'

export interface NewWebhookEndpoint {
  readonly id: string
  readonly url: string
  readonly description: string | null
  readonly event_types: readonly string[]
  readonly secret: Uint8Array
  readonly metadata: Record<string, string>
}

export interface WebhookEndpointChange {
  readonly url?: string | undefined
  readonly description?: string | null | undefined
  readonly event_types?: readonly string[] | undefined
  readonly metadata?: Record<string, string> | undefined
  readonly status?: 'enabled' | 'disabled' | 'deleted' | undefined
  /** Why it is disabled, in words. */
  readonly disabled_note?: string | undefined
}

@Injectable()
export class WebhookEndpointRepository {
  constructor(private readonly database: Database) {}

  /** False when this very endpoint is there already. */
  async insert(caller: Caller, endpoint: NewWebhookEndpoint): Promise<boolean> {
    const now = new Date()
    const { count } = await this.database.prisma.webhook_endpoint.createMany({
      data: {
        ...ownedBy(caller),
        ...endpoint,
        event_types: [...endpoint.event_types],
        secret: Uint8Array.from(endpoint.secret),
        status: 'enabled',
        created_at: now,
        updated_at: now,
      },
      skipDuplicates: true,
    })
    return count === 1
  }

  count(caller: Caller): Promise<number> {
    return this.database.prisma.webhook_endpoint.count({ where: shownTo(caller) })
  }

  find(caller: Caller, id: string): Promise<WebhookEndpointRow | null> {
    return this.database.prisma.webhook_endpoint.findFirst({ where: { ...shownTo(caller), id } })
  }

  enabled(caller: Caller): Promise<WebhookEndpointRow[]> {
    return this.database.prisma.webhook_endpoint.findMany({
      where: { ...ownedBy(caller), status: 'enabled' },
    })
  }

  async list(
    caller: Caller,
    filter: ListFilter,
    status: string | undefined,
  ): Promise<Page<WebhookEndpointRow>> {
    const { where, ...rest } = listConditions(filter)
    const rows = await this.database.prisma.webhook_endpoint.findMany({
      where: { ...shownTo(caller), ...where, ...(status === undefined ? {} : { status }) },
      ...rest,
    })
    return toPage(rows, filter.limit)
  }

  /**
   * Changes what is given and leaves the rest. An endpoint that stops being enabled takes its waiting
   * deliveries along in the same transaction. Null: no such endpoint.
   */
  update(
    caller: Caller,
    id: string,
    change: WebhookEndpointChange,
  ): Promise<WebhookEndpointRow | null> {
    const { institution_id, livemode, app_id } = caller
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<WebhookEndpointRow>(
        `update webhook_endpoints
            set url = coalesce($5, url),
                verified_at = case when url = coalesce($5, url) then verified_at end,
                description = case when $6 then $7 else description end,
                event_types = coalesce($8::text[], event_types),
                metadata = coalesce($9::jsonb, metadata),
                status = coalesce($10, status),
                disabled_reason = case $10 when 'disabled' then 'requested' when 'enabled' then null
                                  else disabled_reason end,
                disabled_note = case $10 when 'disabled' then $11 when 'enabled' then null
                                else disabled_note end,
                disabled_at = case $10 when 'disabled' then coalesce(disabled_at, now())
                              when 'enabled' then null else disabled_at end,
                failing_since = case when $10 = 'enabled' and status <> 'enabled' then null
                                else failing_since end,
                updated_at = now()
          where institution_id = $1 and livemode = $2 and app_id = $3 and id = $4
            and status <> 'deleted'
          returning *`,
        [
          institution_id,
          livemode,
          app_id,
          id,
          change.url ?? null,
          change.description !== undefined,
          change.description ?? null,
          change.event_types ?? null,
          change.metadata ? JSON.stringify(change.metadata) : null,
          change.status ?? null,
          change.disabled_note ?? null,
        ],
      )
      if (!row) return null
      if (row.status !== 'enabled') {
        await cancelPending(tx, { institution_id, livemode, endpoint_id: id })
      }
      return row
    })
  }
}

function ownedBy({ institution_id, livemode, app_id }: Caller) {
  return { institution_id, livemode, app_id }
}

function shownTo(caller: Caller) {
  return { ...ownedBy(caller), NOT: { status: 'deleted' } }
}

import { Injectable } from '@nestjs/common'
import { Database, type SqlReader, type Transaction } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { idFloor } from '../../../kernel/id.js'
import type { WantedDelivery } from '../deliveries/delivery-resend.repository.js'

export interface WebhookResendRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly endpoint_id: string
  readonly from_time: Date
  readonly to_time: Date
  readonly event_types: string[]
  readonly only_failed: boolean
  /** running | finished | stopped */
  readonly status: string
  readonly event_count: number
  readonly sent_count: number
  readonly last_event_id: string | null
  readonly created_at: Date
}

/** Which events of which endpoint. */
export type ResendRange = Pick<
  WebhookResendRow,
  | 'institution_id'
  | 'livemode'
  | 'app_id'
  | 'endpoint_id'
  | 'from_time'
  | 'to_time'
  | 'event_types'
  | 'only_failed'
>

/**
 * By the times inside their ids, which the index knows. What the relay has not seen yet is on its way
 * anyway, and what waits for its first try too.
 */
const WANTED = `
  from events as event left join webhook_deliveries as delivery
    on delivery.institution_id = $1 and delivery.livemode = $2 and delivery.endpoint_id = $4
   and delivery.event_id = event.id
 where event.institution_id = $1 and event.livemode = $2 and event.app_id = $3
   and event.id >= $5 and event.id < $6 and event.position is not null
   and ($7::text[] = '{}' or event.type = any ($7))
   and (not $8 or delivery.id is null or delivery.status in ('exhausted', 'cancelled')
        or (delivery.status = 'pending' and delivery.attempt_count > delivery.round_start))`

@Injectable()
export class WebhookResendRepository {
  constructor(private readonly database: Database) {}

  /** Not more than `max`, however many there are. */
  async count(range: ResendRange, max: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*)::int as count from (select ${WANTED} limit $9) as wanted`,
      [...valuesOf(range, idFloor('evt', range.from_time.getTime())), max],
    )
    return row?.count ?? 0
  }

  /** The next events after the last one that was sent, oldest first. */
  next(tx: Transaction, row: WebhookResendRow, limit: number): Promise<WantedDelivery[]> {
    // An id is followed by itself and a character that sorts before all others.
    const from = row.last_event_id
      ? `${row.last_event_id} `
      : idFloor('evt', row.from_time.getTime())
    return tx.query<WantedDelivery>(
      `select event.institution_id, event.livemode, event.app_id, $4 as endpoint_id,
              event.id as event_id, event.type as event_type
         ${WANTED} order by event.id limit $9`,
      [...valuesOf(row, from), limit],
    )
  }

  /** False when one is under way for the endpoint. */
  async insert(tx: Transaction, row: ResendRange & { id: string; event_count: number }) {
    const rows = await tx.query(
      `insert into webhook_resends (institution_id, livemode, id, app_id, endpoint_id, from_time,
         to_time, event_types, only_failed, status, event_count, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'running', $10, now(), now())
       on conflict do nothing returning id`,
      [
        ...[row.institution_id, row.livemode, row.id, row.app_id, row.endpoint_id],
        ...[row.from_time, row.to_time, row.event_types, row.only_failed, row.event_count],
      ],
    )
    return rows.length === 1
  }

  async find(caller: Caller, id: string): Promise<WebhookResendRow | null> {
    const { institution_id, livemode, app_id } = caller
    return this.database.prisma.webhook_resend.findFirst({
      where: { institution_id, livemode, app_id, id },
    })
  }

  /** The resend, with what its endpoint says now. Null when it is over. */
  async lock(
    tx: Transaction,
    key: Pick<WebhookResendRow, 'institution_id' | 'livemode' | 'id'>,
  ): Promise<(WebhookResendRow & { endpoint_status: string }) | null> {
    const [row] = await tx.query<WebhookResendRow & { endpoint_status: string }>(
      `select resend.*, endpoint.status as endpoint_status
         from webhook_resends as resend join webhook_endpoints as endpoint
           on endpoint.institution_id = resend.institution_id
          and endpoint.livemode = resend.livemode and endpoint.id = resend.endpoint_id
        where resend.institution_id = $1 and resend.livemode = $2 and resend.id = $3
          and resend.status = 'running' for update of resend`,
      [key.institution_id, key.livemode, key.id],
    )
    return row ?? null
  }

  /** How many deliveries of the endpoint are due; not more than `max`. */
  async due(reader: SqlReader, row: WebhookResendRow, max: number): Promise<number> {
    const [found] = await reader.query<{ due: number }>(
      `select count(*)::int as due from (
         select from webhook_deliveries
          where institution_id = $1 and livemode = $2 and endpoint_id = $3
            and status = 'pending' and next_attempt_at <= now() limit $4) as due`,
      [row.institution_id, row.livemode, row.endpoint_id, max],
    )
    return found?.due ?? 0
  }

  async save(
    tx: Transaction,
    row: WebhookResendRow,
    change: Pick<WebhookResendRow, 'status' | 'sent_count' | 'last_event_id'>,
  ): Promise<void> {
    await tx.query(
      `update webhook_resends
          set status = $4, sent_count = $5, last_event_id = $6, updated_at = now()
        where institution_id = $1 and livemode = $2 and id = $3`,
      [
        ...[row.institution_id, row.livemode, row.id],
        ...[change.status, change.sent_count, change.last_event_id],
      ],
    )
  }
}

function valuesOf(range: ResendRange, from: string): unknown[] {
  return [
    ...[range.institution_id, range.livemode, range.app_id, range.endpoint_id],
    ...[from, idFloor('evt', range.to_time.getTime()), range.event_types, range.only_failed],
  ]
}

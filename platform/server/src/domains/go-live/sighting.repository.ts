import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { idFloor } from '../../kernel/id.js'

/** An app's sandbox, together with what its resets set aside: that happened too. */
export interface Sandbox {
  readonly institution_id: string
  readonly app_id: string
  readonly app_ids: readonly string[]
}

export interface Sighting {
  readonly object_id: string
  readonly seen_at: Date
}

/** An order in doubt, and how it ended. */
export interface EndedDoubt {
  readonly payment_id: string
  readonly out_trade_no: string
  readonly in_doubt_at: Date
  readonly end_event_id: string
}

/** Sandboxes are small, and a checklist is looked at often: only so much of what happened last is searched. */
const SEARCHED_MAX = 20_000
const RESETS_MAX = 50
const DOUBTS_MAX = 20

/**
 * Reads what other modules have written about an app in test mode, to find what proves an item. Every statement
 * names the mode: what happens in live mode proves nothing here.
 */
@Injectable()
export class SightingRepository {
  constructor(private readonly database: Database) {}

  async sandboxOf(institution_id: string, app_id: string): Promise<Sandbox> {
    const rows = await this.database.query<{ id: string }>(
      `select id from apps where institution_id = $1 and set_aside_of = $2
        order by id desc limit ${RESETS_MAX}`,
      [institution_id, app_id],
    )
    return { institution_id, app_id, app_ids: [app_id, ...rows.map(({ id }) => id)] }
  }

  payment(sandbox: Sandbox): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, succeeded_at as seen_at from payments
        where institution_id = $1 and not livemode and app_id = any($2) and status = 'succeeded'
        order by id limit 1`,
      sandbox,
    )
  }

  refund(sandbox: Sandbox): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, succeeded_at as seen_at from refunds
        where institution_id = $1 and not livemode and app_id = any($2) and status = 'succeeded'
        order by id limit 1`,
      sandbox,
    )
  }

  /** A grading in which every case went as it should. */
  passedGrade(sandbox: Sandbox): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, finished_at as seen_at from webhook_grades
        where institution_id = $1 and not livemode and app_id = any($2) and status = 'passed'
        order by id limit 1`,
      sandbox,
    )
  }

  /** One in which the receiver told a wrong signature from a right one, whatever else it did. */
  refusedSignature(sandbox: Sandbox): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, finished_at as seen_at from webhook_grades
        where institution_id = $1 and not livemode and app_id = any($2) and finished_at is not null
          and cases @> '[{"case": "valid", "verdict": "passed"}]'
          and cases @> '[{"case": "bad_signature", "verdict": "passed"}]'
        order by id limit 1`,
      sandbox,
    )
  }

  /** A write that was answered from its idempotency key. */
  replay({ institution_id, app_id }: Sandbox): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, created_at as seen_at
         from (select id, created_at, is_replay from request_logs
                where institution_id = $1 and not livemode and app_id = any($2)
                order by id desc limit ${SEARCHED_MAX}) as last
        where is_replay order by id limit 1`,
      { institution_id, app_ids: [app_id] },
    )
  }

  limitedKey({ institution_id, app_id }: Sandbox): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, created_at as seen_at from api_keys
        where institution_id = $1 and not livemode and app_id = any($2) and revoked_at is null
          and cardinality(allowed_ips) > 0
        order by id limit 1`,
      { institution_id, app_ids: [app_id] },
    )
  }

  /** Of two keys the later one. */
  secondKey({ institution_id, app_id }: Sandbox): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, created_at as seen_at from api_keys
        where institution_id = $1 and not livemode and app_id = any($2)
        order by id offset 1 limit 1`,
      { institution_id, app_ids: [app_id] },
    )
  }

  /**
   * Payments that were in doubt for a while, and during that while no other was made in their place: for the
   * same checkout, or of the same amount for the same subject.
   */
  endedDoubts({ institution_id, app_ids }: Sandbox): Promise<EndedDoubt[]> {
    return this.database.query<EndedDoubt>(
      `with last as (
         select id, type, object, created_at from events
          where institution_id = $1 and not livemode and app_id = any($2)
          order by id desc limit ${SEARCHED_MAX}
       ), doubt as (
         select object ->> 'id' as payment_id, min(created_at) as in_doubt_at, min(id) as event_id
           from last where type = 'payment.processing' group by 1
       )
       select doubt.payment_id, ended.object ->> 'out_trade_no' as out_trade_no, doubt.in_doubt_at,
              ended.id as end_event_id
         from doubt
         join last ended on ended.object ->> 'id' = doubt.payment_id and ended.id > doubt.event_id
                        and ended.type in ('payment.succeeded', 'payment.failed', 'payment.closed')
        where not exists (
                select from last other
                 where other.type = 'payment.created' and other.id > doubt.event_id
                   and other.id < ended.id and other.object ->> 'id' <> doubt.payment_id
                   and (other.object ->> 'checkout' = ended.object ->> 'checkout'
                        or (other.object ->> 'amount' = ended.object ->> 'amount'
                            and other.object ->> 'currency' = ended.object ->> 'currency'
                            and other.object ->> 'subject' = ended.object ->> 'subject')))
        order by doubt.in_doubt_at limit ${DOUBTS_MAX}`,
      [institution_id, app_ids],
    )
  }

  /** The app, not a person, asked what had become of it: by its id, or by the app's own number. */
  askedAbout({ institution_id, app_id }: Sandbox, doubt: EndedDoubt): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, created_at as seen_at from request_logs
        where institution_id = $1 and not livemode and app_id = any($2) and id >= $3
          and method = 'GET' and status = 200 and credential in ('signature', 'token')
          and (object_id = $4
               or (path = '/v1/payments'
                   and strpos(replace(replace(query, '%3A', ':'), '%2F', '/') || '&',
                              'out_trade_no=' || $5 || '&') > 0))
        order by id limit 1`,
      { institution_id, app_ids: [app_id] },
      [idFloor('req', doubt.in_doubt_at.getTime()), doubt.payment_id, doubt.out_trade_no],
    )
  }

  /** The app took the webhook that told how it ended. */
  wasTold({ institution_id, app_ids }: Sandbox, doubt: EndedDoubt): Promise<Sighting | null> {
    return this.first(
      `select id as object_id, updated_at as seen_at from webhook_deliveries
        where institution_id = $1 and not livemode and app_id = any($2) and event_id = $3
          and status = 'delivered'
        order by id limit 1`,
      { institution_id, app_ids },
      [doubt.end_event_id],
    )
  }

  private async first(
    text: string,
    { institution_id, app_ids }: Pick<Sandbox, 'institution_id' | 'app_ids'>,
    rest: readonly unknown[] = [],
  ): Promise<Sighting | null> {
    const [row] = await this.database.query<Sighting>(text, [institution_id, app_ids, ...rest])
    return row ?? null
  }
}

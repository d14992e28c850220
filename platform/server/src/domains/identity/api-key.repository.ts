import { Injectable } from '@nestjs/common'
import { Database, type SqlReader, type Transaction } from '../../infra/database/database.js'
import type { ListFilter } from '../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../kernel/pagination.js'
import type { KeyStatus } from './api-key.rules.js'
import type { ApiKeyRow, KeyOwner, KeyUse, RegisteredKey } from './identity.types.js'

export interface ApiKeyChange {
  readonly name?: string | null | undefined
  readonly scopes?: readonly string[] | undefined
  readonly allowed_ips?: readonly string[] | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** What the app may do in the key's mode. */
const SCOPES_IN_MODE =
  'case when key.livemode then app.live_scopes else app.scopes end as app_scopes'
const COLUMNS = `key.institution_id, key.livemode, key.app_id, key.id, key.algorithm, key.public_key, key.scopes,
  ${SCOPES_IN_MODE}, app.api_version, key.name, key.allowed_ips, key.not_before, key.not_after,
  key.revoked_at, key.last_used_at, key.replaced_by, key.metadata, key.created_at`
const KEYS_OF_APPS = `from api_keys key
  join apps app on app.institution_id = key.institution_id and app.id = key.app_id`
const REGISTERED_KEY = `select key.institution_id, app.department_id, key.app_id, key.id, key.livemode,
   key.algorithm, key.public_key, key.scopes, ${SCOPES_IN_MODE}, app.api_version,
   key.not_before, key.not_after, key.revoked_at, key.allowed_ips,
   key.livemode and app.live_status <> 'approved' as is_suspended ${KEYS_OF_APPS}`
/** Who has more keys than this does not need each of them tried. */
const KEYS_TRIED_MAX = 10
/** Not revoked and not expired; the moment is $5. */
const IS_USABLE = 'key.revoked_at is null and (key.not_after is null or key.not_after > $5)'

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Hot path: every request of a key that is not cached waits for it. Revoked and expired keys are found
   * too: they say so themselves.
   */
  async find(keyId: string): Promise<RegisteredKey | null> {
    const [row] = await this.database.query<RegisteredKey>(
      `${REGISTERED_KEY} where key.id = $1`,
      [keyId],
      'key_directory_find',
    )
    return row ?? null
  }

  /** The newest ones, whatever their state. */
  findOfApp(app: KeyOwner): Promise<RegisteredKey[]> {
    return this.database.query<RegisteredKey>(
      `${REGISTERED_KEY}
        where key.institution_id = $1 and key.livemode = $2 and key.app_id = $3
        order by key.created_at desc, key.id desc limit ${KEYS_TRIED_MAX}`,
      tupleOf(app),
    )
  }

  async findOwned(
    owner: KeyOwner,
    id: string,
    reader: SqlReader = this.database,
  ): Promise<ApiKeyRow | null> {
    const [row] = await reader.query<ApiKeyRow>(
      `select ${COLUMNS} ${KEYS_OF_APPS}
        where key.institution_id = $1 and key.livemode = $2 and key.app_id = $3 and key.id = $4`,
      [...tupleOf(owner), id],
    )
    return row ?? null
  }

  async list(
    owner: KeyOwner,
    filter: ListFilter,
    status: KeyStatus | undefined,
    now: Date,
  ): Promise<Page<ApiKeyRow>> {
    const rows = await this.database.query<ApiKeyRow>(
      `select ${COLUMNS} ${KEYS_OF_APPS}
        where key.institution_id = $1 and key.livemode = $2 and key.app_id = $3
          and ($4::text is null or key.id < $4)
          and ($6::timestamptz is null or key.created_at >= $6)
          and ($7::timestamptz is null or key.created_at < $7)
          and ($8::text is null or $8 = case when key.revoked_at is not null then 'revoked'
                                             when key.not_after <= $5 then 'expired'
                                             when key.not_before > $5 then 'pending'
                                             else 'active' end)
        order by key.id desc
        limit $9`,
      [
        ...tupleOf(owner),
        filter.cursor,
        now,
        filter.created_at_gte,
        filter.created_at_lt,
        status ?? null,
        filter.limit + 1,
      ],
    )
    return toPage(rows, filter.limit)
  }

  /** What the app may do in this mode. */
  async scopesOfApp(owner: KeyOwner): Promise<readonly string[]> {
    const [row] = await this.database.query<{ scopes: string[] }>(
      `select case when $2 then live_scopes else scopes end as scopes from apps
        where institution_id = $1 and id = $3`,
      tupleOf(owner),
    )
    return row?.scopes ?? []
  }

  /** Whether keys of this mode may be made: in live mode only once that was approved. */
  async isOpen(owner: KeyOwner): Promise<boolean> {
    const [row] = await this.database.query<{ is_open: boolean }>(
      `select not $2::boolean or live_status = 'approved' as is_open from apps
        where institution_id = $1 and id = $3`,
      tupleOf(owner),
    )
    // No such app: whoever makes the key is told so.
    return row?.is_open ?? true
  }

  /** In both modes: one pair of keys must not serve test and live. */
  async hasPublicKey(owner: KeyOwner, publicKey: string): Promise<boolean> {
    const rows = await this.database.query(
      'select from api_keys where institution_id = $1 and app_id = $2 and public_key = $3 limit 1',
      [owner.institution_id, owner.app_id, publicKey],
    )
    return rows.length > 0
  }

  async countUsable(owner: KeyOwner, now: Date): Promise<number> {
    const [row] = await this.database.query<{ usable: number }>(
      `select count(*)::int as usable from api_keys
        where institution_id = $1 and livemode = $2 and app_id = $3
          and revoked_at is null and (not_after is null or not_after > $4)`,
      [...tupleOf(owner), now],
    )
    return row?.usable ?? 0
  }

  /** Changes what is given and leaves the rest; false when the key works no more. */
  async update(owner: KeyOwner, id: string, change: ApiKeyChange, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      `update api_keys key
          set name = case when $6 then $7 else name end,
              scopes = coalesce($8::text[], scopes),
              allowed_ips = coalesce($9::text[], allowed_ips),
              metadata = coalesce($10::jsonb, metadata)
        where key.institution_id = $1 and key.livemode = $2 and key.app_id = $3 and key.id = $4
          and ${IS_USABLE}
        returning key.id`,
      [
        ...tupleOf(owner),
        id,
        now,
        change.name !== undefined,
        change.name ?? null,
        change.scopes ?? null,
        change.allowed_ips ?? null,
        change.metadata ? JSON.stringify(change.metadata) : null,
      ],
    )
    return rows.length > 0
  }

  /** Ends the old key of a rotation; false when it ended, or was replaced, in between. */
  async replace(
    tx: Transaction,
    owner: KeyOwner,
    id: string,
    by: { readonly id: string; readonly not_after: Date; readonly now: Date },
  ): Promise<boolean> {
    const rows = await tx.query(
      `update api_keys key set not_after = $6, replaced_by = $7
        where key.institution_id = $1 and key.livemode = $2 and key.app_id = $3 and key.id = $4
          and key.replaced_by is null and ${IS_USABLE}
        returning key.id`,
      [...tupleOf(owner), id, by.now, by.not_after, by.id],
    )
    return rows.length > 0
  }

  /** Revoking twice keeps the first time. */
  async revoke(owner: KeyOwner, id: string, at: Date): Promise<void> {
    await this.database.query(
      `update api_keys set revoked_at = $5
        where institution_id = $1 and livemode = $2 and app_id = $3 and id = $4 and revoked_at is null`,
      [...tupleOf(owner), id, at],
    )
  }

  /** One statement for all of them. Another process may have seen a key later: the latest time stays. */
  async recordUse(uses: readonly KeyUse[]): Promise<void> {
    await this.database.query(
      `update api_keys key
          set last_used_at = use.at
         from unnest($1::text[], $2::text[], $3::timestamptz[]) as use(institution_id, id, at)
        where key.institution_id = use.institution_id and key.id = use.id
          and (key.last_used_at is null or key.last_used_at < use.at)`,
      [uses.map((use) => use.institution_id), uses.map(({ id }) => id), uses.map(({ at }) => at)],
      'key_record_use',
    )
  }

  /**
   * Notes for each of up to `limit` keys that the next notice is given, and returns them. Only the last
   * notice that is due counts: a key that has two days left is not told of fourteen.
   */
  takeExpiring(tx: Transaction, now: Date, limit: number): Promise<ApiKeyRow[]> {
    return tx.query<ApiKeyRow>(
      `with due as (
         select key.institution_id, key.id, notice.days
           from api_keys key,
                lateral (select min(days) as days from unnest(array[14, 3, 1]) as days
                          where key.not_after <= $1::timestamptz + make_interval(days => days)) as notice
          where key.revoked_at is null and key.not_after > $1
            and key.not_after <= $1::timestamptz + interval '14 days'
            and (key.notice_days is null or key.notice_days > notice.days)
          order by key.not_after
          limit $2
            for update of key skip locked)
       update api_keys key set notice_days = due.days
         from due, apps app
        where key.institution_id = due.institution_id and key.id = due.id
          and app.institution_id = key.institution_id and app.id = key.app_id
        returning ${COLUMNS}`,
      [now, limit],
    )
  }
}

function tupleOf({ institution_id, livemode, app_id }: KeyOwner) {
  return [institution_id, livemode, app_id] as const
}

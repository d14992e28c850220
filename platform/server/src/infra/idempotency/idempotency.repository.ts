// Hot path: plain SQL, one round trip per step.

import type { Database } from '../database/database.js'
import { type Caller, type IdempotentRequest, keepFor } from '../http/caller.js'

/** How long one call may work before a retry may take over. Longer than every deadline inside it. */
const LOCK_SECONDS = 60

const PORTION_ROWS = 5_000

export interface KnownKey {
  readonly request_hash: Buffer
  readonly allotted_id: string
  readonly response_status: number | null
  readonly response_body: string | null
  readonly is_locked: boolean
}

export type Claim = 'claimed' | 'known' | 'nonce_replayed'

/** Rows of `idempotency_keys` and `request_nonces`. */
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /** Uses up the nonce and claims the key in one statement, so that neither survives without the other. */
  async claim(caller: Caller, request: IdempotentRequest): Promise<Claim> {
    const [row] = await this.database.query<{ is_fresh: boolean; is_claimed: boolean }>(
      `with fresh as (
         insert into request_nonces (institution_id, key_id, nonce) values ($1, $4, $5)
         on conflict do nothing returning nonce
       ), claimed as (
         insert into idempotency_keys (institution_id, livemode, app_id, route, key, request_hash,
                                       allotted_id, locked_until, expires_at)
         select $1, $2, $3, $6, $7, $8, $9, now() + make_interval(secs => ${LOCK_SECONDS}),
                now() + $10::interval
           from fresh
         on conflict do nothing returning key
       )
       select exists (select from fresh) as is_fresh, exists (select from claimed) as is_claimed`,
      [
        caller.institution_id,
        caller.livemode,
        caller.app_id,
        caller.actor_id,
        request.nonce,
        request.route,
        request.key,
        request.request_hash,
        request.allotted_id,
        keepFor(caller),
      ],
      'idempotency_claim',
    )
    if (!row?.is_fresh) return 'nonce_replayed'
    return row.is_claimed ? 'claimed' : 'known'
  }

  /** False when the nonce was used before. For writes that have no idempotency key. */
  async useNonce(caller: Caller, nonce: string): Promise<boolean> {
    const rows = await this.database.query(
      `insert into request_nonces (institution_id, key_id, nonce) values ($1, $2, $3)
       on conflict do nothing returning nonce`,
      [caller.institution_id, caller.actor_id, nonce],
    )
    return rows.length === 1
  }

  async find(caller: Caller, request: IdempotentRequest): Promise<KnownKey | null> {
    const [row] = await this.database.query<KnownKey>(
      `select request_hash, allotted_id, response_status, response_body,
              locked_until > now() as is_locked
         from idempotency_keys
        where institution_id = $1 and livemode = $2 and app_id = $3 and route = $4 and key = $5`,
      keyOf(caller, request),
      'idempotency_find',
    )
    return row ?? null
  }

  /** Takes over a key whose call died. False when another retry was faster. */
  async takeOver(caller: Caller, request: IdempotentRequest): Promise<boolean> {
    const rows = await this.database.query(
      `update idempotency_keys set locked_until = now() + make_interval(secs => ${LOCK_SECONDS})
        where institution_id = $1 and livemode = $2 and app_id = $3 and route = $4 and key = $5
          and response_status is null and locked_until <= now()
        returning key`,
      keyOf(caller, request),
    )
    return rows.length === 1
  }

  /** Keeps the answer. One that is there stays: a call that was taken over may end after its successor. */
  async complete(
    caller: Caller,
    request: IdempotentRequest,
    status: number,
    body: string,
  ): Promise<void> {
    await this.database.query(
      `update idempotency_keys set response_status = $6, response_body = $7
        where institution_id = $1 and livemode = $2 and app_id = $3 and route = $4 and key = $5
          and response_status is null`,
      [...keyOf(caller, request), status, body],
      'idempotency_complete',
    )
  }

  /** Opens the key for a retry at once: the call was refused before anything was done, or broke. */
  async unlock(caller: Caller, request: IdempotentRequest): Promise<void> {
    await this.database.query(
      `update idempotency_keys set locked_until = now()
        where institution_id = $1 and livemode = $2 and app_id = $3 and route = $4 and key = $5
          and response_status is null`,
      keyOf(caller, request),
    )
  }

  /** Forgets the key: the call was refused before it was executed, so another body may use it. */
  async release(caller: Caller, request: IdempotentRequest): Promise<void> {
    await this.database.query(
      `delete from idempotency_keys
        where institution_id = $1 and livemode = $2 and app_id = $3 and route = $4 and key = $5
          and response_status is null`,
      keyOf(caller, request),
    )
  }

  /** Drops what nobody may ask for any more, in portions, so that no lock is held for long. */
  async removeExpired(): Promise<void> {
    await this.removeInPortions('idempotency_keys', 'expires_at < now()')
    await this.removeInPortions('request_nonces', "used_at < now() - interval '15 minutes'")
  }

  private async removeInPortions(
    table: 'idempotency_keys' | 'request_nonces',
    condition: string,
  ): Promise<void> {
    for (;;) {
      const [removed] = await this.database.query<{ count: bigint }>(
        `with removed as (
           delete from ${table} where ctid in
             (select ctid from ${table} where ${condition} limit ${PORTION_ROWS}) returning 1
         ) select count(*) as count from removed`,
      )
      if (!removed || removed.count < PORTION_ROWS) return
    }
  }
}

function keyOf(caller: Caller, request: IdempotentRequest): unknown[] {
  return [caller.institution_id, caller.livemode, caller.app_id, request.route, request.key]
}

import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import type { WebhookEndpointRow } from './webhook-endpoint.types.js'

/** Each signs every delivery, and a receiver has to try them all. */
export const OLD_SECRETS_MAX = 4
/** As long as the key of a rotation is known: until then it may be asked for once more. */
const KEPT_AFTER_EXPIRY = '7 days'

export interface SecretRotation {
  readonly id: string
  readonly endpoint_id: string
  readonly keep_old_seconds: number
  /** The new one, sealed. */
  readonly secret: Uint8Array
}

@Injectable()
export class WebhookSecretRepository {
  constructor(private readonly database: Database) {}

  /** A rotation that was done already gives the endpoint as it is. Null: no such endpoint. */
  rotate(
    caller: Caller,
    rotation: SecretRotation,
  ): Promise<WebhookEndpointRow | 'too_many' | null> {
    return this.database.transaction(async (tx) => {
      const endpoint = await lock(tx, caller, rotation.endpoint_id)
      if (!endpoint) return null
      const keys = [endpoint.institution_id, endpoint.livemode, endpoint.id]
      await tx.query(
        `delete from webhook_old_secrets
          where institution_id = $1 and livemode = $2 and endpoint_id = $3
            and expires_at < now() - interval '${KEPT_AFTER_EXPIRY}'`,
        keys,
      )
      const old = await tx.query<{ id: string; is_valid: boolean }>(
        `select id, expires_at > now() as is_valid from webhook_old_secrets
          where institution_id = $1 and livemode = $2 and endpoint_id = $3`,
        keys,
      )
      if (old.some(({ id }) => id === rotation.id)) return endpoint
      if (old.filter(({ is_valid }) => is_valid).length >= OLD_SECRETS_MAX) return 'too_many'
      return replace(tx, endpoint, rotation)
    })
  }

  expireOld(caller: Caller, id: string): Promise<WebhookEndpointRow | null> {
    return this.database.transaction(async (tx) => {
      const endpoint = await lock(tx, caller, id)
      if (!endpoint) return null
      const keys = [endpoint.institution_id, endpoint.livemode, id]
      await tx.query(
        `update webhook_old_secrets set expires_at = now()
          where institution_id = $1 and livemode = $2 and endpoint_id = $3 and expires_at > now()`,
        keys,
      )
      const [row] = await tx.query<WebhookEndpointRow>(
        `update webhook_endpoints set old_secrets_expire_at = null, updated_at = now()
          where institution_id = $1 and livemode = $2 and id = $3 returning *`,
        keys,
      )
      return row ?? null
    })
  }
}

async function lock(tx: Transaction, caller: Caller, id: string) {
  const { institution_id, livemode, app_id } = caller
  const [row] = await tx.query<WebhookEndpointRow>(
    `select * from webhook_endpoints
      where institution_id = $1 and livemode = $2 and app_id = $3 and id = $4
        and status <> 'deleted' for update`,
    [institution_id, livemode, app_id, id],
  )
  return row ?? null
}

async function replace(
  tx: Transaction,
  { institution_id, livemode, id, secret }: WebhookEndpointRow,
  rotation: SecretRotation,
): Promise<WebhookEndpointRow | null> {
  const keys = [institution_id, livemode, id, rotation.keep_old_seconds]
  await tx.query(
    `insert into webhook_old_secrets
       (institution_id, livemode, endpoint_id, id, secret, created_at, expires_at)
     values ($1, $2, $3, $5, $6, now(), now() + make_interval(secs => $4))`,
    [...keys, rotation.id, secret],
  )
  const [row] = await tx.query<WebhookEndpointRow>(
    `update webhook_endpoints
        set secret = $5, secret_rotated_at = now(), verified_at = null, updated_at = now(),
            old_secrets_expire_at = greatest(old_secrets_expire_at, now() + make_interval(secs => $4))
      where institution_id = $1 and livemode = $2 and id = $3 returning *`,
    [...keys, rotation.secret],
  )
  return row ?? null
}

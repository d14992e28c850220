// Every token request waits for it: plain SQL, one statement.
import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'

export interface ClientAppRow {
  readonly institution_id: string
  readonly department_id: string
  readonly app_id: string
  readonly name: string
  readonly app_scopes: readonly string[]
  /** Null in all of these: the app has no key that is not revoked. */
  readonly key_id: string | null
  readonly livemode: boolean
  readonly algorithm: string
  readonly public_key: string
  readonly scopes: readonly string[]
  /** What the app may do in the key's mode. */
  readonly scopes_in_mode: readonly string[]
  readonly not_before: Date
  readonly not_after: Date | null
}

@Injectable()
export class ClientAppRepository {
  constructor(private readonly database: Database) {}

  /** One row per key. An OAuth client names only itself: the institution is what is looked for. */
  find(appId: string): Promise<ClientAppRow[]> {
    return this.database.query<ClientAppRow>(
      `select app.institution_id, app.department_id, app.id as app_id, app.name, app.scopes as app_scopes,
              case when key.livemode then app.live_scopes else app.scopes end as scopes_in_mode,
              key.id as key_id, key.livemode, key.algorithm, key.public_key, key.scopes,
              key.not_before, key.not_after
         from apps app
         left join api_keys key on key.institution_id = app.institution_id and key.app_id = app.id
                               and key.revoked_at is null
                               and (not key.livemode or app.live_status = 'approved')
        where app.id = $1`,
      [appId],
      'client_app_find',
    )
  }
}

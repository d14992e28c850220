// Hot path: plain SQL, because every request of a key that is not cached waits for it.
import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { RegisteredKey } from './identity.types.js'

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  /** Revoked and expired keys are found too: they say so themselves. */
  async find(keyId: string): Promise<RegisteredKey | null> {
    const [row] = await this.database.query<RegisteredKey>(
      `select key.institution_id, app.department_id, key.app_id, key.id, key.livemode, key.algorithm,
              key.public_key, key.scopes, app.scopes as app_scopes, app.api_version,
              key.not_before, key.not_after, key.revoked_at
         from api_keys key
         join apps app on app.institution_id = key.institution_id and app.id = key.app_id
        where key.id = $1`,
      [keyId],
      'key_directory_find',
    )
    return row ?? null
  }
}

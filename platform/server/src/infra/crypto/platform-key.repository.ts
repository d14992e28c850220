import { Injectable } from '@nestjs/common'
import { Database } from '../database/database.js'

export interface PlatformKeyRow {
  /** The key's `kid`. */
  readonly id: string
  readonly purpose: string
  readonly public_jwk: { readonly x: string }
  readonly private_key: Uint8Array
}

@Injectable()
export class PlatformKeyRepository {
  constructor(private readonly database: Database) {}

  /** The keys in use, newest first. Two or more during a rotation. */
  active(purpose: string): Promise<PlatformKeyRow[]> {
    return this.database.query<PlatformKeyRow>(
      `select id, purpose, public_jwk, private_key from platform_keys
        where purpose = $1 and retired_at is null order by created_at desc, id`,
      [purpose],
    )
  }

  /** Stores the first key of a purpose; when another process was faster, its key stays the only one. */
  async insertFirst(row: PlatformKeyRow): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
        `platform_keys:${row.purpose}`,
      ])
      await tx.query(
        `insert into platform_keys (id, purpose, public_jwk, private_key)
         select $1, $2, $3, $4
          where not exists (select from platform_keys where purpose = $2 and retired_at is null)`,
        [row.id, row.purpose, JSON.stringify(row.public_jwk), row.private_key],
      )
    })
  }
}

import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../database/database.js'

export interface NewPlatformKey {
  /** The key's `kid`. */
  readonly id: string
  readonly purpose: string
  readonly public_jwk: { readonly x: string }
  readonly private_key: Uint8Array
}

export interface PlatformKeyRow extends NewPlatformKey {
  readonly signs_from: Date
}

/** When the key signs first, and how long the older ones stay published from then on. */
export interface RotationTimes {
  readonly leadSeconds: number
  readonly keepSeconds: number
}

@Injectable()
export class PlatformKeyRepository {
  constructor(private readonly database: Database) {}

  /** Every key whose signatures may still be valid, newest first. Two or more during a rotation. */
  published(): Promise<PlatformKeyRow[]> {
    return this.database.query<PlatformKeyRow>(
      `select id, purpose, public_jwk, private_key, signs_from from platform_keys
        where retired_at is null or retired_at > now() order by created_at desc, id`,
    )
  }

  /** Stores the first key of a purpose; when another process was faster, its key stays the only one. */
  async insertFirst(row: NewPlatformKey): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lock(tx, row.purpose)
      await tx.query(
        `insert into platform_keys (id, purpose, public_jwk, private_key)
         select $1, $2, $3, $4
          where not exists (select from platform_keys
                             where purpose = $2 and (retired_at is null or retired_at > now()))`,
        [row.id, row.purpose, JSON.stringify(row.public_jwk), row.private_key],
      )
    })
  }

  /** Adds the next key and dates the end of the others. False: a next key is already waiting for its time. */
  rotate(row: NewPlatformKey, times: RotationTimes): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      await lock(tx, row.purpose)
      const waiting = await tx.query(
        'select from platform_keys where purpose = $1 and retired_at is null and signs_from > now()',
        [row.purpose],
      )
      if (waiting.length > 0) return false
      await this.insertNext(tx, row, times)
      return true
    })
  }

  /** The new key signs at once, and no other is believed any more: for a key that may have been stolen. */
  replace(row: NewPlatformKey): Promise<void> {
    return this.database.transaction(async (tx) => {
      await lock(tx, row.purpose)
      await this.insertNext(tx, row, { leadSeconds: 0, keepSeconds: 0 })
    })
  }

  private async insertNext(
    tx: Transaction,
    row: NewPlatformKey,
    { leadSeconds, keepSeconds }: RotationTimes,
  ): Promise<void> {
    await tx.query(
      `update platform_keys set retired_at = now() + make_interval(secs => $2)
        where purpose = $1 and (retired_at is null or retired_at > now() + make_interval(secs => $2))`,
      [row.purpose, leadSeconds + keepSeconds],
    )
    await tx.query(
      `insert into platform_keys (id, purpose, public_jwk, private_key, signs_from)
       values ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
      [row.id, row.purpose, JSON.stringify(row.public_jwk), row.private_key, leadSeconds],
    )
  }
}

async function lock(tx: Transaction, purpose: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `platform_keys:${purpose}`,
  ])
}

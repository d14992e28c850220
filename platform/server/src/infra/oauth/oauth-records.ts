import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { Vault } from '../crypto/vault.js'
import { Database } from '../database/database.js'

export interface OauthRecord {
  readonly payload: Readonly<Record<string, unknown>>
  readonly consumed_at: Date | null
}

interface Row {
  readonly payload: Uint8Array
  readonly consumed_at: Date | null
}

const Payload = z.record(z.string(), z.unknown())

/**
 * The authorization server's memory. Ids of codes and sessions are secrets: they are stored as hashes and
 * what they stand for is sealed, so a copy of the table opens nothing.
 */
@Injectable()
export class OauthRecords {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  async upsert(
    kind: string,
    id: string,
    payload: Readonly<Record<string, unknown>>,
    expiresInSeconds: number,
  ): Promise<void> {
    const uid = typeof payload.uid === 'string' ? payload.uid : null
    const grantId = typeof payload.grantId === 'string' ? payload.grantId : null
    const sealed = this.vault.sealForPlatform(contextOf(kind), JSON.stringify(payload))
    await this.database.query(
      `insert into oauth_records (kind, id, payload, uid, grant_id, expires_at)
       values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
       on conflict (kind, id) do update
         set payload = excluded.payload, uid = excluded.uid, grant_id = excluded.grant_id,
             expires_at = excluded.expires_at`,
      [kind, hashOf(id), sealed, uid, grantId, expiresInSeconds],
    )
  }

  async find(kind: string, id: string): Promise<OauthRecord | null> {
    const [row] = await this.database.query<Row>(
      `select payload, consumed_at from oauth_records
        where kind = $1 and id = $2 and expires_at > now()`,
      [kind, hashOf(id)],
    )
    return row ? this.open(kind, row) : null
  }

  async findByUid(kind: string, uid: string): Promise<OauthRecord | null> {
    const [row] = await this.database.query<Row>(
      `select payload, consumed_at from oauth_records
        where kind = $1 and uid = $2 and expires_at > now()`,
      [kind, uid],
    )
    return row ? this.open(kind, row) : null
  }

  /** False: it was used before, or is not there. Of two parallel uses one gets true. */
  async consume(kind: string, id: string): Promise<boolean> {
    const rows = await this.database.query(
      `update oauth_records set consumed_at = now()
        where kind = $1 and id = $2 and consumed_at is null returning 1`,
      [kind, hashOf(id)],
    )
    return rows.length === 1
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.database.query('delete from oauth_records where kind = $1 and id = $2', [
      kind,
      hashOf(id),
    ])
  }

  async removeOfGrant(kind: string, grantId: string): Promise<void> {
    await this.database.query('delete from oauth_records where kind = $1 and grant_id = $2', [
      kind,
      grantId,
    ])
  }

  async removeExpired(): Promise<void> {
    await this.database.query('delete from oauth_records where expires_at < now()')
  }

  private open(kind: string, { payload, consumed_at }: Row): OauthRecord {
    const text = this.vault.openForPlatform(contextOf(kind), payload)
    return { payload: Payload.parse(JSON.parse(text)), consumed_at }
  }
}

function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest()
}

function contextOf(kind: string): string {
  return `oauth_records.payload:${kind}`
}

// Hot path of token requests: plain SQL, one statement.
import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Database } from '../database/database.js'

/**
 * What may be used once: client assertions and DPoP proofs. Using is inserting under a unique key, so of any
 * number of parallel uses, in any number of processes, exactly one succeeds.
 */
@Injectable()
export class ReplayMarks {
  constructor(private readonly database: Database) {}

  /** False: it was used before. `owner` is whoever chose the `jti`, which need be unique only for them. */
  async use(
    kind: 'assertion' | 'proof',
    owner: string,
    jti: string,
    expiresAt: Date,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `insert into oauth_replay_marks (id, expires_at) values ($1, $2)
       on conflict do nothing returning 1`,
      [idOf(kind, owner, jti), expiresAt],
      'oauth_replay_use',
    )
    return rows.length === 1
  }

  async removeExpired(): Promise<void> {
    await this.database.query('delete from oauth_replay_marks where expires_at < now()')
  }
}

/** JSON keeps the parts apart whatever they contain. */
function idOf(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}

import { Injectable } from '@nestjs/common'
import { Database } from '../database/database.js'
import { ACCESS_TOKEN_SECONDS } from './access-token.js'

/** How old the copy of the list may be. A revocation is effective everywhere within 5 s: this, and a slow query. */
const COPY_LIFETIME_MS = 2_500
/** A revocation may be committed this much later than its time says: a re-read goes back that far. */
const OVERLAP_SECONDS = 30
/** Clocks of the platform's machines may differ by this much. */
const SKEW_SECONDS = 60

interface RevocationRow {
  readonly id: string
  readonly expires_at: Date
}

/**
 * Access tokens that are refused although they have not expired. They prove themselves, so every process keeps
 * a copy of the short list of exceptions and reads what is new when a token comes and the copy is old: nobody
 * pays for it who uses no tokens, and a token costs one query every few seconds, not one each.
 */
@Injectable()
export class RevokedTokens {
  private readonly entries = new Map<string, number>()
  private readAtMs = Number.NEGATIVE_INFINITY
  private reading: Promise<void> | undefined

  constructor(private readonly database: Database) {}

  /** `ids` are the token's `jti` and, where there is one, its `grant_id`. */
  async hasAny(ids: readonly string[]): Promise<boolean> {
    if (performance.now() - this.readAtMs >= COPY_LIFETIME_MS) await this.read()
    return ids.some((id) => this.entries.has(id))
  }

  /** Names a token or a grant. It is remembered until no token that it names can be valid any more. */
  async revoke(id: string): Promise<void> {
    const [row] = await this.database.query<RevocationRow>(
      `insert into oauth_revocations (id, expires_at) values ($1, now() + make_interval(secs => $2))
       on conflict (id) do update set expires_at = excluded.expires_at
       returning id, expires_at`,
      [id, ACCESS_TOKEN_SECONDS + SKEW_SECONDS],
    )
    if (row) this.entries.set(row.id, row.expires_at.getTime())
  }

  async removeExpired(): Promise<void> {
    await this.database.query('delete from oauth_revocations where expires_at < now()')
  }

  /** Requests that come while it is being read wait for the same answer. */
  private read(): Promise<void> {
    this.reading ??= this.readNew().finally(() => {
      this.reading = undefined
    })
    return this.reading
  }

  private async readNew(): Promise<void> {
    const askedAtMs = performance.now()
    const secondsAgo = (askedAtMs - this.readAtMs) / 1000 + OVERLAP_SECONDS
    const isFirst = this.readAtMs === Number.NEGATIVE_INFINITY
    const rows = await this.database.query<RevocationRow>(
      `select id, expires_at from oauth_revocations
        where expires_at > now() and ($1::float is null or revoked_at > now() - make_interval(secs => $1))`,
      [isFirst ? null : secondsAgo],
      'oauth_revocations_new',
    )
    for (const { id, expires_at } of rows) this.entries.set(id, expires_at.getTime())
    this.forgetExpired()
    this.readAtMs = askedAtMs
  }

  private forgetExpired(): void {
    const now = Date.now() - SKEW_SECONDS * 1000
    for (const [id, expiresAtMs] of this.entries) if (expiresAtMs < now) this.entries.delete(id)
  }
}

import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'

/** How patient we are with one account, or with one address. */
export interface Patience {
  /** So many tries cost nothing; each further one has to wait twice as long as the one before. */
  readonly free: number
  /** From here on it is locked for a while. */
  readonly locked: number
}

const WINDOW_SECONDS = 15 * 60
const LOCK_SECONDS = 15 * 60

/** Rows of `sign_in_failures`: shared by all processes, and not forgotten by a restart. */
@Injectable()
export class SignInFailureRepository {
  constructor(private readonly database: Database) {}

  /**
   * Counts a try before it is looked at, so that a thousand at once are a thousand. Answers with the number of
   * tries lately, or with null: it is locked, and this try is not to be looked at.
   */
  async count(subject: Buffer, patience: Patience, now: Date): Promise<number | null> {
    const [row] = await this.database.query<{ failures: number }>(
      `insert into sign_in_failures as known (subject_hash, failures, last_failed_at, locked_until)
       values ($1, 1, $2, $2)
       on conflict (subject_hash) do update set
         failures = case when known.last_failed_at < $2 - make_interval(secs => ${WINDOW_SECONDS})
                         then 1 else known.failures + 1 end,
         last_failed_at = $2,
         locked_until = case
           when known.last_failed_at < $2 - make_interval(secs => ${WINDOW_SECONDS}) then $2
           when known.failures + 1 >= $4 then $2 + make_interval(secs => ${LOCK_SECONDS})
           when known.failures + 1 >= $3
             then $2 + make_interval(secs => power(2, least(known.failures + 3 - $3, 8)))
           else $2 end
       where known.locked_until <= $2
       returning failures`,
      [subject, now, patience.free, patience.locked],
    )
    return row?.failures ?? null
  }

  /** Seconds until somebody is listened to again. */
  async waitSeconds(subject: Buffer, now: Date): Promise<number> {
    const [row] = await this.database.query<{ locked_until: Date }>(
      'select locked_until from sign_in_failures where subject_hash = $1',
      [subject],
    )
    const waitMs = (row?.locked_until.getTime() ?? 0) - now.getTime()
    return Math.max(1, Math.ceil(waitMs / 1000))
  }

  /** It was right: nothing is held against this subject. */
  async forget(subject: Buffer): Promise<void> {
    await this.database.query('delete from sign_in_failures where subject_hash = $1', [subject])
  }

  /** It was right: this one try is taken back, and the wrong ones of others from there stay counted. */
  async takeBack(subject: Buffer, now: Date): Promise<void> {
    await this.database.query(
      `update sign_in_failures set failures = greatest(failures - 1, 1), locked_until = $2
        where subject_hash = $1`,
      [subject, now],
    )
  }

  async removeOlder(than: Date): Promise<void> {
    await this.database.query(
      'delete from sign_in_failures where last_failed_at < $1 and locked_until < $1',
      [than],
    )
  }
}

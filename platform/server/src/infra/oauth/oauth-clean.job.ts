import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../jobs/jobs.js'
import { OauthRecords } from './oauth-records.js'
import { ReplayMarks } from './replay-marks.js'
import { RevokedTokens } from './revoked-tokens.js'

/** Drops what the authorization server need not remember any longer. */
@Injectable()
export class OauthCleanJob implements PeriodicTask {
  readonly name = 'oauth-clean'
  readonly everyMs = 60_000

  constructor(
    private readonly records: OauthRecords,
    private readonly marks: ReplayMarks,
    private readonly revoked: RevokedTokens,
  ) {}

  async run(): Promise<void> {
    await this.records.removeExpired()
    await this.marks.removeExpired()
    await this.revoked.removeExpired()
  }
}

import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { ApiKeyRepository } from './api-key.repository.js'
import { toWireKey } from './api-key.schema.js'

const EVERY_MS = 10_000
const BATCH_SIZE = 200

/** Tells an app 14 days, 3 days and 1 day before one of its keys expires, once each. */
@Injectable()
export class ApiKeyExpiringJob implements PeriodicTask {
  readonly name = 'api_key_expiring'
  readonly everyMs = EVERY_MS

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    // Ends: every batch takes its keys out of what the next one looks for.
    while ((await this.announce()) === BATCH_SIZE);
  }

  /** The notice and its event are one commit: neither a crash nor a second worker makes it two, or none. */
  private announce(): Promise<number> {
    const now = this.clock.now()
    return this.database.transaction(async (tx) => {
      const rows = await this.keys.takeExpiring(tx, now, BATCH_SIZE)
      await appendEvents(
        tx,
        rows.map((row) => ({
          institution_id: row.institution_id,
          livemode: row.livemode,
          app_id: row.app_id,
          type: 'key.expiring',
          api_version: row.api_version,
          object: toWireKey(row, now),
        })),
      )
      return rows.length
    })
  }
}

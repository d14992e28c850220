import { Injectable } from '@nestjs/common'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import { bringJobsForward, dueJobCount } from '../../infra/jobs/jobs.js'
import type { TestClockRow } from './test-clock.types.js'

const COLUMNS = `institution_id, livemode, id, app_id, offset_ms::float8 as offset_ms, created_at, updated_at`

@Injectable()
export class TestClockRepository {
  constructor(private readonly database: Database) {}

  /** False when the app has one. */
  async insert(row: TestClockRow): Promise<boolean> {
    const rows = await this.database.query(
      `insert into test_clocks (institution_id, livemode, id, app_id, offset_ms, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing returning id`,
      [row.institution_id, row.livemode, row.id, row.app_id, row.offset_ms, row.created_at],
    )
    return rows.length === 1
  }

  async ofApp(app: AppRef): Promise<TestClockRow | null> {
    const [row] = await this.database.query<TestClockRow>(
      `select ${COLUMNS} from test_clocks
        where institution_id = $1 and livemode = $2 and app_id = $3`,
      [app.institution_id, app.livemode, app.app_id],
    )
    return row ?? null
  }

  /** Sets it forward and brings what waits for it nearer; null when somebody else was faster. */
  async advance(
    row: TestClockRow,
    offsetMs: number,
    now: Date,
    shift: (tx: Transaction) => Promise<void>,
  ): Promise<TestClockRow | null> {
    return this.database.transaction(async (tx) => {
      const [moved] = await tx.query<TestClockRow>(
        `update test_clocks set offset_ms = $5, updated_at = $6
          where institution_id = $1 and livemode = $2 and id = $3 and offset_ms = $4
          returning ${COLUMNS}`,
        [row.institution_id, row.livemode, row.id, row.offset_ms, offsetMs, now],
      )
      if (!moved) return null
      await bringJobsForward(tx, row.app_id, offsetMs - row.offset_ms)
      await shift(tx)
      return moved
    })
  }

  async remove(row: TestClockRow): Promise<void> {
    await this.database.query(
      'delete from test_clocks where institution_id = $1 and livemode = $2 and id = $3',
      [row.institution_id, row.livemode, row.id],
    )
  }

  /** How many jobs of the app should have run by now. */
  dueJobs(app: AppRef): Promise<number> {
    return dueJobCount(this.database, app.app_id)
  }
}

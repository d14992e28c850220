import { Injectable } from '@nestjs/common'
import { assert } from '../../kernel/assert.js'
import { Database } from '../database/database.js'
import type { ClockedApp } from './app-clocks.js'

/** What every process must know of time: the database's, and that of the test clocks. */
@Injectable()
export class AppClockRepository {
  constructor(private readonly database: Database) {}

  all(): Promise<ClockedApp[]> {
    return this.database.query<ClockedApp>(
      `select institution_id, livemode, app_id, offset_ms::float8 as offset_ms from test_clocks`,
      [],
      'test_clocks_all',
    )
  }

  /** What the database's clock shows, in milliseconds since 1970. */
  async databaseMs(): Promise<number> {
    const [row] = await this.database.query<{ now_ms: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms',
      [],
      'database_time',
    )
    assert(row, 'a select without a table has a row')
    return row.now_ms
  }

  async offsetOf(appId: string): Promise<number | null> {
    const [row] = await this.database.query<{ offset_ms: number }>(
      'select offset_ms::float8 as offset_ms from test_clocks where app_id = $1',
      [appId],
      'test_clock_of_app',
    )
    return row?.offset_ms ?? null
  }
}

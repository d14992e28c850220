import { Injectable } from '@nestjs/common'
import { Database } from '../database/database.js'
import type { ClockedApp } from './app-clocks.js'

/** What of the test clocks every process must know. */
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

  async offsetOf(appId: string): Promise<number | null> {
    const [row] = await this.database.query<{ offset_ms: number }>(
      'select offset_ms::float8 as offset_ms from test_clocks where app_id = $1',
      [appId],
      'test_clock_of_app',
    )
    return row?.offset_ms ?? null
  }
}

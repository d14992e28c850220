import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { isChecklistItem } from './checklist.rules.js'
import type { Evidence } from './checklist.table.js'

/** What was seen once stays seen: when logs expire, and when the sandbox is reset. */
@Injectable()
export class EvidenceRepository {
  constructor(private readonly database: Database) {}

  async list(institutionId: string, appId: string): Promise<Evidence[]> {
    const rows = await this.database.query<{ item: string; object_id: string; seen_at: Date }>(
      'select item, object_id, seen_at from go_live_evidence where institution_id = $1 and app_id = $2',
      [institutionId, appId],
    )
    // An item that is asked for no more proves nothing.
    return rows.flatMap(({ item, ...rest }) => (isChecklistItem(item) ? [{ item, ...rest }] : []))
  }

  /** Keeps what is not there yet. */
  async keep(institutionId: string, appId: string, found: readonly Evidence[]): Promise<void> {
    if (found.length === 0) return
    await this.database.query(
      `insert into go_live_evidence (institution_id, app_id, item, object_id, seen_at)
       select $1, $2, item, object_id, seen_at
         from jsonb_to_recordset($3) as found(item text, object_id text, seen_at timestamptz)
       on conflict do nothing`,
      [institutionId, appId, JSON.stringify(found)],
    )
  }
}

// The bytes of exports, and the rows that they are made of: written and read a page at a time.

import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { ExportRow, SourceRow } from './export.types.js'
import { pageStatement } from './export-source.sql.js'

/** One more piece of a file, and how far it leads. */
export interface ExportPiece {
  readonly content: Buffer
  readonly bytes: number
  readonly rows: number
  readonly cursor: string | null
}

@Injectable()
export class ExportWriteRepository {
  constructor(private readonly database: Database) {}

  /** The rows after the cursor. */
  page(row: ExportRow, size: number): Promise<SourceRow[]> {
    const { text, values } = pageStatement(row.kind, row.filters)
    const { institution_id, livemode, app_id, cursor } = row
    return this.database.query<SourceRow>(text, [
      ...[institution_id, livemode, app_id, cursor ?? '', size],
      ...values,
    ])
  }

  /** Adds a piece, if nobody else did. False: another worker is further. */
  async append(row: ExportRow, piece: ExportPiece): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const moved = await tx.query(
        `update exports set rows_written = rows_written + $5, bytes = bytes + $6, cursor = $7,
                chunk_count = chunk_count + 1, updated_at = now()
          where institution_id = $1 and livemode = $2 and id = $3 and status = 'running'
            and chunk_count = $4
        returning id`,
        [...keyOf(row), row.chunk_count, piece.rows, piece.bytes, piece.cursor],
      )
      if (moved.length === 0) return false
      await tx.query(
        `insert into export_chunks (institution_id, livemode, export_id, position, content)
         values ($1, $2, $3, $4, $5)`,
        [...keyOf(row), row.chunk_count, piece.content],
      )
      return true
    })
  }

  async complete(row: ExportRow): Promise<void> {
    await this.database.query(
      `update exports set status = 'ready', completed_at = now(), updated_at = now()
        where institution_id = $1 and livemode = $2 and id = $3 and status = 'running'`,
      keyOf(row),
    )
  }

  async fail(row: ExportRow, code: string, message: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(
        `update exports set status = 'failed', failure_code = $4, failure_message = $5,
                completed_at = now(), updated_at = now()
          where institution_id = $1 and livemode = $2 and id = $3 and status = 'running'`,
        [...keyOf(row), code, message],
      )
      await tx.query(
        `delete from export_chunks where institution_id = $1 and livemode = $2 and export_id = $3
            and exists (select from exports where institution_id = $1 and livemode = $2
                         and id = $3 and status = 'failed')`,
        keyOf(row),
      )
    })
  }

  async chunk(row: ExportRow, position: number): Promise<Buffer | null> {
    const [found] = await this.database.query<{ content: Buffer }>(
      `select content from export_chunks
        where institution_id = $1 and livemode = $2 and export_id = $3 and position = $4`,
      [...keyOf(row), position],
    )
    return found?.content ?? null
  }

  /** Takes the bytes of what is over its time; what was exported when stays known. Answers how many. */
  async expire(now: Date): Promise<number> {
    const rows = await this.database.query(
      `with over as (
         update exports set status = 'expired', updated_at = now()
          where expires_at <= $1 and status in ('ready', 'failed', 'running')
         returning institution_id, livemode, id
       )
       delete from export_chunks chunk using over
        where chunk.institution_id = over.institution_id and chunk.livemode = over.livemode
          and chunk.export_id = over.id
       returning chunk.export_id`,
      [now],
    )
    return rows.length
  }

  /** Those that no worker has touched since: whatever wrote them gave up. */
  async failStalled(before: Date): Promise<void> {
    await this.database.query(
      `with stalled as (
         update exports set status = 'failed', failure_code = 'export_stalled',
                failure_message = 'It came to a halt. Ask for it again.', completed_at = now()
          where status = 'running' and updated_at <= $1
         returning institution_id, livemode, id
       )
       delete from export_chunks chunk using stalled
        where chunk.institution_id = stalled.institution_id and chunk.livemode = stalled.livemode
          and chunk.export_id = stalled.id`,
      [before],
    )
  }
}

const keyOf = ({ institution_id, livemode, id }: ExportRow) => [institution_id, livemode, id]

import { Readable } from 'node:stream'
import { Inject, Injectable, StreamableFile } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { HttpError } from '../../../infra/http/http.errors.js'
import { Reply } from '../../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { addJob } from '../../../infra/jobs/jobs.js'
import { CLOCK } from '../../../infra/tokens.js'
import { assert } from '../../../kernel/assert.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import { ExportError } from './export.errors.js'
import { ExportRepository } from './export.repository.js'
import {
  type CreateExport,
  type Export,
  type ExportListQuery,
  toWireExport,
} from './export.schema.js'
import type { ExportKind, ExportRow } from './export.types.js'
import { EXPORT_SOURCES, foreignFilters } from './export-source.sql.js'
import { ExportWriteService } from './export-write.service.js'

export const EXPORT_WRITE_JOB = 'export-write'
const KEPT_MS = 24 * 3_600_000
const RUNNING_MAX = 3

/** Files of an app's rows: asked for, written by a worker, kept for a day. */
@Injectable()
export class ExportService {
  constructor(
    private readonly database: Database,
    private readonly exports: ExportRepository,
    private readonly writer: ExportWriteService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ExportError export_filter_foreign, export_limit_reached; HttpError scope_missing */
  async create(caller: Caller, body: CreateExport): Promise<Reply<Export>> {
    assertMay(caller, body.kind, body.personal_data === 'full')
    refuseForeignFilters(body)
    const row = this.newRow(caller, body)
    const known = await this.exports.find(caller, caller.app_id, row.id)
    if (known) return Reply.created(toWireExport(known))
    await this.database.transaction((tx) => this.insert(tx, caller, row))
    return Reply.created(toWireExport(await this.require(caller, row.id)))
  }

  /** @throws ExportError export_not_found */
  async get(caller: Caller, id: string): Promise<Export> {
    return toWireExport(await this.require(caller, id))
  }

  async list(caller: Caller, query: ExportListQuery): Promise<WireList<Export>> {
    const filter = { ...listFilterOf(query), status: query.status ?? null }
    return toWireList(await this.exports.list(caller, filter), toWireExport)
  }

  /** @throws ExportError export_not_found, export_not_ready, export_failed, export_expired; HttpError scope_missing */
  async file(caller: Caller, id: string): Promise<StreamableFile> {
    const row = await this.require(caller, id)
    assertMay(caller, row.kind, row.personal_data === 'full')
    assertReady(row)
    return new StreamableFile(Readable.from(this.writer.read(row), { objectMode: false }), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${row.kind}-${row.id}.csv"`,
      length: Number(row.bytes),
    })
  }

  private async insert(tx: Transaction, caller: Caller, row: ExportRow): Promise<void> {
    if ((await this.exports.countRunning(tx, caller)) >= RUNNING_MAX) {
      throw new ExportError(
        'export_limit_reached',
        `${RUNNING_MAX} exports of this app are being written. Wait for one of them.`,
        { retryAfterSeconds: 10 },
      )
    }
    const { institution_id, livemode, id } = row
    if (!(await this.exports.insert(tx, row))) return
    await addJob(tx, { name: EXPORT_WRITE_JOB, payload: { institution_id, livemode, id }, key: id })
  }

  private async require(caller: Caller, id: string): Promise<ExportRow> {
    const row = isId(id, 'exp') ? await this.exports.find(caller, caller.app_id, id) : null
    if (row) return row
    throw new ExportError('export_not_found', `No such export, or it is not yours: ${id}.`)
  }

  private newRow(caller: Caller, body: CreateExport): ExportRow {
    const { institution_id, livemode, app_id, actor_id } = caller
    const now = this.clock.now()
    assert(caller.idempotency, 'creating an export is idempotent')
    return {
      ...{ institution_id, livemode, app_id, id: idFor(caller, 'exp'), requested_by: actor_id },
      ...{ kind: body.kind, filters: body.filters, language: body.language },
      ...{ personal_data: body.personal_data, status: 'running', rows_written: 0, bytes: 0n },
      ...{ chunk_count: 0, cursor: null, failure_code: null, failure_message: null },
      ...{ created_at: now, completed_at: null, expires_at: new Date(now.getTime() + KEPT_MS) },
    }
  }
}

/** Also when the file is fetched: who may no longer read the rows does not get them as a file. */
function assertMay({ scopes }: Caller, kind: ExportKind, isFull: boolean): void {
  const needed = [EXPORT_SOURCES[kind].scope, ...(isFull ? ['payers:read'] : [])]
  const missing = needed.filter((scope) => !scopes.has(scope))
  if (missing.length === 0) return
  throw new HttpError(
    'scope_missing',
    `To export this, the scope ${missing.join(', ')} is missing.`,
  )
}

function refuseForeignFilters({ kind, filters }: CreateExport): void {
  const foreign = foreignFilters(kind, filters)
  if (foreign.length === 0) return
  const code = 'export_filter_foreign'
  const message = `An export of ${kind} has no filter ${foreign.join(', ')}.`
  const errors = foreign.map((name) => ({
    ...{ pointer: `/filters/${name}`, code, detail: `is no filter of ${kind}` },
  }))
  throw new ExportError(code, message, { errors })
}

function assertReady(row: ExportRow): void {
  if (row.status === 'ready') return
  if (row.status === 'running') {
    const message = `It is being written: ${row.rows_written} rows so far.`
    throw new ExportError('export_not_ready', message, { retryAfterSeconds: 2 })
  }
  if (row.status === 'failed') {
    throw new ExportError('export_failed', row.failure_message ?? 'It could not be written.')
  }
  throw new ExportError('export_expired', 'Files are kept for 24 hours. Ask for a new export.')
}

import { Injectable } from '@nestjs/common'
import { Vault } from '../../../infra/crypto/vault.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { IdentityService } from '../../identity/identity.service.js'
import { type PayerDetails, PayerService } from '../../payers/payer.service.js'
import { BOM, csvLine } from './csv.rules.js'
import { ExportRepository } from './export.repository.js'
import type { ExportRow, SourceRow } from './export.types.js'
import { cellsOf } from './export-cells.rules.js'
import { headerOf, payerIdOf } from './export-columns.js'
import { ExportWriteRepository } from './export-write.repository.js'

/** Small enough to be held in memory, large enough that a million rows are some hundred round trips. */
const PAGE_ROWS = 2_000
export const EXPORT_ROWS_MAX = 1_000_000

/** Writes a file page by page: each page is one transaction, so a worker that dies is simply carried on. */
@Injectable()
export class ExportWriteService {
  constructor(
    private readonly exports: ExportRepository,
    private readonly pages: ExportWriteRepository,
    private readonly payers: PayerService,
    private readonly identity: IdentityService,
    private readonly vault: Vault,
  ) {}

  async write(tenant: Tenant, id: string, rowsMax = EXPORT_ROWS_MAX): Promise<void> {
    const timeZone = await this.identity.timeZoneOf(tenant.institution_id)
    for (;;) {
      const row = await this.exports.find(tenant, null, id)
      if (row?.status !== 'running') return
      const rows = await this.pages.page(row, PAGE_ROWS)
      if (row.rows_written + rows.length > rowsMax) return this.refuseSize(row, rowsMax)
      const isFirst = row.chunk_count === 0
      if (isFirst || rows.length > 0) {
        const text = (isFirst ? BOM + csvLine(headerOf(row.kind, row.language)) : '').concat(
          ...(await this.lines(row, rows, timeZone)),
        )
        if (!(await this.append(row, text, rows))) return
      }
      if (rows.length === 0) return this.pages.complete(row)
    }
  }

  /** The file, piece by piece. */
  async *read(row: ExportRow): AsyncGenerator<Buffer> {
    for (let position = 0; position < row.chunk_count; position += 1) {
      const sealed = await this.pages.chunk(row, position)
      if (!sealed) throw new Error(`the export ${row.id} lost its piece ${position}`)
      const text = await this.vault.open(row.institution_id, contextOf(row, position), sealed)
      yield Buffer.from(text)
    }
  }

  private async append(row: ExportRow, text: string, rows: readonly SourceRow[]): Promise<boolean> {
    const context = contextOf(row, row.chunk_count)
    return this.pages.append(row, {
      // Names and numbers of people lie here as they lie everywhere: encrypted.
      content: await this.vault.seal(row.institution_id, context, text),
      bytes: Buffer.byteLength(text),
      rows: rows.length,
      cursor: rows.at(-1)?.id ?? row.cursor,
    })
  }

  private async lines(
    row: ExportRow,
    rows: readonly SourceRow[],
    timeZone: string,
  ): Promise<string[]> {
    const people = await this.peopleOf(row, rows)
    return rows.map((one) => {
      const person = people.get(payerIdOf(row.kind, one) ?? '')
      return csvLine(cellsOf(row.kind, { ...one, ...person }, timeZone))
    })
  }

  private async peopleOf(
    row: ExportRow,
    rows: readonly SourceRow[],
  ): Promise<ReadonlyMap<string, PayerDetails>> {
    const ids = rows.map((one) => payerIdOf(row.kind, one)).filter((id) => id !== null)
    if (ids.length === 0) return new Map()
    return this.payers.detailsOf(row, [...new Set(ids)], row.personal_data === 'full')
  }

  private refuseSize(row: ExportRow, rowsMax: number): Promise<void> {
    const message = `More than ${rowsMax.toLocaleString('en')} rows fit. Ask for a shorter span with filters.created_at_gte and created_at_lt.`
    return this.pages.fail(row, 'export_too_large', message)
  }
}

const contextOf = ({ id }: ExportRow, position: number) => `export_chunks.content:${id}:${position}`

import { z } from 'zod'
import {
  Failure,
  Id,
  listOf,
  listQuery,
  objectFields,
  Timestamp,
  wireFailure,
  wireTime,
  wireTimeOrNull,
} from '../../../infra/http/wire.schema.js'
import {
  EXPORT_KINDS,
  EXPORT_LANGUAGES,
  EXPORT_STATUSES,
  type ExportRow,
  PERSONAL_DATA,
} from './export.types.js'

const Word = z
  .string()
  .max(40)
  .regex(/^[a-z_]+$/)

export const ExportFilters = z
  .strictObject({
    created_at_gte: Timestamp.optional(),
    created_at_lt: Timestamp.optional(),
    status: Word.optional().describe('Of payments, refunds, bills and checkouts.'),
    channel: Word.optional().describe('Of payments.'),
    payer: Id('payer').optional().describe('Of bills.'),
    fee_item: Id('item').optional().describe('Of bills.'),
    kind: Word.optional().describe('Of payers and ledger transactions.'),
  })
  .meta({ id: 'ExportFilters' })
export type ExportFilters = z.infer<typeof ExportFilters>

export const CreateExport = z
  .strictObject({
    kind: z.enum(EXPORT_KINDS).describe('What; needs the scope to read it.'),
    filters: ExportFilters.default({}).describe('Which; those of another kind are refused.'),
    language: z.enum(EXPORT_LANGUAGES).default('zh').describe('Of the first line.'),
    personal_data: z
      .enum(PERSONAL_DATA)
      .default('masked')
      .describe('Names and numbers of payers: masked, or in full, which needs payers:read.'),
  })
  .meta({ id: 'CreateExport' })
export type CreateExport = z.infer<typeof CreateExport>

export const Export = z
  .object({
    ...objectFields('exp', 'export'),
    kind: z.enum(EXPORT_KINDS),
    filters: ExportFilters,
    language: z.enum(EXPORT_LANGUAGES),
    personal_data: z.enum(PERSONAL_DATA),
    status: z.enum(EXPORT_STATUSES),
    rows: z.int().min(0).describe('Written so far; all of them when it is ready.'),
    bytes: z.int().min(0),
    failure: Failure.nullable(),
    requested_by: z.string().max(64).describe('The credential or person that asked for it.'),
    completed_at: Timestamp.nullable(),
    expires_at: Timestamp.describe('When the file is deleted.'),
  })
  .meta({ id: 'Export', description: 'Rows as a file, for spreadsheets.' })
export type Export = z.infer<typeof Export>

export const ExportList = listOf(Export).meta({ id: 'ExportList' })
export const ExportListQuery = listQuery('exp', { status: z.enum(EXPORT_STATUSES).optional() })
export type ExportListQuery = z.infer<typeof ExportListQuery>

export function toWireExport(row: ExportRow): Export {
  return {
    id: row.id,
    object: 'export',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    kind: row.kind,
    filters: row.filters,
    language: row.language,
    personal_data: row.personal_data,
    status: row.status,
    rows: row.rows_written,
    bytes: Number(row.bytes),
    failure: wireFailure(row.failure_code, row.failure_message),
    requested_by: row.requested_by,
    completed_at: wireTimeOrNull(row.completed_at),
    expires_at: wireTime(row.expires_at),
    metadata: {},
  }
}

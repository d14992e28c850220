import { assert } from '../../../kernel/assert.js'
import { toMajorText } from '../../../kernel/money.js'
import { safeText } from './csv.rules.js'
import type { ExportKind } from './export.types.js'
import { type ColumnForm, EXPORT_COLUMNS } from './export-columns.js'

const formats = new Map<string, Intl.DateTimeFormat>()

/** A row as the cells of a line, times in the institution's time zone. */
export function cellsOf(
  kind: ExportKind,
  row: Readonly<Record<string, unknown>>,
  timeZone: string,
): string[] {
  return EXPORT_COLUMNS[kind].map(({ of, form }) => cellOf(row[of], form, timeZone))
}

function cellOf(value: unknown, form: ColumnForm, timeZone: string): string {
  if (value === null || value === undefined) return ''
  if (form === 'time') {
    assert(value instanceof Date, 'a column of times holds times')
    return localTime(value, timeZone)
  }
  if (form === 'yuan' || form === 'fen') {
    assert(typeof value === 'bigint', 'a column of amounts holds amounts')
    return form === 'fen' ? String(value) : toMajorText(value)
  }
  // What we chose ourselves is no formula; what somebody else wrote may be one.
  return form === 'text' ? safeText(String(value)) : String(value)
}

/** As spreadsheets read it: 2026-11-23 08:30:00. */
function localTime(moment: Date, timeZone: string): string {
  let format = formats.get(timeZone)
  if (!format) {
    // Swedish writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    formats.set(timeZone, format)
  }
  return format.format(moment)
}

/** A page of rows, newest first, and whether there is more behind it. */
export interface Page<T> {
  readonly rows: readonly T[]
  readonly next_cursor: string | null
}

export interface PageRequest {
  readonly limit: number
  /** The id of the last row of the page before; ids sort by time, so it is the whole cursor. */
  readonly cursor: string | null
}

/** Cuts the extra row that was fetched to learn whether there is more. */
export function toPage<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return { rows: kept, next_cursor: rows.length > limit && last ? last.id : null }
}

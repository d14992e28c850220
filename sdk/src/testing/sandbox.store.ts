import type { PageData } from '../core/pagination.js'

/** Query parameters that every list has. */
export interface ListQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly 'created_at[gte]'?: string
  readonly 'created_at[lt]'?: string
}

/** What every object of the API carries, as far as lists care. */
interface WireObject {
  readonly id: string
  readonly created_at: string
}

/** The objects of one kind, in the order in which they were made. */
export class Table<Row extends { readonly wire: WireObject }> {
  readonly #rows = new Map<string, Row>()

  add(row: Row): Row {
    this.#rows.set(row.wire.id, row)
    return row
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id)
  }

  delete(id: string): void {
    this.#rows.delete(id)
  }

  find(isWanted: (row: Row) => boolean): Row | undefined {
    return this.all().find(isWanted)
  }

  filter(isWanted: (row: Row) => boolean): Row[] {
    return this.all().filter(isWanted)
  }

  all(): Row[] {
    return [...this.#rows.values()]
  }

  /** One page, newest first. Filters compare fields of the wire object, those left out ask nothing. */
  page(
    query: ListQuery,
    filters: Readonly<Record<string, unknown>>,
    isWanted: (wire: Row['wire']) => boolean = () => true,
  ): PageData<Row['wire']> {
    const { limit = 20, cursor, 'created_at[gte]': from, 'created_at[lt]': to } = query
    const wanted = Object.entries(filters).filter(([, value]) => value !== undefined)
    const found = this.all()
      .map(({ wire }) => wire)
      .filter(
        (wire) =>
          (cursor === undefined || wire.id < cursor) &&
          (from === undefined || Date.parse(wire.created_at) >= Date.parse(from)) &&
          (to === undefined || Date.parse(wire.created_at) < Date.parse(to)) &&
          wanted.every(([name, value]) => Reflect.get(wire, name) === value) &&
          isWanted(wire),
      )
      .sort((one, other) => (one.id < other.id ? 1 : -1))
    const data = found.slice(0, limit)
    const hasMore = found.length > limit
    const last = data.at(-1)?.id ?? null
    return { object: 'list', data, has_more: hasMore, next_cursor: hasMore ? last : null }
  }
}

/**
 * Whether a repeated create says what is known already. What it leaves out is not compared, because it may
 * have been a default at the time.
 */
export function saysTheSame(known: object, given: object): boolean {
  return Object.entries(given).every(
    ([field, value]) =>
      value === undefined || meaningOf(Reflect.get(known, field)) === meaningOf(value),
  )
}

/** One text per meaning: members in any order, times in any spelling. */
function meaningOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(meaningOf).join()}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${members.map(([key, member]) => `${key}:${meaningOf(member)}`).join()}}`
  }
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)
  return isTime ? String(Date.parse(value)) : JSON.stringify(value ?? null)
}

import { idFloor } from '../../kernel/id.js'

/** Which calls; null: all. */
export interface RequestLogFilter {
  readonly limit: number
  readonly cursor: string | null
  readonly created_at_gte: Date | null
  readonly created_at_lt: Date | null
  readonly status: number | null
  /** 4 for 400 to 499. */
  readonly status_class: number | null
  readonly method: string | null
  readonly route: string | null
  readonly path_prefix: string | null
  readonly path_contains: string | null
  readonly credential: string | null
  readonly caller_address: string | null
  readonly duration_us_gte: number | null
  readonly duration_us_lt: number | null
  readonly error_code: string | null
  readonly key_id: string | null
  readonly operator_id: string | null
  readonly idempotency_key: string | null
  readonly object_id: string | null
}

/** The conditions of a filter, and their values after those that are there already. */
export function parametersOf(
  first: readonly unknown[],
  filter: RequestLogFilter,
): { readonly conditions: readonly string[]; readonly values: readonly unknown[] } {
  const values = [...first]
  const conditions = conditionsOf(filter).map(([condition, value]) => {
    values.push(value)
    return condition.replace('?', `$${values.length}`)
  })
  return { conditions, values }
}

function conditionsOf(filter: RequestLogFilter): (readonly [string, unknown])[] {
  const { cursor, created_at_gte: since, created_at_lt: until, path_prefix: prefix } = filter
  const hundreds = filter.status_class && filter.status_class * 100
  const all: readonly (readonly [string, unknown])[] = [
    ['id < ?', cursor],
    ['id >= ?', since && idAt(since)],
    ['id < ?', until && idAt(until)],
    ['status = ?', filter.status],
    ['status >= ?', hundreds],
    ['status <= ?', hundreds && hundreds + 99],
    ['method = ?', filter.method],
    ['route = ?', filter.route],
    ['starts_with(path, ?)', prefix],
    ['strpos(path, ?) > 0', filter.path_contains],
    ['credential = ?', filter.credential],
    ['caller_address = ?', filter.caller_address],
    ['duration_us >= ?', filter.duration_us_gte],
    ['duration_us < ?', filter.duration_us_lt],
    ['error_code = ?', filter.error_code],
    ['key_id = ?', filter.key_id],
    ['operator_id = ?', filter.operator_id],
    ['idempotency_key = ?', filter.idempotency_key],
    ['object_id = ?', filter.object_id],
  ]
  return all.filter(([, value]) => value !== null)
}

/** Where a moment lies among the ids; none is older than 1970. */
export function idAt(moment: Date): string {
  return idFloor('req', Math.max(0, moment.getTime()))
}

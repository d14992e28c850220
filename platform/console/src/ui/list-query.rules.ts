const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000
/** Days are Beijing's, as in every amount of the books; China has no daylight saving time. */
const SHANGHAI = '+08:00'

/**
 * Filters of the address → query of the API. `from` and `to` are days and become the instants between which an
 * object was created, the last day included; everything else goes as it is, and the API judges it.
 */
export function toListQuery(
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === '') continue
    if (name === 'from') assign(query, 'created_at[gte]', startOf(value, 0))
    else if (name === 'to') assign(query, 'created_at[lt]', startOf(value, 1))
    else query[name] = value
  }
  return query
}

/** Midnight in Beijing of a day, or of a day later; null for what is no day. */
function startOf(day: string, daysLater: number): string | null {
  const atMs = DAY.test(day) ? Date.parse(`${day}T00:00:00${SHANGHAI}`) : Number.NaN
  return Number.isNaN(atMs) ? null : new Date(atMs + daysLater * DAY_MS).toISOString()
}

function assign(query: Record<string, string>, name: string, value: string | null): void {
  if (value !== null) query[name] = value
}

/**
 * Whether a repeated create says what is known already: the caller's own number makes it the same
 * object only then. What the caller leaves out is not compared, for it may have been a default at
 * the time or may have been changed since.
 */
export function saysTheSame(
  known: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(given).every(
    ([field, value]) => value === undefined || meaningOf(known[field]) === meaningOf(value),
  )
}

/** One text per meaning: objects in any order of their keys, moments in any spelling. */
function meaningOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `[${value.map(meaningOf).join()}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${meaningOf(member)}`).join()}}`
  }
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value ?? null)
}

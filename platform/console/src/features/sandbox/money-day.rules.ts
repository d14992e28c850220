const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Business days are those of Shanghai. */
const SHANGHAI_MS = 8 * HOUR_MS
/** The latest of the channels gives its statement of yesterday before ten; an hour is left for good measure. */
const STATEMENT_MS = 11 * HOUR_MS

export type MomentName = 'soon' | 'expiry' | 'hours' | 'day_end' | 'statement' | 'next_day'

export interface Moment {
  readonly name: MomentName
  readonly at: Date
}

/** What lies ahead of a clock, in order: where a developer would want to go next. */
export function momentsAfter(now: Date): Moment[] {
  const nowMs = now.getTime()
  const midnightMs = Math.floor((nowMs + SHANGHAI_MS) / DAY_MS) * DAY_MS + DAY_MS - SHANGHAI_MS
  const moments: [MomentName, number][] = [
    ['soon', nowMs + MINUTE_MS],
    ['expiry', nowMs + 31 * MINUTE_MS],
    ['hours', nowMs + 6 * HOUR_MS],
    ['day_end', midnightMs + MINUTE_MS],
    ['statement', midnightMs + STATEMENT_MS],
    ['next_day', midnightMs + DAY_MS + STATEMENT_MS],
  ]
  return moments
    .sort(([, one], [, other]) => one - other)
    .map(([name, atMs]) => ({ name, at: new Date(atMs) }))
}

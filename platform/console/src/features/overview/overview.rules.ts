import type { Overview } from '@openbursar/sdk'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export type SpanName = 'day' | 'week' | 'month'
export const SPANS: readonly SpanName[] = ['day', 'week', 'month']

export function isSpan(text: string | null): text is SpanName {
  return text === 'day' || text === 'week' || text === 'month'
}

/** What to ask for: hours of a day, days of a week or month. */
export function spanQuery(span: SpanName, now: Date): { from: string; interval: 'hour' | 'day' } {
  const lengthMs = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS }[span]
  const from = new Date(now.getTime() - lengthMs + HOUR_MS)
  return { from: from.toISOString(), interval: span === 'day' ? 'hour' : 'day' }
}

export interface ChartPoint {
  readonly start: string
  /** Of the axis: the hour, or month and day, in Beijing. */
  readonly label: string
  /** For the height of a bar alone; what is read is `amountMinor`. */
  readonly height: number
  readonly amountMinor: bigint
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
}

/** One currency at a time: amounts of two are never added up. */
export function chartPoints(overview: Overview, currency: string): ChartPoint[] {
  return overview.buckets.map(({ start, succeeded, api }) => {
    const own = succeeded.find((money) => money.currency === currency)
    const amountMinor = BigInt(own?.amount ?? 0)
    return {
      start,
      label: labelOf(start, overview.interval),
      height: Number(amountMinor) / 100,
      amountMinor,
      count: own?.count ?? 0,
      p50: api?.p50_ms ?? null,
      p95: api?.p95_ms ?? null,
    }
  })
}

/** The currency of most payments; yuan where there are none. */
export function mainCurrency({ total }: Overview): string {
  const [first] = total.succeeded.toSorted((one, other) => other.count - one.count)
  return first?.currency ?? 'CNY'
}

function labelOf(start: string, interval: Overview['interval']): string {
  const local = new Date(Date.parse(start) + 8 * HOUR_MS).toISOString()
  return interval === 'hour' ? local.slice(11, 16) : local.slice(5, 10)
}

/** `98.4%`, never rounded up to a hundred while something failed. */
export function rateText(rate: number | null): string {
  if (rate === null) return '—'
  if (rate === 1) return '100%'
  return `${(Math.floor(rate * 1000) / 10).toFixed(1)}%`
}

export function millisecondsText(milliseconds: number | null): string {
  if (milliseconds === null) return '—'
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return `${(milliseconds / 60_000).toFixed(1)} min`
}

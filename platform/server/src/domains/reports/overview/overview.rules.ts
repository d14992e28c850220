import { wireAmount } from '../../../infra/http/wire.schema.js'
import { CODES_MAX, type Overview, type OverviewBucket } from './overview.schema.js'
import type {
  CallCounts,
  CallTimes,
  EndpointHealth,
  LatencyRow,
  PaymentGroup,
  RefundGroup,
} from './overview.types.js'

/** What was counted, as it came from the database. */
export interface OverviewParts {
  readonly payments: readonly PaymentGroup[]
  readonly refunds: readonly RefundGroup[]
  readonly latencies: readonly LatencyRow[]
  readonly counts: readonly CallCounts[]
  readonly times: readonly CallTimes[]
}

type Span = Omit<OverviewBucket, 'start'>
const ENDED: readonly string[] = ['succeeded', 'failed', 'closed']

/** One bucket, or, without one, all of them together. */
export function spanOf(parts: OverviewParts, bucket: Date | null, hasLog: boolean): Span {
  const isHere = (row: { readonly bucket: Date | null }) =>
    bucket === null || row.bucket?.getTime() === bucket.getTime()
  const isExactly = (row: { readonly bucket: Date | null }) =>
    bucket === null ? row.bucket === null : isHere(row)
  const payments = parts.payments.filter(isHere)
  const succeeded = payments.filter(({ status }) => status === 'succeeded')
  const ended = countOf(payments.filter(({ status }) => ENDED.includes(status)))
  const latency = parts.latencies.find(isExactly)
  return {
    payments_created: countOf(payments),
    payments_ended: ended,
    succeeded: moneyOf(succeeded),
    refunded: moneyOf(parts.refunds.filter(isHere)),
    success_rate: rateOf(countOf(succeeded), ended),
    time_to_success: {
      count: latency?.count ?? 0,
      median_ms: roundedOrNull(latency?.median_ms),
      p95_ms: roundedOrNull(latency?.p95_ms),
    },
    api: hasLog ? apiOf(parts.counts.filter(isHere), parts.times.find(isExactly)) : null,
  }
}

export function channelsOf(payments: readonly PaymentGroup[]): Overview['channels'] {
  return [...new Set(payments.map(({ channel }) => channel))].sort().map((channel) => {
    const own = payments.filter((group) => group.channel === channel)
    const inStatus = (status: string) => own.filter((group) => group.status === status)
    const [succeeded, failed, closed] = ['succeeded', 'failed', 'closed'].map((status) =>
      countOf(inStatus(status)),
    )
    const ended = (succeeded ?? 0) + (failed ?? 0) + (closed ?? 0)
    return {
      channel,
      created: countOf(own),
      succeeded: succeeded ?? 0,
      failed: failed ?? 0,
      closed: closed ?? 0,
      open: countOf(own) - ended,
      success_rate: rateOf(succeeded ?? 0, ended),
      money: moneyOf(inStatus('succeeded')),
    }
  })
}

export function failuresOf(payments: readonly PaymentGroup[]): Overview['payment_failures'] {
  const counts = new Map<string, number>()
  for (const { status, failure_code: code, count } of payments) {
    if (status === 'failed' && code !== null) counts.set(code, (counts.get(code) ?? 0) + count)
  }
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((left, right) => right.count - left.count || (left.code < right.code ? -1 : 1))
    .slice(0, CODES_MAX)
}

export function webhookOf(health: EndpointHealth): NonNullable<Overview['webhooks']>[number] {
  return {
    ...health,
    delivery_rate: rateOf(health.delivered, health.deliveries - health.pending),
  }
}

function apiOf(counts: readonly CallCounts[], times: CallTimes | undefined): Span['api'] {
  const sum = (member: 'calls' | 'client_errors' | 'server_errors') =>
    counts.reduce((total, row) => total + row[member], 0)
  return {
    calls: sum('calls'),
    client_errors: sum('client_errors'),
    server_errors: sum('server_errors'),
    sampled: times?.sampled ?? 0,
    p50_ms: times?.p50_us == null ? null : times.p50_us / 1000,
    p95_ms: times?.p95_us == null ? null : times.p95_us / 1000,
  }
}

function countOf(groups: readonly { readonly count: number }[]): number {
  return groups.reduce((total, { count }) => total + count, 0)
}

function moneyOf(
  groups: readonly { readonly currency: string; readonly count: number; readonly amount: bigint }[],
): Span['succeeded'] {
  return [...new Set(groups.map(({ currency }) => currency))].sort().map((currency) => {
    const own = groups.filter((group) => group.currency === currency)
    const amount = own.reduce((total, group) => total + group.amount, 0n)
    return { currency, count: countOf(own), amount: wireAmount(amount) }
  })
}

/** Four digits are more than anybody reads. */
function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000
}

function roundedOrNull(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value)
}

/** A span of time, cut into buckets that begin with the institution's hours or days. */
export interface OverviewSpan {
  readonly from: Date
  readonly to: Date
  readonly interval: 'hour' | 'day'
  readonly time_zone: string
}

export interface PaymentGroup {
  readonly bucket: Date
  readonly currency: string
  readonly channel: string
  readonly status: string
  readonly failure_code: string | null
  readonly count: number
  readonly amount: bigint
}

export interface RefundGroup {
  readonly bucket: Date
  readonly currency: string
  readonly count: number
  readonly amount: bigint
}

/** Without a bucket: of the whole span. */
export interface LatencyRow {
  readonly bucket: Date | null
  readonly count: number
  readonly median_ms: number | null
  readonly p95_ms: number | null
}

export interface CallCounts {
  readonly bucket: Date
  readonly calls: number
  readonly client_errors: number
  readonly server_errors: number
}

export interface CallTimes {
  readonly bucket: Date | null
  readonly sampled: number
  readonly p50_us: number | null
  readonly p95_us: number | null
}

export interface CodeCount {
  readonly code: string
  readonly count: number
}

export interface EndpointHealth {
  readonly endpoint: string
  readonly url: string
  readonly status: string
  readonly deliveries: number
  readonly delivered: number
  readonly at_first_try: number
  readonly pending: number
  readonly exhausted: number
  readonly cancelled: number
}

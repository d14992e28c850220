import { z } from 'zod'
import { AmountOrZero, Currency, Id, Timestamp } from '../../../infra/http/wire.schema.js'

export const OVERVIEW_BUCKETS_MAX = 200
const CHANNELS_MAX = 20
export const CODES_MAX = 20
const ENDPOINTS_MAX = 100
const CURRENCIES_MAX = 20

export const OverviewQuery = z.strictObject({
  from: Timestamp.optional().describe(
    'Taken back to the beginning of its hour or day. A day before `to`, or 30 days with interval=day.',
  ),
  to: Timestamp.optional().describe('Exclusive; now unless said.'),
  interval: z
    .enum(['hour', 'day'])
    .optional()
    .describe(
      'hour: at most 7 days; day: at most 93. hour unless the range is longer than 2 days.',
    ),
})
export type OverviewQuery = z.infer<typeof OverviewQuery>

const Count = z.int().min(0)
const Rate = z.number().min(0).max(1).nullable()

const Money = z
  .object({ currency: Currency, count: Count, amount: AmountOrZero })
  .meta({ id: 'OverviewMoney' })

const Latency = z
  .object({
    count: Count.describe('How many it was measured on.'),
    median_ms: Count.nullable(),
    p95_ms: Count.nullable(),
  })
  .meta({ id: 'OverviewLatency' })

const Api = z
  .object({
    calls: Count,
    client_errors: Count.describe('Answers 4xx.'),
    server_errors: Count.describe('Answers 5xx.'),
    sampled: Count.describe('On how many calls the two times rest; spread over the whole span.'),
    p50_ms: z.number().min(0).nullable(),
    p95_ms: z.number().min(0).nullable(),
  })
  .meta({ id: 'OverviewApi' })

const span = {
  payments_created: Count,
  payments_ended: Count.describe('Of those: succeeded, failed or closed by now.'),
  succeeded: z.array(Money).max(CURRENCIES_MAX).describe('Of those: the money that came.'),
  refunded: z.array(Money).max(CURRENCIES_MAX).describe('Refunds asked for here that succeeded.'),
  success_rate: Rate.describe('Succeeded of those that ended; null: none did.'),
  time_to_success: Latency,
  api: Api.nullable().describe('null: longer ago than the log is kept.'),
}

const Bucket = z.object({ start: Timestamp, ...span }).meta({ id: 'OverviewBucket' })
export type OverviewBucket = z.infer<typeof Bucket>

const ByCode = z
  .object({ code: z.string().max(200), count: Count })
  .meta({ id: 'OverviewCode', description: 'How often; the most frequent first.' })

export const Overview = z
  .object({
    object: z.literal('overview'),
    livemode: z.boolean(),
    from: Timestamp,
    to: Timestamp,
    interval: z.enum(['hour', 'day']),
    time_zone: z.string().max(64).describe('Of the institution: its days begin the buckets.'),
    total: z.object(span),
    buckets: z.array(Bucket).max(OVERVIEW_BUCKETS_MAX).describe('By when a payment was created.'),
    channels: z
      .array(
        z.object({
          channel: z.string().max(40).describe('none: the payer never chose one.'),
          ...{ created: Count, succeeded: Count, failed: Count, closed: Count, open: Count },
          success_rate: Rate,
          money: z.array(Money).max(CURRENCIES_MAX),
        }),
      )
      .max(CHANNELS_MAX),
    payment_failures: z.array(ByCode).max(CODES_MAX),
    api_errors: z.array(ByCode).max(CODES_MAX).nullable().describe('null: needs logs:read.'),
    webhooks: z
      .array(
        z.object({
          endpoint: Id('whk'),
          url: z.string().max(2048),
          status: z.string().max(20),
          ...{ deliveries: Count, delivered: Count, at_first_try: Count, pending: Count },
          ...{ exhausted: Count, cancelled: Count },
          delivery_rate: Rate.describe('Delivered of those that are not pending.'),
        }),
      )
      .max(ENDPOINTS_MAX)
      .nullable()
      .describe('Of the events of this span; null: needs webhooks:read.'),
  })
  .meta({ id: 'Overview' })
export type Overview = z.infer<typeof Overview>

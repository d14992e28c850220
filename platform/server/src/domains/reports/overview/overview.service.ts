import { Inject, Injectable } from '@nestjs/common'
import type { Caller } from '../../../infra/http/caller.js'
import { HttpError } from '../../../infra/http/http.errors.js'
import { wireTime } from '../../../infra/http/wire.schema.js'
import { APP_CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { IdentityService } from '../../identity/identity.service.js'
import { OverviewRepository } from './overview.repository.js'
import { channelsOf, failuresOf, spanOf, webhookOf } from './overview.rules.js'
import type { Overview, OverviewQuery } from './overview.schema.js'
import type { OverviewSpan } from './overview.types.js'
import { OverviewCallsRepository } from './overview-calls.repository.js'
import { RecentAnswers } from './recent-answers.js'

const DAY_MS = 86_400_000
/** Bounds what one question may cost: at most so many days by the hour, and by the day. */
const DAYS_MAX = { hour: 7, day: 93 } as const
const RECENT_MS = 5_000
const LATE_MS = 60_000
const HOURLY_UP_TO_MS = 2 * DAY_MS
/** As long as the request log is kept. */
const LOG_KEPT_MS = 30 * DAY_MS

/** An app's numbers, over time. What they mean exactly: docs/decisions/0023-overview-numbers.md. */
@Injectable()
export class OverviewService {
  private readonly recent = new RecentAnswers<Overview>(RECENT_MS)

  constructor(
    private readonly overview: OverviewRepository,
    private readonly calls: OverviewCallsRepository,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What was counted a moment ago is not counted again: many screens show one app's numbers at once.
   * @throws HttpError field_out_of_range
   */
  get(caller: Caller, query: OverviewQuery): Promise<Overview> {
    return this.recent.get(keyOf(caller, query), () => this.count(caller, query))
  }

  private async count(caller: Caller, query: OverviewQuery): Promise<Overview> {
    const asked = await this.spanOf(caller, query)
    const buckets = await this.overview.buckets(asked)
    const span = { ...asked, from: buckets[0] ?? asked.from }
    const hasLog = caller.scopes.has('logs:read')
    const logged = hasLog ? buckets.filter((start) => isInLog(start, this.clock.now())) : []
    const [payments, latencies, refunds, counts, times, errors, webhooks] = await Promise.all([
      this.overview.payments(caller, span),
      this.overview.timesToSuccess(caller, span),
      caller.scopes.has('refunds:read') ? this.overview.refunds(caller, span) : [],
      logged.length === 0 ? [] : this.calls.counts(caller, logged, span.to),
      logged.length === 0 ? [] : this.calls.times(caller, logged, span.to),
      hasLog ? this.calls.errors(caller, span) : null,
      caller.scopes.has('webhooks:read') ? this.overview.webhooks(caller, span) : null,
    ])
    const parts = { payments, latencies, refunds, counts, times }
    return {
      object: 'overview',
      livemode: caller.livemode,
      from: wireTime(span.from),
      to: wireTime(span.to),
      interval: span.interval,
      time_zone: span.time_zone,
      total: spanOf(parts, null, logged.length > 0),
      buckets: buckets.map((start) => ({
        start: wireTime(start),
        ...spanOf(parts, start, logged.includes(start)),
      })),
      channels: channelsOf(payments),
      payment_failures: failuresOf(payments),
      api_errors: errors,
      webhooks: webhooks?.map(webhookOf) ?? null,
    }
  }

  private async spanOf(caller: Caller, query: OverviewQuery): Promise<OverviewSpan> {
    const to = query.to === undefined ? this.clock.now() : new Date(query.to)
    const defaultMs = query.interval === 'day' ? 30 * DAY_MS : DAY_MS
    const from =
      query.from === undefined ? new Date(to.getTime() - defaultMs) : new Date(query.from)
    const lengthMs = to.getTime() - from.getTime()
    const interval = query.interval ?? (lengthMs <= HOURLY_UP_TO_MS ? 'hour' : 'day')
    const days = DAYS_MAX[interval]
    if (lengthMs <= 0) throw outOfRange('/to', 'must be later than from.')
    // Somebody's "seven days ago" was a moment ago.
    if (lengthMs > days * DAY_MS + LATE_MS) {
      throw outOfRange('/from', `must be at most ${days} days before to with interval=${interval}.`)
    }
    return { from, to, interval, time_zone: await this.identity.timeZoneOf(caller.institution_id) }
  }
}

/** Everything that an answer depends on. */
function keyOf({ institution_id, livemode, app_id, scopes }: Caller, query: OverviewQuery): string {
  const parts = ['logs:read', 'refunds:read', 'webhooks:read'].map((scope) => scopes.has(scope))
  return JSON.stringify([institution_id, livemode, app_id, parts, query])
}

const isInLog = (start: Date, now: Date) => start.getTime() > now.getTime() - LOG_KEPT_MS

function outOfRange(pointer: string, detail: string): HttpError {
  const code = 'field_out_of_range'
  return new HttpError(code, `${pointer.slice(1)} ${detail}`, {
    errors: [{ pointer, code, detail }],
  })
}

import type { Caller } from '../../infra/http/caller.js'
import type { Bucket, Buckets, Rate, Taken } from './token-bucket.js'

/** Null: no limit. */
export interface CallerRates {
  readonly key: Rate | null
  readonly institution: Rate | null
}

/** `"default"` is the limit of the key, or of the person; the institution's is shared by all of its keys of one mode. */
interface Policy {
  readonly label: 'default' | 'institution'
  readonly rate: Rate
  nameFor(caller: Caller): string
}

export interface Verdict {
  /** 0: the request may pass. */
  readonly waitMs: number
  /** The values of `RateLimit-Policy` and `RateLimit`. */
  readonly policy: string
  readonly state: string
}

/** Counts what callers do. Test traffic has buckets of its own and never slows live traffic down. */
export class RateLimiter {
  private readonly policies: readonly Policy[]
  private readonly policyField: string

  constructor(
    { key, institution }: CallerRates,
    private readonly buckets: Buckets,
  ) {
    this.policies = [
      ...(key ? [policyOf('default', key, (caller) => caller.actor_id)] : []),
      ...(institution ? [policyOf('institution', institution, institutionName)] : []),
    ]
    this.policyField = this.policies
      .map(
        ({ label, rate }) =>
          `"${label}";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`,
      )
      .join(', ')
  }

  /** Null: nothing limits this caller. Not a promise while the buckets are in memory. */
  take(caller: Caller): Verdict | null | Promise<Verdict> {
    if (this.policies.length === 0) return null
    const buckets: Bucket[] = []
    for (const policy of this.policies) {
      buckets.push({ name: policy.nameFor(caller), rate: policy.rate })
    }
    const taken = this.buckets.take(buckets)
    return taken instanceof Promise
      ? taken.then((later) => this.verdictOf(later))
      : this.verdictOf(taken)
  }

  /** Tells of the bucket that will be empty first: the other one cannot be what stops the caller. */
  private verdictOf({ levels, waitMs }: Taken): Verdict {
    let label = 'default'
    let remaining = Number.POSITIVE_INFINITY
    let fullInMs = 0
    for (const [index, policy] of this.policies.entries()) {
      const level = levels[index]
      if (!level || level.remaining >= remaining) continue
      label = policy.label
      remaining = level.remaining
      fullInMs = level.fullInMs
    }
    const state = `"${label}";r=${remaining};t=${Math.ceil(fullInMs / 1000)}`
    return { waitMs, policy: this.policyField, state }
  }
}

function policyOf(label: Policy['label'], rate: Rate, nameFor: (caller: Caller) => string): Policy {
  return { label, rate, nameFor }
}

function institutionName({ institution_id, livemode }: Caller): string {
  return livemode ? institution_id : `${institution_id}:test`
}

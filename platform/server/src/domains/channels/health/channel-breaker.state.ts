export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const
export type BreakerState = (typeof BREAKER_STATES)[number]

/**
 * tripped: too many calls in a row, or too large a part of them, had no readable answer. admitted: the wait
 * is over and one order may try. order_answered, order_failed: what became of an order. checked: a person
 * tried the account and it worked.
 */
export const BREAKER_TRIGGERS = [
  'tripped',
  'admitted',
  'order_answered',
  'order_failed',
  'checked',
] as const
export type BreakerTrigger = (typeof BREAKER_TRIGGERS)[number]

/**
 * The only place that says how a circuit breaker may move; a missing entry means "stays". While it is open
 * no order is sent, so an answer to an order is one that was under way, and good news all the same.
 */
export const BREAKER_TRANSITIONS: Record<
  BreakerState,
  Partial<Record<BreakerTrigger, BreakerState>>
> = {
  closed: { tripped: 'open' },
  open: { admitted: 'half_open', order_answered: 'closed', checked: 'half_open' },
  half_open: {
    // The one that tried never said what became of it: another one may try.
    admitted: 'half_open',
    order_answered: 'closed',
    order_failed: 'open',
    checked: 'half_open',
  },
}

/** The next state, or null when nothing moves. */
export function nextBreakerState(
  state: BreakerState,
  trigger: BreakerTrigger,
): BreakerState | null {
  return BREAKER_TRANSITIONS[state][trigger] ?? null
}

const RETRY_FIRST_MS = 5_000
const RETRY_MAX_MS = 60_000
/** A call gives up after 10 s; one that has said nothing after this is not coming back. */
export const TRIAL_MS = 15_000

/** How long an account that opened this often in a row is left alone. */
export function retryDelayMs(trips: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.max(0, Math.min(trips, 10) - 1))
}

/** What a breaker remembers besides its state. */
export interface Breaker {
  readonly state: BreakerState
  readonly since: Date
  readonly trips: number
  /** Open: when one order may try. Half open: when the one that tries is given up. */
  readonly retry_at: Date
}

/** The breaker after a trigger, or null when nothing moves. An account without one is closed. */
export function movedBreaker(
  breaker: Breaker | null,
  trigger: BreakerTrigger,
  now: Date,
): Breaker | null {
  const state = nextBreakerState(breaker?.state ?? 'closed', trigger)
  if (!state) return null
  const isUnwell = breaker !== null && breaker.state !== 'closed' && state !== 'closed'
  const since = isUnwell ? breaker.since : now
  const trips = breaker?.trips ?? 0
  switch (state) {
    case 'closed':
      return { state, since, trips: 0, retry_at: now }
    case 'open': {
      const opened = trips + 1
      return {
        state,
        since,
        trips: opened,
        retry_at: new Date(now.getTime() + retryDelayMs(opened)),
      }
    }
    case 'half_open': {
      // After a check nobody is trying yet: the next order may, at once.
      const waitMs = trigger === 'checked' ? 0 : TRIAL_MS
      return { state, since, trips, retry_at: new Date(now.getTime() + waitMs) }
    }
  }
}

/** What an order may do with an account: be sent, be the one that tries, or go elsewhere. */
export function admissionOf(breaker: Breaker | null, now: Date): 'take' | 'try' | 'avoid' {
  if (!breaker || breaker.state === 'closed') return 'take'
  return breaker.retry_at <= now ? 'try' : 'avoid'
}

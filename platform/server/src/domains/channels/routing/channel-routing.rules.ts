import type { ChannelCode, ChannelMethod } from '../channel.port.js'
import { admissionOf, type Breaker } from '../health/channel-breaker.state.js'

/** What decides where a payment goes. */
export interface RoutingRequest {
  readonly channel: ChannelCode
  readonly method: ChannelMethod
  readonly department_id: string
  readonly app_id: string
  /** Of every bill it pays; empty for a direct amount. */
  readonly fee_item_ids: readonly string[]
  readonly amount: bigint
}

/** An account as routing sees it: nothing secret. */
export interface RoutableAccount {
  readonly id: string
  readonly channel: string
  readonly department_id: string | null
  /** The app with a test clock that alone uses it; null: every app. */
  readonly app_id: string | null
  readonly status: string
}

/** A row of `channel_routes`, without what is for people. */
export interface RoutingRule {
  readonly id: string
  readonly account_id: string
  readonly position: number
  readonly weight: number
  readonly department_id: string | null
  readonly fee_item_id: string | null
  readonly amount_min: bigint | null
  readonly amount_max: bigint | null
  /** Empty: all. */
  readonly methods: readonly string[]
}

/** What an institution has in one mode. */
export interface RoutingTable {
  readonly accounts: readonly RoutableAccount[]
  readonly rules: readonly RoutingRule[]
  readonly breakers: ReadonlyMap<string, Breaker>
}

export interface RouteChoice {
  readonly account_id: string
  /** `try`: its breaker lets one order through; whoever asks must first get hold of that. */
  readonly admission: 'take' | 'try'
}

export type RouteRefusal =
  | 'channel_account_missing'
  | 'channel_account_unusable'
  | 'channel_unavailable'

/** The accounts that may take the payment, best first; or why there is none. */
export type RouteDecision =
  | { readonly kind: 'choices'; readonly choices: readonly RouteChoice[] }
  | { readonly kind: 'refused'; readonly code: RouteRefusal }

const ROUTABLE: readonly string[] = ['active', 'unverified']

/**
 * Rules first, in their order; then the department's own account, then the institution's, of several the
 * newest. Accounts whose breaker is open are left out. An account of one department never takes the money of
 * another, whatever a rule says. An app with accounts of its own uses no other account of that channel, and nobody
 * else uses them.
 * @param share of those who share a position by weight, 0 ≤ share < 1
 */
export function decideRoute(
  request: RoutingRequest,
  { accounts, rules, breakers }: RoutingTable,
  share: number,
  now: Date,
): RouteDecision {
  const fitting = ownFirst(accounts, request).filter(
    (account) =>
      account.channel === request.channel &&
      account.status !== 'disabled' &&
      (account.department_id === null || account.department_id === request.department_id),
  )
  const byId = new Map(fitting.map((account) => [account.id, account]))
  // A rule whose account cannot take this payment has no part in the weights either.
  const speaking = rules.filter(({ account_id }) => byId.has(account_id))
  const wanted = new Set([
    ...accountsByRule(request, speaking, share),
    ...accountsByDefault(fitting),
  ])
  const all = [...wanted].flatMap((id) => byId.get(id) ?? [])
  const usable = all.filter(({ status }) => ROUTABLE.includes(status))
  const choices = usable.flatMap(({ id }): RouteChoice[] => {
    const admission = admissionOf(breakers.get(id) ?? null, now)
    return admission === 'avoid' ? [] : [{ account_id: id, admission }]
  })
  if (choices.length > 0) return { kind: 'choices', choices }
  if (usable.length > 0) return { kind: 'refused', code: 'channel_unavailable' }
  const code = all.length > 0 ? 'channel_account_unusable' : 'channel_account_missing'
  return { kind: 'refused', code }
}

/** The app's own accounts of the channel, when it has any that take orders; otherwise everybody's. */
function ownFirst(
  accounts: readonly RoutableAccount[],
  { app_id, channel }: RoutingRequest,
): readonly RoutableAccount[] {
  const own = accounts.filter(
    (account) =>
      account.app_id === app_id && account.channel === channel && account.status !== 'disabled',
  )
  return own.length > 0 ? own : accounts.filter((account) => account.app_id === null)
}

/** Whether a rule speaks of this payment. One about a fee item wants every bill to be of it. */
export function matchesRule(rule: RoutingRule, request: RoutingRequest): boolean {
  const { department_id, fee_item_id, amount_min, amount_max, methods } = rule
  if (department_id !== null && department_id !== request.department_id) return false
  if (amount_min !== null && request.amount < amount_min) return false
  if (amount_max !== null && request.amount > amount_max) return false
  if (methods.length > 0 && !methods.includes(request.method)) return false
  if (fee_item_id === null) return true
  const items = request.fee_item_ids
  return items.length > 0 && items.every((id) => id === fee_item_id)
}

function accountsByRule(
  request: RoutingRequest,
  rules: readonly RoutingRule[],
  share: number,
): string[] {
  const matching = rules.filter((rule) => matchesRule(rule, request))
  const positions = [...new Set(matching.map(({ position }) => position))].sort((a, b) => a - b)
  return positions.flatMap((position) => {
    const group = matching
      .filter((rule) => rule.position === position)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    return sharedOut(group, share).map(({ account_id }) => account_id)
  })
}

/** The one whose part of the weights the share falls into, then the others as they stand after it. */
function sharedOut(group: readonly RoutingRule[], share: number): RoutingRule[] {
  const total = group.reduce((sum, { weight }) => sum + weight, 0)
  let end = 0
  const index = group.findIndex(({ weight }) => {
    end += weight
    return share * total < end
  })
  const first = Math.max(0, index)
  return [...group.slice(first), ...group.slice(0, first)]
}

function accountsByDefault(fitting: readonly RoutableAccount[]): string[] {
  const newestFirst = [...fitting].sort((a, b) => (a.id < b.id ? 1 : -1))
  const own = newestFirst.filter(({ department_id }) => department_id !== null)
  const shared = newestFirst.filter(({ department_id }) => department_id === null)
  return [...own, ...shared].map(({ id }) => id)
}

const SHARES = 2 ** 20

/** Where a payment falls between 0 and 1: by its id, so that the same payment always falls there. */
export function shareOf(paymentId: string): number {
  // FNV-1a: spreads ids that differ in their last characters only.
  let hash = 0x811c9dc5
  for (let index = 0; index < paymentId.length; index++) {
    hash = Math.imul(hash ^ paymentId.charCodeAt(index), 0x01000193) >>> 0
  }
  return (hash % SHARES) / SHARES
}

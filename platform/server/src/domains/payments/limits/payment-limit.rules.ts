import type {
  LimitClaim,
  LimitDimension,
  LimitedPart,
  LimitedPayment,
  LimitUsage,
  PaymentLimitRow,
} from './payment-limit.types.js'

/** Which limits: those that hang on the channel are only known once it is chosen. */
export type LimitMoment = 'creation' | 'channel'

/** Whether a limit depends on the channel. */
export function isOfChannel(limit: Pick<PaymentLimitRow, 'channel' | 'per'>): boolean {
  return limit.channel !== null || limit.per.includes('channel')
}

/**
 * What a payment uses of each limit, ordered as their counters are locked. A payment with several payers or fee
 * items counts for each of them with its own parts. What a limit counts by and a part does not have, such
 * as the payer of a direct amount, is not counted.
 */
export function claimsOf(
  limits: readonly PaymentLimitRow[],
  payment: LimitedPayment,
): LimitClaim[] {
  return limits
    .filter(({ status, currency }) => status === 'active' && currency === payment.currency)
    .flatMap((limit) => claimsOfLimit(limit, payment))
    .sort(byLockOrder)
}

/** Those of a moment. The channel is there at creation already when the app chose it. */
export function claimsAt(
  moment: LimitMoment,
  limits: readonly PaymentLimitRow[],
  payment: LimitedPayment,
): LimitClaim[] {
  const wanted = moment === 'channel' ? limits.filter(isOfChannel) : limits
  return claimsOf(wanted, payment)
}

function claimsOfLimit(limit: PaymentLimitRow, payment: LimitedPayment): LimitClaim[] {
  if (isOfChannel(limit) && payment.channel === null) return []
  if (limit.channel !== null && limit.channel !== payment.channel) return []
  const amounts = new Map<string, bigint>()
  for (const part of payment.parts) {
    const key = matches(limit, part) ? keyOf(limit, part, payment.channel) : null
    if (key !== null) amounts.set(key, (amounts.get(key) ?? 0n) + part.amount)
  }
  return [...amounts].map(([key, amount]) => ({ limit, key, amount }))
}

function matches(limit: PaymentLimitRow, part: LimitedPart): boolean {
  const fits = (wanted: string | null, value: string | null) => wanted === null || wanted === value
  return (
    fits(limit.payer_id, part.payer_id) &&
    fits(limit.fee_item_id, part.fee_item_id) &&
    fits(limit.department_id, part.department_id)
  )
}

const KEY_ORDER: readonly LimitDimension[] = ['payer', 'fee_item', 'department', 'channel']

/** Null: a dimension that is counted by is not there. Ids and channel codes hold no separator. */
function keyOf(limit: PaymentLimitRow, part: LimitedPart, channel: string | null): string | null {
  const values: Record<LimitDimension, string | null> = {
    payer: part.payer_id,
    fee_item: part.fee_item_id,
    department: part.department_id,
    channel,
  }
  const counted = KEY_ORDER.filter((dimension) => limit.per.includes(dimension)).map(
    (dimension) => values[dimension],
  )
  return counted.includes(null) ? null : counted.join(' ')
}

/** The same order everywhere, so that two payments never wait for each other. */
function byLockOrder(a: LimitClaim, b: LimitClaim): number {
  if (a.limit.id !== b.limit.id) return a.limit.id < b.limit.id ? -1 : 1
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

/** How a claim is too much. `left` is what a payment could still have; in payments for a count. */
export interface LimitExcess {
  readonly claim: LimitClaim
  readonly rule: 'amount_per_payment' | 'amount_per_day' | 'count_per_day'
  readonly left: bigint
}

/** Too large by itself, whatever the day has used. */
export function excessOfPayment(claims: readonly LimitClaim[]): LimitExcess | null {
  for (const claim of claims) {
    const most = claim.limit.amount_per_payment
    if (most !== null && claim.amount > most) {
      return { claim, rule: 'amount_per_payment', left: most }
    }
  }
  return null
}

/** Too much for the day. `usages` already hold the claims. */
export function excessOfDay(
  claims: readonly LimitClaim[],
  usages: readonly LimitUsage[],
): LimitExcess | null {
  for (const claim of claims) {
    const usage = usages.find(
      ({ limit_id, key }) => limit_id === claim.limit.id && key === claim.key,
    )
    if (!usage) continue
    const { amount_per_day, count_per_day } = claim.limit
    if (amount_per_day !== null && usage.amount > amount_per_day) {
      const left = amount_per_day - (usage.amount - claim.amount)
      return { claim, rule: 'amount_per_day', left: left > 0n ? left : 0n }
    }
    if (count_per_day !== null && usage.count > count_per_day) {
      return { claim, rule: 'count_per_day', left: 0n }
    }
  }
  return null
}

/** Whether a claim needs a counter: one that only bounds each payment does not. */
export function isCounted({ limit }: LimitClaim): boolean {
  return limit.amount_per_day !== null || limit.count_per_day !== null
}

import { Inject, Injectable } from '@nestjs/common'
import type { SqlReader, Transaction } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { APP_CLOCK } from '../../../infra/tokens.js'
import { businessDate, type Clock, systemClock } from '../../../kernel/clock.js'
import { ExpiringCache } from '../../channels/expiring-cache.js'
import { IdentityService } from '../../identity/identity.service.js'
import type { Payment } from '../payment.types.js'
import { PaymentLimitError } from './payment-limit.errors.js'
import { PaymentLimitRepository } from './payment-limit.repository.js'
import {
  claimsAt,
  claimsOf,
  excessOfDay,
  excessOfPayment,
  isCounted,
  isOfChannel,
  type LimitExcess,
  type LimitMoment,
} from './payment-limit.rules.js'
import type { LimitClaim, LimitedPart, PaymentLimitRow } from './payment-limit.types.js'
import { PaymentLimitUsageRepository } from './payment-limit-usage.repository.js'

/** A new or changed limit takes effect everywhere within this time. */
const CACHE_LIFETIME_MS = 3_000

type LimitedPaymentRow = Pick<
  Payment,
  'institution_id' | 'livemode' | 'id' | 'department_id' | 'currency' | 'amount' | 'channel'
>

/**
 * Holds payments to the limits, inside the transaction that makes them. An institution without limits costs
 * one look at what this process remembers.
 */
@Injectable()
export class PaymentLimitService {
  private readonly limits = new ExpiringCache<readonly PaymentLimitRow[]>(
    systemClock,
    CACHE_LIFETIME_MS,
  )

  constructor(
    private readonly rows: PaymentLimitRepository,
    private readonly usages: PaymentLimitUsageRepository,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether a limit counts this direct amount, for which a transaction is needed then. */
  async concerns(payment: LimitedPaymentRow): Promise<boolean> {
    const limits = await this.limitsOf(payment)
    return limits.length > 0 && claimsOf(limits, limitedOf(payment, [])).length > 0
  }

  /**
   * Counts a payment that is being made, after its rows and its bills: counters are locked last.
   * @throws PaymentLimitError payment_limit_exceeded: roll back
   */
  async claim(
    tx: Transaction,
    payment: LimitedPaymentRow,
    parts: readonly LimitedPart[],
  ): Promise<void> {
    const limits = await this.limitsOf(payment, tx)
    if (limits.length === 0) return
    await this.take(tx, payment, 'creation', parts, limits)
  }

  /**
   * Counts a payment for the limits of the channel that was chosen now, in place of an earlier choice.
   * @throws PaymentLimitError payment_limit_exceeded: roll back
   */
  async claimChannel(tx: Transaction, payment: LimitedPaymentRow): Promise<void> {
    const limits = await this.limitsOf(payment, tx)
    if (!limits.some(isOfChannel)) return
    await this.usages.release(tx, payment, 'of_channel')
    const parts = await this.usages.parts(tx, payment)
    await this.take(tx, payment, 'channel', parts, limits)
  }

  /** The payment ended unpaid. Asks always: what it counted for may be of a limit that is gone by now. */
  release(tx: Transaction, payment: Tenant & { readonly id: string }): Promise<void> {
    return this.usages.release(tx, payment, 'all')
  }

  /** After a change: this process finds it at once. */
  forget(): void {
    this.limits.clear()
  }

  private async take(
    tx: Transaction,
    payment: LimitedPaymentRow,
    moment: LimitMoment,
    parts: readonly LimitedPart[],
    limits: readonly PaymentLimitRow[],
  ): Promise<void> {
    const claims = claimsAt(moment, limits, limitedOf(payment, parts))
    throwIfExceeded(payment, excessOfPayment(claims))
    const counted = claims.filter(isCounted)
    if (counted.length === 0) return
    const timeZone = await this.identity.timeZoneOf(payment.institution_id, tx)
    const day = businessDate(this.clock.now(), timeZone)
    throwIfExceeded(
      payment,
      excessOfDay(counted, await this.usages.count(tx, payment, day, counted)),
    )
    await this.usages.note(tx, payment, day, counted)
  }

  private async limitsOf(tenant: Tenant, reader?: SqlReader): Promise<readonly PaymentLimitRow[]> {
    const { institution_id, livemode } = tenant
    const limits = await this.limits.get(`${institution_id} ${livemode}`, () =>
      this.rows.findActive({ institution_id, livemode }, reader),
    )
    return limits ?? []
  }
}

function limitedOf(payment: LimitedPaymentRow, parts: readonly LimitedPart[]) {
  const { currency, channel, department_id, amount } = payment
  const direct = { payer_id: null, fee_item_id: null, department_id, amount }
  return { currency, channel, parts: parts.length > 0 ? parts : [direct] }
}

function throwIfExceeded(payment: LimitedPaymentRow, excess: LimitExcess | null): void {
  if (!excess) return
  const detail = describe(excess.claim, excess, payment.currency)
  const code = 'payment_limit_exceeded'
  throw new PaymentLimitError(code, `${detail} Nothing was written.`, {
    outcome: 'failed',
    errors: [{ pointer: '/amount', code, detail }],
  })
}

function describe(
  { limit, amount }: LimitClaim,
  { rule, left }: LimitExcess,
  currency: string,
): string {
  const name = `the limit ${limit.id} (${limit.name})`
  switch (rule) {
    case 'amount_per_payment':
      return `${amount} is more than ${name} allows for one payment: at most ${left} ${currency} in minor units.`
    case 'amount_per_day':
      return `${amount} is more than ${name} leaves for today: ${left} ${currency} in minor units of ${limit.amount_per_day}.`
    case 'count_per_day':
      return `${name} allows ${limit.count_per_day} payments a day: none is left today.`
  }
}

import { Inject, Injectable, Logger } from '@nestjs/common'
import { AppClocks, type AppRef, type ClockFollower } from '../../infra/clock/app-clocks.js'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { CheckoutRepository } from './checkout.repository.js'
import { CheckoutEndService } from './checkout-end.service.js'
import { PaymentRepository } from './payment.repository.js'
import { PaymentStartService } from './payment-start.service.js'

const BATCH = 200

/** Ends payments that nobody began to pay, and checkouts whose time is over. */
@Injectable()
export class PaymentExpireJob implements PeriodicTask, ClockFollower {
  readonly name = 'payment-expire'
  readonly everyMs = 15_000
  private readonly logger = new Logger('PaymentExpire')

  constructor(
    private readonly payments: PaymentRepository,
    private readonly starter: PaymentStartService,
    private readonly checkouts: CheckoutRepository,
    private readonly checkoutEnds: CheckoutEndService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
    private readonly clocks: AppClocks,
  ) {
    clocks.follow(this)
  }

  async run(): Promise<void> {
    await this.endAll(null)
    // What is over in real time is over by every clock; these are ahead of it.
    for (const app of this.clocks.all()) {
      await this.clocks.within(app.app_id, () => this.catchUp(app))
    }
  }

  catchUp(app: AppRef): Promise<void> {
    return this.endAll(app)
  }

  private async endAll(app: AppRef | null): Promise<void> {
    const now = this.clock.now()
    const endPayments = async () =>
      this.each(await this.payments.findExpired(now, BATCH, app), (one) =>
        this.starter.closeUnplaced(one),
      )
    const endCheckouts = async () =>
      this.each(await this.checkouts.findExpired(now, BATCH, app), (one) =>
        this.checkoutEnds.expire(one),
      )
    while ((await endPayments()) === BATCH);
    while ((await endCheckouts()) === BATCH);
  }

  /** Each in a transaction of its own, so that one that cannot end keeps no other. Says how many could. */
  private async each<Row extends { readonly id: string }>(
    rows: readonly Row[],
    end: (row: Row) => Promise<unknown>,
  ): Promise<number> {
    let endedCount = 0
    for (const row of rows) {
      try {
        await end(row)
        endedCount++
      } catch (error) {
        this.logger.error({ err: error, id: row.id }, 'could not be ended at its time')
      }
    }
    return endedCount
  }
}

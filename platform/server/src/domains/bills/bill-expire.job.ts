import { Injectable } from '@nestjs/common'
import { AppClocks, type AppRef, type ClockFollower } from '../../infra/clock/app-clocks.js'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { BillService } from './bill.service.js'

const EVERY_MS = 60_000
const BATCH_SIZE = 500

/** Expires bills at the end of their time. Until it comes by, `reserve` refuses them by the clock. */
@Injectable()
export class BillExpireJob implements PeriodicTask, ClockFollower {
  readonly name = 'bill_expire'
  readonly everyMs = EVERY_MS

  constructor(
    private readonly bills: BillService,
    private readonly clocks: AppClocks,
  ) {
    clocks.follow(this)
  }

  async run(): Promise<void> {
    await this.expireAll(null)
    // What is over in real time is over by every clock; these are ahead of it.
    for (const app of this.clocks.all()) {
      await this.clocks.within(app.app_id, () => this.catchUp(app))
    }
  }

  catchUp(app: AppRef): Promise<void> {
    return this.expireAll(app)
  }

  private async expireAll(app: AppRef | null): Promise<void> {
    // Ends: every batch takes its bills out of what the next one looks for.
    while ((await this.bills.expireDue(BATCH_SIZE, app)) === BATCH_SIZE);
  }
}

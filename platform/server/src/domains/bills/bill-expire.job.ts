import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { BillService } from './bill.service.js'

const EVERY_MS = 60_000
const BATCH_SIZE = 500

/** Expires bills at the end of their time. Until it comes by, `reserve` refuses them by the clock. */
@Injectable()
export class BillExpireJob implements PeriodicTask {
  readonly name = 'bill_expire'
  readonly everyMs = EVERY_MS

  constructor(private readonly bills: BillService) {}

  async run(): Promise<void> {
    // Ends: every batch takes its bills out of what the next one looks for.
    while ((await this.bills.expireDue(BATCH_SIZE)) === BATCH_SIZE);
  }
}

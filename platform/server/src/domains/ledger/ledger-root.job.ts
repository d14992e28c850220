import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { LedgerSealService } from './ledger-seal.service.js'

/** Publishes the roots of days that ended, also where nobody posts any more. */
@Injectable()
export class LedgerRootJob implements PeriodicTask {
  readonly name = 'ledger-root'
  readonly everyMs = 60_000

  constructor(private readonly seals: LedgerSealService) {}

  async run(): Promise<void> {
    await this.seals.publishRoots()
  }
}

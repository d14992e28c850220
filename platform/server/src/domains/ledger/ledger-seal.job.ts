import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { LedgerSealService } from './ledger-seal.service.js'

/** Keeps the tail short that a balance has to add up, and the chain close behind the postings. */
@Injectable()
export class LedgerSealJob implements PeriodicTask {
  readonly name = 'ledger-seal'
  readonly everyMs = 1_000

  constructor(private readonly seals: LedgerSealService) {}

  async run(): Promise<void> {
    await this.seals.sealAll()
  }
}

import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { PayerSessionService } from './payer-session.service.js'

/** Drops sessions that are over. */
@Injectable()
export class PayerSessionCleanJob implements PeriodicTask {
  readonly name = 'payer-session-clean'
  readonly everyMs = 5 * 60_000

  constructor(private readonly sessions: PayerSessionService) {}

  run(): Promise<void> {
    return this.sessions.removeEnded()
  }
}

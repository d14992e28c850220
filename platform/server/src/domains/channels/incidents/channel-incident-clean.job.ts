import { Inject, Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../../infra/jobs/jobs.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { ChannelIncidentRepository } from './channel-incident.repository.js'

const EVERY_MS = 60 * 60_000
const KEPT_MS = 90 * 24 * 60 * 60_000
const BATCH_SIZE = 1_000

/** Incidents are kept for 90 days. */
@Injectable()
export class ChannelIncidentCleanJob implements PeriodicTask {
  readonly name = 'channel_incident_clean'
  readonly everyMs = EVERY_MS

  constructor(
    private readonly incidents: ChannelIncidentRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS)
    // Ends: every batch takes away what the next one looks for.
    while ((await this.incidents.deleteBefore(before, BATCH_SIZE)) === BATCH_SIZE);
  }
}

import { Inject, Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../infra/jobs/jobs.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { RequestLogPartitionRepository } from './request-log-partition.repository.js'

const DAY_MS = 86_400_000
const DAYS_AHEAD = 3
export const DAYS_KEPT = 30

/** Makes the log's next days ahead of time, and drops those that have been kept long enough. */
@Injectable()
export class RequestLogPartitionJob implements PeriodicTask {
  readonly name = 'request-log-partition'
  readonly everyMs = 3_600_000

  constructor(
    private readonly partitions: RequestLogPartitionRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    const nowMs = this.clock.now().getTime()
    for (let day = 0; day <= DAYS_AHEAD; day += 1) {
      await this.partitions.create(new Date(nowMs + day * DAY_MS))
    }
    await this.partitions.dropBefore(new Date(nowMs - DAYS_KEPT * DAY_MS))
  }
}

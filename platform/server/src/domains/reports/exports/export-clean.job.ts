import { Inject, Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../../infra/jobs/jobs.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { ExportWriteRepository } from './export-write.repository.js'

const EVERY_MS = 5 * 60_000
/** A page takes seconds; the queue tries a failed one again for longer than this. */
const STALLED_AFTER_MS = 60 * 60_000

/** Deletes the bytes of files after their day, and ends those that nobody writes any more. */
@Injectable()
export class ExportCleanJob implements PeriodicTask {
  readonly name = 'export_clean'
  readonly everyMs = EVERY_MS

  constructor(
    private readonly exports: ExportWriteRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now()
    await this.exports.expire(now)
    await this.exports.failStalled(new Date(now.getTime() - STALLED_AFTER_MS))
  }
}

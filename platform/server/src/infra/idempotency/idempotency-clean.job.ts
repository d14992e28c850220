import type { PeriodicTask } from '../jobs/jobs.js'
import type { IdempotencyRepository } from './idempotency.repository.js'

/** Drops idempotency keys and nonces that have served their time. */
export class IdempotencyCleanJob implements PeriodicTask {
  readonly name = 'idempotency-clean'
  readonly everyMs = 60_000

  constructor(private readonly repository: IdempotencyRepository) {}

  run(): Promise<void> {
    return this.repository.removeExpired()
  }
}

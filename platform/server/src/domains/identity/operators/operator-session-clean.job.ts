import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../../infra/jobs/jobs.js'
import { OperatorSessionService } from './operator-session.service.js'
import { SignInThrottle } from './sign-in-throttle.service.js'

/** Drops sessions that ended long ago, and forgets wrong passwords of an hour ago. */
@Injectable()
export class OperatorSessionCleanJob implements PeriodicTask {
  readonly name = 'operator-session-clean'
  readonly everyMs = 15 * 60_000

  constructor(
    private readonly sessions: OperatorSessionService,
    private readonly throttle: SignInThrottle,
  ) {}

  async run(): Promise<void> {
    await this.sessions.removeOld()
    await this.throttle.removeOld()
  }
}

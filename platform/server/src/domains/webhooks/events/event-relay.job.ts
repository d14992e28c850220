import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../../infra/jobs/jobs.js'
import { EventRelayService } from './event-relay.service.js'

@Injectable()
export class EventRelayJob implements PeriodicTask {
  readonly name = 'event-relay'
  readonly everyMs = 200

  constructor(private readonly relay: EventRelayService) {}

  run(): Promise<void> {
    return this.relay.relayAll()
  }
}

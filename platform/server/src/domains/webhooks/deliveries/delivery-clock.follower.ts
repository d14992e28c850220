import { Injectable } from '@nestjs/common'
import { AppClocks, type AppRef, type ClockFollower } from '../../../infra/clock/app-clocks.js'
import type { Transaction } from '../../../infra/database/database.js'
import { DeliveryRepository } from './delivery.repository.js'

/** Retries wait in real time, the database's; they come nearer when an app's clock is set forward. */
@Injectable()
export class DeliveryClockFollower implements ClockFollower {
  constructor(
    private readonly deliveries: DeliveryRepository,
    clocks: AppClocks,
  ) {
    clocks.follow(this)
  }

  shift(tx: Transaction, app: AppRef, stepMs: number): Promise<void> {
    return this.deliveries.bringForward(tx, app, stepMs)
  }
}

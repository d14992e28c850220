import { setTimeout as pause } from 'node:timers/promises'
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import { toWireRequestLog, type WireRequestLogList } from './request-log.schema.js'
import type { RequestLogFilter } from './request-log-filter.sql.js'
import { type LogPosition, positionText } from './request-log-position.js'
import { RequestLogTailRepository, type WrittenCall } from './request-log-tail.repository.js'

/** The log itself is half a second behind. */
const LOOK_EVERY_MS = 500
/** Who comes when so many wait is answered at once, and asks again. */
const WAITING_MAX = 200

/**
 * The log as it grows. Calls get their ids when they arrive and are written when they are answered, by several
 * processes at once, so an order of ids would skip the slow ones. This is the order of the transactions that wrote
 * them, read only up to the oldest that is still under way: nothing ever appears before a place that was read.
 */
@Injectable()
export class RequestLogTailService implements OnModuleDestroy {
  private waiting = 0
  private isStopping = false

  constructor(private readonly tail: RequestLogTailRepository) {}

  onModuleDestroy(): void {
    this.isStopping = true
  }

  /** From a place on; from now on without one. Waits for the first call if there is none. */
  async read(
    caller: Caller,
    from: LogPosition | null,
    filter: RequestLogFilter,
    waitMs: number,
  ): Promise<WireRequestLogList> {
    if (from === null) return toList([], placeBefore(await this.tail.horizon()))
    const until = performance.now() + waitMs
    let position = from
    for (;;) {
      const horizon = await this.tail.horizon()
      // Of another database, such as the one that this was restored from: what is there is now.
      if (position.written_in > horizon) return toList([], placeBefore(horizon))
      const calls = await this.tail.after(caller, position, horizon, filter)
      const last = calls.at(-1)
      const isFull = last !== undefined && calls.length === filter.limit
      position = isFull ? placeOf(last) : placeBefore(horizon)
      const isOver = performance.now() + LOOK_EVERY_MS > until || !this.mayWait()
      if (last !== undefined || isOver) return toList(calls, position, isFull)
      await this.wait()
    }
  }

  private mayWait(): boolean {
    return !this.isStopping && this.waiting < WAITING_MAX
  }

  private async wait(): Promise<void> {
    this.waiting += 1
    await pause(LOOK_EVERY_MS)
    this.waiting -= 1
  }
}

const placeOf = ({ written_in, id, created_at }: WrittenCall): LogPosition => ({
  written_in,
  id,
  at_ms: created_at.getTime(),
})

/** Everything below the horizon was looked at. */
const placeBefore = (horizon: bigint): LogPosition => ({
  written_in: horizon - 1n,
  id: null,
  at_ms: Date.now(),
})

function toList(
  calls: readonly WrittenCall[],
  position: LogPosition,
  has_more = false,
): WireRequestLogList {
  return {
    object: 'list',
    data: calls.map(toWireRequestLog),
    has_more,
    next_cursor: positionText(position),
  }
}

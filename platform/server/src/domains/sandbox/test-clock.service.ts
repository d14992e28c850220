import { Inject, Injectable } from '@nestjs/common'
import { AppClocks, type AppRef, CLOCKS_POLL_MS } from '../../infra/clock/app-clocks.js'
import { type Caller, idFor } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { ChannelRoutingService } from '../channels/routing/channel-routing.service.js'
import { ClockedMerchants } from './clocked-merchants.service.js'
import { TestClockError } from './test-clock.errors.js'
import { TestClockRepository } from './test-clock.repository.js'
import { firstOffset, nextOffset } from './test-clock.rules.js'
import {
  type AdvanceTestClock,
  type CreateTestClock,
  type DeletedTestClock,
  type TestClock,
  type TestClockList,
  toWireTestClock,
} from './test-clock.schema.js'
import type { TestClockRow } from './test-clock.types.js'

const SETTLE_MS_MAX = 8_000
const LOOK_EVERY_MS = 100
/** Done work adds work, such as a query after a query, or a notification after a payment. */
const QUIET_LOOKS = 3

/** The clock of an app in test mode: everything that waits for a time can be had in seconds. */
@Injectable()
export class TestClockService {
  constructor(
    private readonly rows: TestClockRepository,
    private readonly clocks: AppClocks,
    private readonly merchants: ClockedMerchants,
    private readonly routing: ChannelRoutingService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws TestClockError test_clock_exists, test_clock_backward, test_clock_too_far; SimulationError */
  async create(caller: Caller, body: CreateTestClock): Promise<Reply<TestClock>> {
    const now = this.clock.now()
    const offset_ms = firstOffset(body, now)
    const id = idFor(caller, 'clk')
    const app = appOf(caller)
    const row = { ...app, id, offset_ms, created_at: now, updated_at: now }
    const known = await this.rows.ofApp(app)
    if (known) return Reply.created(await this.show(ownOnly(known, id)))
    await this.merchants.open(app, offset_ms)
    this.routing.forget()
    if (!(await this.rows.insert(row))) {
      const winner = await this.rows.ofApp(app)
      if (winner) ownOnly(winner, id)
    }
    await this.clocks.refresh()
    // Until every other process has heard of it, nothing may be created by the real time.
    await pause(CLOCKS_POLL_MS * 1.5)
    return Reply.created(await this.show(row))
  }

  async list(caller: Caller): Promise<TestClockList> {
    const row = await this.rows.ofApp(appOf(caller))
    return { object: 'list', data: row ? [await this.show(row)] : [] }
  }

  /** @throws TestClockError test_clock_not_found */
  async get(caller: Caller, id: string): Promise<TestClock> {
    return this.show(await this.require(caller, id))
  }

  /**
   * Answers when what became due is done, or after a few seconds with the status `advancing`.
   * @throws TestClockError test_clock_not_found, test_clock_backward, test_clock_too_far,
   *   test_clock_moved; SimulationError simulator_unavailable
   */
  async advance(caller: Caller, id: string, body: AdvanceTestClock): Promise<TestClock> {
    const row = await this.require(caller, id)
    const now = this.clock.now()
    const offsetMs = nextOffset(row.offset_ms, body, now)
    const moved = await this.rows.advance(row, offsetMs, now, (tx) =>
      this.clocks.shift(tx, row, offsetMs - row.offset_ms),
    )
    if (!moved) {
      const message =
        'Somebody else is setting this clock forward. Look where it is, and try again.'
      throw new TestClockError('test_clock_moved', message)
    }
    await this.merchants.setClock(row, offsetMs)
    await this.clocks.refresh()
    await this.clocks.catchUp(row)
    await this.settle(row)
    return this.show(moved)
  }

  /** The app goes back to the real time, and to the institution's merchant accounts. */
  async remove(caller: Caller, id: string): Promise<DeletedTestClock> {
    const row = await this.require(caller, id)
    await this.merchants.retire(row)
    this.routing.forget()
    await this.rows.remove(row)
    await this.clocks.refresh()
    return { id: row.id, object: 'test_clock', deleted: true }
  }

  private async settle(app: AppRef): Promise<void> {
    const untilMs = Date.now() + SETTLE_MS_MAX
    let quiet = 0
    while (quiet < QUIET_LOOKS && Date.now() < untilMs) {
      await pause(LOOK_EVERY_MS)
      quiet = (await this.isBusy(app)) ? 0 : quiet + 1
    }
  }

  private async isBusy(app: AppRef): Promise<boolean> {
    return (await this.rows.dueJobs(app)) > 0 || (await this.merchants.dueCount(app)) > 0
  }

  private async show(row: TestClockRow): Promise<TestClock> {
    return toWireTestClock(row, this.clock.now(), await this.isBusy(row))
  }

  private async require(caller: Caller, id: string): Promise<TestClockRow> {
    const row = await this.rows.ofApp(appOf(caller))
    if (row?.id === id) return row
    const message = `No such test clock, or it is not yours: ${id.slice(0, 64)}`
    throw new TestClockError('test_clock_not_found', message)
  }
}

/** A call that is repeated after a crash finds what it created. */
function ownOnly(known: TestClockRow, id: string): TestClockRow {
  if (known.id === id) return known
  throw new TestClockError(
    'test_clock_exists',
    `The app has the clock ${known.id}: set that one forward, or delete it first.`,
  )
}

const appOf = ({ institution_id, livemode, app_id }: AppRef): AppRef => ({
  ...{ institution_id, livemode, app_id },
})

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

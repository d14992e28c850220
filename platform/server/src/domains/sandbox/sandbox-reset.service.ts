import { Injectable } from '@nestjs/common'
import { type Caller, idFor } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { assert } from '../../kernel/assert.js'
import { SandboxResetRepository } from './sandbox-reset.repository.js'
import { type ResetSandbox, type SandboxReset, toWireReset } from './sandbox-reset.schema.js'
import { TestClockService } from './test-clock.service.js'

/** Gives an app an empty sandbox. What it did there is set aside, not undone: the books of the institution stay true. */
@Injectable()
export class SandboxResetService {
  constructor(
    private readonly resets: SandboxResetRepository,
    private readonly clocks: TestClockService,
  ) {}

  /** @throws SimulationError simulator_unavailable, and nothing is reset then */
  async reset(caller: Caller, body: ResetSandbox): Promise<Reply<SandboxReset>> {
    assert(!caller.livemode, 'the route exists in test mode only')
    const { institution_id, app_id, idempotency } = caller
    const app = { institution_id, app_id }
    const id = idFor(caller, 'rst')
    const known = await this.resets.find(app, id)
    if (known) return Reply.created(toWireReset(known))
    const test_clock_removed = await this.removeClock(caller)
    await this.resets.run(app, {
      ...{ id, now: new Date(), test_clock_removed, own_key: idempotency },
      keep_webhook_endpoints: body.keep_webhook_endpoints,
    })
    const row = await this.resets.find(app, id)
    assert(row, 'a reset that was committed is there')
    return Reply.created(toWireReset(row))
  }

  private async removeClock(caller: Caller): Promise<boolean> {
    const { data } = await this.clocks.list(caller)
    for (const { id } of data) await this.clocks.remove(caller, id)
    return data.length > 0
  }
}

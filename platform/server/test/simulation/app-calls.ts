import type { Caller } from '../../src/infra/http/caller.js'
import type { StoredResponse } from '../../src/infra/http/reply.js'
import { IdempotencyService } from '../../src/infra/idempotency/idempotency.service.js'
import { PlatformError } from '../../src/kernel/errors.js'
import { newId } from '../../src/kernel/id.js'
import type { World } from './world.js'

/** What a call asks for, under an idempotency key. */
export type Work = (caller: Caller) => Promise<StoredResponse>

/** One call of an app, under one idempotency key, until it knows the answer. */
export interface AppCall {
  readonly name: string
  readonly key: string
  readonly work: Work
  readonly onAnswer: (answer: StoredResponse) => void
  isRunning: boolean
}

/**
 * Apps as they should be: whoever hears nothing asks again under the same key, for as long as it takes.
 * What was answered with a 2xx is remembered, because it must still be there at the end.
 */
export class AppCalls {
  readonly unanswered: AppCall[] = []
  /** Ids of what the platform said it had made. */
  readonly promised = new Map<string, unknown>()
  private readonly idempotency: IdempotencyService
  private callCount = 0

  private readonly world: World

  constructor(world: World) {
    this.world = world
    this.idempotency = world.app.get(IdempotencyService)
  }

  /** What the gateway does for routes whose service does not do it by itself. */
  once(work: (caller: Caller) => Promise<unknown>): Work {
    return (caller) => this.idempotency.run(caller, () => work(caller))
  }

  async send(
    name: string,
    work: Work,
    onAnswer: (body: Record<string, unknown>) => void = () => {},
  ): Promise<void> {
    this.callCount += 1
    const call: AppCall = {
      ...{ name, key: `call-${this.callCount}`, work, isRunning: false },
      onAnswer: (answer) => {
        const body: Record<string, unknown> = JSON.parse(answer.body)
        if (typeof body.id === 'string') this.promised.set(body.id, body)
        onAnswer(body)
      },
    }
    this.unanswered.push(call)
    await this.run(call)
  }

  async retry(): Promise<void> {
    const waiting = this.unanswered.filter(({ isRunning }) => !isRunning)
    if (waiting.length === 0) return
    const call = this.world.random.pick(waiting)
    // By now the lock of a call that died has run out.
    await this.world.database.pool.query(
      `update idempotency_keys set locked_until = now() - interval '1 second'
        where key = $1 and response_status is null`,
      [call.key],
    )
    await this.run(call)
  }

  /** A call whose task was killed is not running any more. */
  noticeDeaths(): void {
    const alive = new Set(this.world.scheduler.alive.map(({ name }) => name))
    for (const call of this.unanswered) call.isRunning = alive.has(taskName(call))
  }

  private async run(call: AppCall): Promise<void> {
    call.isRunning = true
    await this.world.scheduler.start(taskName(call), async () => {
      try {
        call.onAnswer(await call.work(this.callerFor(call)))
        this.forget(call)
      } catch (error) {
        call.isRunning = false
        if (error instanceof PlatformError && error.spec.retryable) return
        this.forget(call)
        if (error instanceof PlatformError && error.spec.status < 500) return
        this.world.complaints.push({ text: `${call.name} answered with a 500`, error })
      }
    })
  }

  private forget(call: AppCall): void {
    const at = this.unanswered.indexOf(call)
    if (at >= 0) this.unanswered.splice(at, 1)
  }

  /** Signed anew for every try: the same key and body, another nonce. */
  private callerFor(call: AppCall): Caller {
    const allotted = newId('req').slice('req_'.length)
    return {
      ...this.world.caller,
      idempotency: {
        ...{ route: `POST /v1/${call.name}`, key: call.key, request_hash: Buffer.alloc(32) },
        ...{ nonce: newId('req'), allotted_id: allotted },
      },
    }
  }
}

function taskName(call: AppCall): string {
  return `${call.name} ${call.key}`
}

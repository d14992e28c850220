import { randomInt } from 'node:crypto'
import { BursarError, type Payment, type RequestOptions } from '@openbursar/sdk'
import { newNumber } from '../support/fixtures.js'
import { pause } from '../support/until.js'
import type { FaultApp } from './fault-app.js'
import { type Acknowledged, LoadMemory } from './load-memory.js'

/** An operation that nobody answered in this time has failed, whatever became of it. */
const GIVE_UP_MS = 120_000
const RETRY_PAUSE_MS_MIN = 200
const RETRY_PAUSE_MS_MAX = 600
const THINK_MS_MAX = 60
const REFUND_EVERY = 4

/** How one payment goes, channel by channel: a new channel is one more line. */
const ROUTES = [{ channel: 'wechatpay', method: 'native' }] as const

/**
 * Callers who create payments, have them paid, and give some of it back, without a pause. Who hears nothing,
 * or "try again", asks again under the same Idempotency-Key. Every 2xx is remembered.
 */
export class Load {
  readonly memory = new LoadMemory()
  private readonly apps: readonly FaultApp[]
  private readonly clients: number
  private readonly stopping = new AbortController()
  private running: Promise<void>[] = []

  constructor(apps: readonly FaultApp[], clients: number) {
    this.apps = apps
    this.clients = clients
  }

  start(): void {
    this.running = Array.from({ length: this.clients }, async (_, index) => {
      const app = this.apps[index % this.apps.length]
      if (app) await this.callOn(app)
    })
  }

  /** What is under way is brought to its end. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await Promise.all(this.running)
  }

  /** So many callers more, each with one payment. */
  async burst(callers: number): Promise<void> {
    const calls = Array.from({ length: callers }, async (_, index) => {
      const app = this.apps[index % this.apps.length]
      if (app) await this.createPayment(app)
    })
    await Promise.all(calls)
  }

  private async callOn(app: FaultApp): Promise<void> {
    for (let turn = 0; !this.stopping.signal.aborted; turn++) {
      const payment = await this.createPayment(app)
      if (payment?.status === 'pending') await this.pay(app, payment)
      if (turn % REFUND_EVERY === REFUND_EVERY - 1) await this.refund(app)
      await pause(randomInt(THINK_MS_MAX))
    }
  }

  private createPayment(app: FaultApp): Promise<Payment | null> {
    const params = {
      ...(ROUTES[randomInt(ROUTES.length)] ?? ROUTES[0]),
      out_trade_no: newNumber(),
      amount: randomInt(100, 100_000),
      subject: '学费',
      metadata: { owner: app.app_id, contact: app.person.phone },
    }
    return this.call(app, 'payment', (options) => app.bursar.payments.create(params, options))
  }

  /** Three of four payers pay; and of some of their payments the channel tells nobody, or twice. */
  private async pay(app: FaultApp, { id }: Payment): Promise<void> {
    if (randomInt(4) === 0) return
    const notify = (['normal', 'normal', 'lost', 'duplicate'] as const)[randomInt(4)] ?? 'normal'
    const play = { action: 'pay', notify } as const
    const played = await this.call(app, 'play', (options) =>
      app.bursar.testHelpers.payments.simulate(id, play, options),
    )
    if (played) this.memory.paid.set(id, app)
  }

  private async refund(app: FaultApp): Promise<void> {
    const own = [...this.memory.paid].filter(([, payer]) => payer === app).map(([id]) => id)
    const payment = own[randomInt(Math.max(1, own.length))]
    if (payment === undefined) return
    const found = await this.call(app, 'read', () => app.bursar.payments.get(payment))
    if (found?.status !== 'succeeded' || found.amount - found.amount_refunded < 100) return
    const params = { payment, out_refund_no: newNumber(), amount: 1 + randomInt(10) }
    await this.call(app, 'refund', (options) => app.bursar.refunds.create(params, options))
  }

  /** Null: it was refused, or never answered; the memory knows. */
  private async call<T extends object>(
    app: FaultApp,
    kind: Acknowledged['kind'] | 'read',
    send: (options: RequestOptions) => Promise<T>,
  ): Promise<T | null> {
    const idempotencyKey = newNumber()
    const deadline = Date.now() + GIVE_UP_MS
    for (;;) {
      this.memory.requests++
      try {
        const answer = await send({ idempotencyKey })
        if (kind !== 'read') {
          const again = () => send({ idempotencyKey })
          this.memory.acknowledged.push({ kind, app, answer, again })
        }
        return answer
      } catch (error) {
        if (!mayBeTriedAgain(error)) {
          this.memory.refused(`${kind}: ${describe(error)}`)
          return null
        }
        if (Date.now() > deadline) {
          this.memory.unanswered.push(`${kind}: ${describe(error)}`)
          return null
        }
        this.memory.heard(describe(error))
        await pause(RETRY_PAUSE_MS_MIN + randomInt(RETRY_PAUSE_MS_MAX))
      }
    }
  }
}

export function mayBeTriedAgain(error: unknown): boolean {
  return (
    error instanceof BursarError && (error.retryable || error.code === 'idempotency_in_progress')
  )
}

export function describe(error: unknown): string {
  if (error instanceof BursarError) return `${error.status ?? 'no answer'} ${error.code}`
  return String(error)
}

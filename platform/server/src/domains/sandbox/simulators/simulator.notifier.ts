import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.js'
import type { RecordKind, SimulatorStore, SimulatorTransaction } from './simulator.store.js'
import { NOTIFY_BEHAVIOURS, type NotifyBehaviour } from './simulator-play.js'

/** A notification on its way, as a company keeps it: what it says, and who has not heard it yet. */
export const NoticeRecord = z.object({
  merchant_id: z.string(),
  order_no: z.string(),
  notify_url: z.string(),
  behaviour: z.enum(NOTIFY_BEHAVIOURS),
  /** What it says, before it is signed: it is signed anew for every delivery. */
  fields: z.record(z.string(), z.string()),
  /** The extra copy of a duplicated notification is sent once, whatever the answer. */
  is_resent: z.boolean(),
  status: z.enum(['waiting', 'delivered', 'given_up']),
  attempts: z.array(
    z.object({ at: z.string(), http_status: z.int().nullable(), error: z.string().nullable() }),
  ),
})
export type NoticeRecord = z.infer<typeof NoticeRecord>
export const NOTICE: RecordKind<NoticeRecord> = { kind: 'notice', schema: NoticeRecord }

export type Notice = Pick<
  NoticeRecord,
  'merchant_id' | 'order_no' | 'notify_url' | 'behaviour' | 'fields'
>

export interface NoticeTiming {
  /** The second copy of a duplicated notification. */
  readonly duplicateMs: number
  /** A late notification. */
  readonly lateMs: number
  /** A notification that waits for the next event of its order, when there is none. */
  readonly reorderedMs: number
  /** A merchant's server that takes longer to answer has not answered. */
  readonly deliveryTimeoutMs: number
  /** How long after each failed delivery the next one follows; after the last, nothing does. */
  readonly resendSeconds: readonly number[]
}

export interface NoticeRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface NotifierOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly timing: NoticeTiming
  readonly logger: FastifyBaseLogger
  /** Tells the loop that something was scheduled. */
  readonly wake: () => void
  /** What is posted: signed by the company, or for the behaviour `forged` by somebody else. */
  readonly write: (notice: NoticeRecord) => Promise<NoticeRequest>
  /** Why this answer doesn't count as heard; null when it does. */
  readonly findFault: (status: number, body: string) => string | null
}

type Attempt = NoticeRecord['attempts'][number]

/** What somebody else sends, or what a fault makes of it, is not insisted on. */
const SENT_ONCE: ReadonlySet<NotifyBehaviour> = new Set([
  'forged',
  'probe',
  'wrong_amount',
  'wrong_merchant',
])
const ANSWER_CHARACTERS_MAX = 1024

/** A company telling a merchant what happened, again and again until the merchant has heard. */
export class SimulatorNotifier {
  constructor(private readonly options: NotifierOptions) {}

  wake(): void {
    this.options.wake()
  }

  /** Stores the notification with what it is about; the loop delivers it after the commit. */
  async schedule(tx: SimulatorTransaction, notice: Notice): Promise<void> {
    const { behaviour } = notice
    if (behaviour === 'lost') return
    const { timing } = this.options
    const is_resent = !SENT_ONCE.has(behaviour)
    const record: NoticeRecord = { ...notice, is_resent, status: 'waiting', attempts: [] }
    const key = `${notice.merchant_id}/${notice.order_no}/${randomUUID()}`
    await tx.insert(NOTICE, `${key}/1`, record, this.later(this.delayMs(behaviour)))
    if (behaviour !== 'duplicate') return
    const copy = { ...record, is_resent: false }
    await tx.insert(NOTICE, `${key}/2`, copy, this.later(timing.duplicateMs))
  }

  /** One delivery. No transaction is open while the merchant's server thinks. */
  async deliver(key: string): Promise<void> {
    const { store, timing, logger } = this.options
    const notice = await store.find(NOTICE, key)
    if (notice?.status !== 'waiting') return
    const attempt = await this.send(notice)
    logger.debug({ notice: key, ...attempt }, 'notification was sent')
    await store.transaction(async (tx) => {
      const current = await tx.lock(NOTICE, key)
      if (!current) return
      const attempts = [...current.attempts, attempt]
      const seconds = current.is_resent ? timing.resendSeconds[attempts.length - 1] : undefined
      if (attempt.error === null) {
        await tx.save(NOTICE, key, { ...current, attempts, status: 'delivered' })
      } else if (seconds === undefined) {
        await tx.save(NOTICE, key, { ...current, attempts, status: 'given_up' })
      } else {
        await tx.save(NOTICE, key, { ...current, attempts }, this.later(seconds * 1000))
      }
    })
    if (notice.behaviour !== 'reordered') await this.releaseReordered(notice)
  }

  /** Those that waited for the next event of their order follow it, now that it was told. */
  private async releaseReordered({ merchant_id, order_no }: Notice): Promise<void> {
    const { store, timing } = this.options
    await store.transaction(async (tx) => {
      for (const [key, held] of await tx.lockAll(NOTICE, `${merchant_id}/${order_no}/`)) {
        if (held.behaviour !== 'reordered' || held.attempts.length > 0) continue
        const dueAt = this.later(timing.duplicateMs)
        await tx.save(NOTICE, key, { ...held, behaviour: 'normal' }, dueAt)
      }
    })
    this.wake()
  }

  private async send(notice: NoticeRecord): Promise<Attempt> {
    const { clock, timing, write, findFault } = this.options
    const at = clock.now().toISOString()
    try {
      const { headers, body } = await write(notice)
      const response = await fetch(notice.notify_url, {
        method: 'POST',
        headers,
        body,
        // A redirect is not an answer.
        redirect: 'manual',
        signal: AbortSignal.timeout(timing.deliveryTimeoutMs),
      })
      const answer = (await response.text()).slice(0, ANSWER_CHARACTERS_MAX)
      return { at, http_status: response.status, error: findFault(response.status, answer) }
    } catch (error) {
      return { at, http_status: null, error: describe(error) }
    }
  }

  private delayMs(behaviour: NotifyBehaviour): number {
    const { timing } = this.options
    if (behaviour === 'late') return timing.lateMs
    return behaviour === 'reordered' ? timing.reorderedMs : 0
  }

  private later(milliseconds: number): Date {
    return new Date(this.options.clock.now().getTime() + milliseconds)
  }
}

/** `fetch failed` alone helps nobody; the cause says whether the port was closed or the name unknown. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

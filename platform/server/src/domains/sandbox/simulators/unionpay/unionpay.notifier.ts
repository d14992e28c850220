import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { NotifyBehaviour } from '../simulator-play.js'
import type { UnionpayAuthority } from './unionpay.authority.js'
import type { Fields } from './unionpay.signature.js'
import type { UnionpayTiming } from './unionpay.timing.js'
import { NOTIFICATION, type NotificationRecord } from './unionpay.types.js'

export interface Notice {
  readonly merchant_id: string
  /** The number of the payment, also for a refund of it. */
  readonly order_id: string
  readonly url: string
  readonly fields: Fields
  readonly behaviour: NotifyBehaviour
}

export interface NotifierOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly authority: UnionpayAuthority
  readonly timing: UnionpayTiming
  readonly logger: FastifyBaseLogger
  /** Tells the loop that something was scheduled. */
  readonly wake: () => void
}

/** What somebody else sends, or what a fault makes of it, is not insisted on. */
const SENT_ONCE: ReadonlySet<NotifyBehaviour> = new Set([
  ...(['forged', 'probe', 'wrong_amount', 'wrong_merchant'] as const),
])
const OTHER_MERCHANT_ID = '777290058999999'

type Attempt = NotificationRecord['attempts'][number]

/** UnionPay telling a merchant what happened, until the merchant answers 200. */
export class UnionpayNotifier {
  constructor(private readonly options: NotifierOptions) {}

  wake(): void {
    this.options.wake()
  }

  /** Stores the notification with what it is about; the loop delivers it after the commit. */
  async schedule(tx: SimulatorTransaction, notice: Notice): Promise<void> {
    const { behaviour } = notice
    if (behaviour === 'lost') return
    const { clock, timing } = this.options
    const now = clock.now()
    const record: NotificationRecord = {
      ...notice,
      fields: falsified(notice),
      id: randomUUID(),
      is_resent: !SENT_ONCE.has(behaviour),
      status: 'waiting',
      attempts: [],
    }
    const delay = delayMs(behaviour, timing)
    const key = `${prefixOf(notice)}${record.id}`
    await tx.insert(NOTIFICATION, `${key}/1`, record, later(now, delay))
    if (behaviour !== 'duplicate') return
    const copy = { ...record, is_resent: false }
    await tx.insert(NOTIFICATION, `${key}/2`, copy, later(now, timing.duplicateMs))
  }

  /** One delivery. No transaction is open while the merchant's server thinks. */
  async deliver(key: string): Promise<void> {
    const { store, clock, logger } = this.options
    const notification = await store.find(NOTIFICATION, key)
    if (notification?.status !== 'waiting') return
    const attempt = await this.send(notification)
    logger.debug({ notification_id: notification.id, ...attempt }, 'notification was sent')
    await store.transaction(async (tx) => {
      const current = await tx.lock(NOTIFICATION, key)
      if (!current) return
      const attempts = [...current.attempts, attempt]
      const delay = this.resendDelayMs(current, attempts.length)
      const isHeard = attempt.error === null
      const dueAt = isHeard || delay === null ? null : later(clock.now(), delay)
      const status = isHeard ? 'delivered' : dueAt === null ? 'given_up' : 'waiting'
      await tx.save(NOTIFICATION, key, { ...current, attempts, status }, dueAt)
    })
    if (notification.behaviour !== 'reordered') await this.releaseReordered(notification)
  }

  /** Those that waited for the next event of their order follow it, now that it was told. */
  private async releaseReordered(notice: Notice): Promise<void> {
    const { store, clock, timing } = this.options
    await store.transaction(async (tx) => {
      for (const [key, held] of await tx.lockAll(NOTIFICATION, prefixOf(notice))) {
        if (held.behaviour !== 'reordered' || held.attempts.length > 0) continue
        const dueAt = later(clock.now(), timing.duplicateMs)
        await tx.save(NOTIFICATION, key, { ...held, behaviour: 'normal' }, dueAt)
      }
    })
    this.wake()
  }

  private resendDelayMs(notification: NotificationRecord, attemptsMade: number): number | null {
    if (!notification.is_resent) return null
    const seconds = this.options.timing.resendSeconds[attemptsMade - 1]
    return seconds === undefined ? null : seconds * 1000
  }

  private async send(notification: NotificationRecord): Promise<Attempt> {
    const { clock, timing } = this.options
    const at = clock.now().toISOString()
    try {
      const response = await fetch(notification.url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body: new URLSearchParams(await this.seal(notification)).toString(),
        // A redirect is not an answer, and UnionPay does not follow it.
        redirect: 'manual',
        signal: AbortSignal.timeout(timing.deliveryTimeoutMs),
      })
      await response.body?.cancel()
      const error = response.status === 200 ? null : 'the answer is not 200'
      return { at, http_status: response.status, error }
    } catch (error) {
      return { at, http_status: null, error: describe(error) }
    }
  }

  /** UnionPay has no probe of its own: an unsigned copy stands for one. */
  private async seal({ fields, behaviour }: NotificationRecord): Promise<Record<string, string>> {
    const { authority } = this.options
    if (behaviour === 'forged') return authority.forge(fields)
    const { signature = '', ...unsigned } = await authority.seal(fields)
    return behaviour === 'probe' ? unsigned : { ...unsigned, signature }
  }
}

function prefixOf({ merchant_id, order_id }: Notice): string {
  return `${merchant_id}/${order_id}/`
}

function delayMs(behaviour: NotifyBehaviour, timing: UnionpayTiming): number {
  if (behaviour === 'late') return timing.lateMs
  return behaviour === 'reordered' ? timing.reorderedMs : 0
}

/** A notification of another merchant or amount is UnionPay's own in every other way. */
function falsified({ behaviour, fields }: Notice): Fields {
  if (behaviour === 'wrong_merchant') return { ...fields, merId: OTHER_MERCHANT_ID }
  if (behaviour !== 'wrong_amount') return fields
  return { ...fields, txnAmt: String(BigInt(fields.txnAmt ?? '0') + 1n) }
}

function later(moment: Date, delay: number): Date {
  return new Date(moment.getTime() + delay)
}

/** `fetch failed` alone helps nobody; the cause says whether the port was closed or the name unknown. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

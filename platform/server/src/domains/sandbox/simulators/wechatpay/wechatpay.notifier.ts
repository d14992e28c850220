import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import { wireTime } from '../simulator-merchant.clock.js'
import type { NotifyBehaviour } from '../simulator-play.js'
import { toWireTime } from './wechatpay.answers.js'
import { encryptResource } from './wechatpay.cipher.js'
import type { WechatpayKeys } from './wechatpay.keys.js'
import { signatureHeaders } from './wechatpay.signature.js'
import type { WechatpayTiming } from './wechatpay.timing.js'
import { NOTIFICATION, type NotificationRecord } from './wechatpay.types.js'

export interface Notice {
  readonly merchant_id: string
  readonly out_trade_no: string
  readonly event_type: string
  readonly summary: string
  readonly original_type: 'transaction' | 'refund'
  readonly resource: Record<string, unknown>
  readonly notify_url: string
  readonly behaviour: NotifyBehaviour
}

export interface NotifierOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly keys: WechatpayKeys
  readonly timing: WechatpayTiming
  readonly logger: FastifyBaseLogger
  /** Tells the loop that something was scheduled. */
  readonly wake: () => void
}

/** What somebody else sends, or what a fault makes of it, is not insisted on. */
const SENT_ONCE: ReadonlySet<NotifyBehaviour> = new Set([
  'forged',
  'probe',
  'wrong_amount',
  'wrong_merchant',
])
const Amounts = z.record(z.string(), z.unknown())
const OTHER_MERCHANT_ID = '1999999999'

type Attempt = NotificationRecord['attempts'][number]

/** WeChat telling a merchant what happened, again and again until the merchant says it has heard. */
export class WechatpayNotifier {
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
      ...falsified(notice),
      id: randomUUID(),
      create_time: toWireTime(now),
      is_resent: !SENT_ONCE.has(behaviour),
      status: 'waiting',
      attempts: [],
    }
    const key = `${notice.merchant_id}/${notice.out_trade_no}/${record.id}`
    await tx.insert(NOTIFICATION, `${key}/1`, record, later(now, delayMs(behaviour, timing)))
    if (behaviour !== 'duplicate') return
    const copy = { ...record, is_resent: false }
    await tx.insert(NOTIFICATION, `${key}/2`, copy, later(now, timing.duplicateMs))
  }

  /** Those that waited for the next event of their order follow it, now that it was told. */
  private async releaseReordered({ merchant_id, out_trade_no }: NotificationRecord): Promise<void> {
    const { store, clock } = this.options
    await store.transaction(async (tx) => {
      for (const [key, held] of await tx.lockAll(NOTIFICATION, `${merchant_id}/${out_trade_no}/`)) {
        if (held.behaviour !== 'reordered' || held.attempts.length > 0) continue
        await tx.save(NOTIFICATION, key, { ...held, behaviour: 'normal' }, clock.now())
      }
    })
    this.wake()
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
      const delayMs = this.resendDelayMs(current, attempts.length)
      const isHeard = attempt.error === null
      const isOver = isHeard || delayMs === null
      const status = isHeard ? 'delivered' : isOver ? 'given_up' : 'waiting'
      const dueAt = isOver ? null : later(clock.now(), delayMs)
      await tx.save(NOTIFICATION, key, { ...current, attempts, status }, dueAt)
    })
    if (notification.behaviour !== 'reordered') await this.releaseReordered(notification)
  }

  private resendDelayMs(notification: NotificationRecord, attemptsMade: number): number | null {
    if (!notification.is_resent) return null
    const seconds = this.options.timing.resendSeconds[attemptsMade - 1]
    return seconds === undefined ? null : seconds * 1000
  }

  /** Posts the notification, freshly encrypted and signed. Anything but 200 or 204 in time failed. */
  private async send(notification: NotificationRecord): Promise<Attempt> {
    const { clock, keys, timing } = this.options
    const at = clock.now().toISOString()
    const merchant = await keys.merchant(notification.merchant_id)
    if (!merchant)
      return { at, http_status: null, error: 'the merchant is not registered any more' }
    const { id, create_time, event_type, summary, original_type, resource } = notification
    const encrypted = encryptResource(merchant.api_v3_key, original_type, resource)
    const resource_type = 'encrypt-resource'
    const body = JSON.stringify({
      ...{ id, create_time, resource_type, event_type, summary },
      resource: encrypted,
    })
    const signer =
      notification.behaviour === 'forged' ? await keys.strangerKey() : await keys.platformKey()
    const signature = signatureHeaders(signer, body, wireTime(clock))
    if (notification.behaviour === 'probe') {
      const { 'Wechatpay-Signature': genuine } = signature
      signature['Wechatpay-Signature'] = `WECHATPAY/SIGNTEST/${genuine}`
    }
    try {
      const response = await fetch(notification.notify_url, {
        method: 'POST',
        headers: { ...signature, 'Content-Type': 'application/json', 'User-Agent': 'Mozilla/4.0' },
        body,
        // A redirect is not an answer, and WeChat does not follow it.
        redirect: 'manual',
        signal: AbortSignal.timeout(timing.deliveryTimeoutMs),
      })
      await response.body?.cancel()
      const isHeard = response.status === 200 || response.status === 204
      const error = isHeard ? null : 'the answer is not 200 or 204'
      return { at, http_status: response.status, error }
    } catch (error) {
      return { at, http_status: null, error: describe(error) }
    }
  }
}

function delayMs(behaviour: NotifyBehaviour, timing: WechatpayTiming): number {
  if (behaviour === 'late') return timing.lateMs
  return behaviour === 'reordered' ? timing.reorderedMs : 0
}

/** A notification of another merchant or amount is WeChat's own in every other way. */
function falsified(notice: Notice): Notice {
  if (notice.behaviour === 'wrong_merchant') {
    return { ...notice, resource: { ...notice.resource, mchid: OTHER_MERCHANT_ID } }
  }
  if (notice.behaviour !== 'wrong_amount') return notice
  const field = notice.original_type === 'refund' ? 'refund' : 'total'
  const amount = Amounts.parse(notice.resource.amount)
  const wrong = { ...amount, [field]: Number(amount[field]) + 1 }
  return { ...notice, resource: { ...notice.resource, amount: wrong } }
}

function later(moment: Date, delayMs: number): Date {
  return new Date(moment.getTime() + delayMs)
}

/** `fetch failed` alone helps nobody; the cause says whether the port was closed or the name unknown. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

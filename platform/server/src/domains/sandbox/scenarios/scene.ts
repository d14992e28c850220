import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { currentAppTime, runInTime } from '../../../infra/clock/app-time.js'
import type { Caller } from '../../../infra/http/caller.js'
import { newId } from '../../../kernel/id.js'
import type { ChannelCode } from '../../channels/channel.port.js'
import type { TriggerOverrides } from '../event-trigger.schema.js'
import { TEST_PIN } from '../test-payer.table.js'
import type { SceneServices } from './scene.services.js'

const AMOUNT_DEFAULT = 100
const WithId = z.object({ id: z.string() })

/** What a scenario is played with: the services behind the API, as the calling app. */
export class Scene {
  /** Things are made here that the call itself does not name: none of them takes its idempotency key. */
  readonly caller: Caller

  constructor(
    caller: Caller,
    readonly services: SceneServices,
    readonly overrides: TriggerOverrides,
  ) {
    this.caller = { ...caller, idempotency: null }
  }

  get amount(): number {
    return this.overrides.amount ?? AMOUNT_DEFAULT
  }

  get metadata(): Record<string, string> {
    return this.overrides.metadata ?? {}
  }

  get title(): string {
    return this.overrides.title ?? '沙箱事件 Sandbox event'
  }

  /** Somebody else of the institution, for what two people must do. */
  get secondPerson(): Caller {
    const actor = newId('key')
    return { ...this.caller, actor_id: actor, key_id: actor }
  }

  number(): string {
    return `sandbox-${randomBytes(8).toString('hex')}`
  }

  async payer(): Promise<string> {
    const { body } = await this.services.payers.create(this.caller, {
      ...{ kind: 'student', number_type: 'student_no', number: this.number(), name: '测试生' },
    })
    return body.id
  }

  async bill(changes: { isPartial?: boolean; expires_at?: string } = {}): Promise<string> {
    const { body: item } = await this.services.feeItems.create(this.caller, {
      ...{ code: this.number(), name: this.title, kind: 'tuition' },
      partial_payment: { allowed: changes.isPartial ?? false },
    })
    const { body } = await this.services.bills.create(this.caller, {
      ...{ payer: await this.payer(), fee_item: item.id, out_bill_no: this.number() },
      ...{ amount: this.amount, title: this.title, metadata: this.metadata },
      ...(changes.expires_at === undefined ? {} : { expires_at: changes.expires_at }),
    })
    return body.id
  }

  async checkout(
    what: { bill?: string; amount?: number; expires_at?: string } = {},
  ): Promise<string> {
    const { bill, amount = this.amount, expires_at } = what
    const { body } = await this.services.checkouts.create(this.caller, {
      ...(bill === undefined ? { amount } : { items: [{ bill, amount }] }),
      ...{ currency: 'CNY', title: this.title, metadata: this.metadata },
      ...(expires_at === undefined ? {} : { expires_at }),
    })
    return body.id
  }

  /** As `POST /v1/payments` makes it, with a key of its own. */
  async payment(
    what: { channel?: ChannelCode; checkout?: string; amount?: number } = {},
  ): Promise<string> {
    const { channel, checkout, amount = this.amount } = what
    const { body } = await this.services.payments.create(this.callerWithKey(), {
      ...{ out_trade_no: this.number(), currency: 'CNY', metadata: this.metadata },
      ...(checkout === undefined ? { amount, subject: this.title } : { checkout }),
      ...(channel === undefined ? {} : { channel }),
    })
    return WithId.parse(JSON.parse(body)).id
  }

  async pay(paymentId: string): Promise<void> {
    const play = { action: 'pay', notify: 'normal' } as const
    await this.services.simulation.play(this.caller, paymentId, play)
    await this.succeeded(paymentId)
  }

  async paidPayment(what: { checkout?: string; amount?: number } = {}): Promise<string> {
    const id = await this.payment({ channel: 'wechatpay', ...what })
    await this.pay(id)
    return id
  }

  async refund(payment: string): Promise<string> {
    const { body } = await this.services.refunds.create(this.caller, {
      ...{ payment, out_refund_no: this.number(), metadata: this.metadata },
    })
    return body.id
  }

  async wallet(): Promise<string> {
    const { body } = await this.services.wallets.open(this.caller, {
      ...{ payer: await this.payer(), currency: 'CNY', metadata: this.metadata },
      ...{ limit_per_payment: null, limit_per_day: null },
    })
    return body.id
  }

  /** Money for a wallet, by WeChat Pay. */
  async topUp(wallet: string): Promise<string> {
    const { body } = await this.services.topUps.create(this.caller, wallet, {
      ...{ out_trade_no: this.number(), amount: this.amount, metadata: this.metadata },
      channel: 'wechatpay',
    })
    await this.pay(body.id)
    return body.id
  }

  /** A payment by campus card. */
  async charge(wallet: string): Promise<string> {
    await this.services.wallets.setPin(this.caller, wallet, { pin: TEST_PIN })
    const id = await this.payment({ channel: 'campus_card' })
    await this.services.walletConfirm.confirmForApp(this.caller, id, { pin: TEST_PIN, wallet })
    return id
  }

  publicKey(): string {
    const { publicKey } = generateKeyPairSync('ed25519')
    return publicKey.export({ type: 'spki', format: 'pem' }).toString()
  }

  /** Does something as if it had been done so long ago: what waits for a time is then due at once. */
  ago<T>(milliseconds: number, work: (now: Date) => Promise<T>): Promise<T> {
    const offset_ms = (currentAppTime()?.offset_ms ?? 0) - milliseconds
    const time = { app_id: this.caller.app_id, offset_ms }
    return runInTime(time, () => work(new Date(Date.now() + offset_ms)))
  }

  /** Whatever is due for the app is done now. */
  catchUp(): Promise<void> {
    return this.services.clocks.catchUp(this.caller)
  }

  /** The channel's notification comes by the wire, a moment later. */
  private async succeeded(paymentId: string): Promise<void> {
    const deadlineMs = performance.now() + 10_000
    while (performance.now() < deadlineMs) {
      const { status } = await this.services.payments.get(this.caller, paymentId)
      if (status === 'succeeded') return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  private callerWithKey(): Caller {
    const key = newId('req')
    const allotted_id = key.slice('req_'.length)
    const request_hash = createHash('sha256').update(key).digest()
    const request = { route: 'POST /v1/payments', key, nonce: key, request_hash, allotted_id }
    return { ...this.caller, idempotency: request }
  }
}

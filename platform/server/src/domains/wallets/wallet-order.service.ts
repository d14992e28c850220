import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import { businessDate, type Clock } from '../../kernel/clock.js'
import { IdentityService } from '../identity/identity.service.js'
import { WalletError, walletNotFound } from './wallet.errors.js'
import { WalletRepository } from './wallet.repository.js'
import { type ChargeRefusal, limitsOf, refusalOfCharge } from './wallet.rules.js'
import type { WalletLimits, WalletOrderRow, WalletRow } from './wallet.types.js'
import { WalletMovementService } from './wallet-movement.service.js'
import { WalletOrderRepository } from './wallet-order.repository.js'
import { WALLET_ORDER_TRANSITIONS, type WalletOrderTrigger } from './wallet-order.state.js'
import {
  type PinProof,
  type PinVerdict,
  pinRefusal,
  WalletPinService,
} from './wallet-pin.service.js'
import { WalletTransactionRepository } from './wallet-transaction.repository.js'

export interface NewWalletOrder extends Tenant {
  readonly order_no: string
  readonly channel_account_id: string
  readonly amount: bigint
  readonly currency: string
  readonly description: string
  readonly expires_at: Date
}

export interface OrderConfirmation {
  readonly order_no: string
  readonly wallet_id: string
  readonly pin: string
  /** The institution's limits, for wallets without their own. */
  readonly default_limits: WalletLimits
}

/** What came of one try to pay. Only `paid` and `refused` end the order. */
type Verdict =
  | { readonly kind: 'paid' }
  | { readonly kind: 'refused' | 'waiting'; readonly refusal: ChargeRefusal }
  | { readonly kind: 'pin'; readonly pin: Exclude<PinVerdict, 'right'> }
  | { readonly kind: 'over' }

const PROOFS_MAX = 3

/** What the campus card was asked to pay. Each step is one transaction; order before wallet, always. */
@Injectable()
export class WalletOrderService {
  constructor(
    private readonly database: Database,
    private readonly orders: WalletOrderRepository,
    private readonly wallets: WalletRepository,
    private readonly transactions: WalletTransactionRepository,
    private readonly movements: WalletMovementService,
    private readonly pins: WalletPinService,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes the order, or finds the one that has this number. */
  async place(order: NewWalletOrder): Promise<WalletOrderRow> {
    const now = this.clock.now()
    await this.orders.insert({
      ...order,
      wallet_id: null,
      amount_refunded: 0n,
      status: 'waiting',
      failure_code: null,
      failure_message: null,
      transaction_no: null,
      paid_at: null,
      created_at: now,
      updated_at: now,
    })
    const row = await this.orders.find(order, order.order_no)
    assert(row, 'an order that was just inserted, or refused as known, is there')
    return row
  }

  /** The order as it is now: one whose time is over expires when somebody looks. */
  async find(tenant: Tenant, orderNo: string): Promise<WalletOrderRow | null> {
    const row = await this.orders.find(tenant, orderNo)
    if (row?.status !== 'waiting' || row.expires_at > this.clock.now()) return row
    return this.end(tenant, orderNo, 'expire')
  }

  /** Null when there is no such order; one that is over stays as it is. */
  close(tenant: Tenant, orderNo: string): Promise<WalletOrderRow | null> {
    return this.end(tenant, orderNo, 'close')
  }

  /** The payer says no. Null when there is no such order. */
  refuse(tenant: Tenant, orderNo: string): Promise<WalletOrderRow | null> {
    return this.end(tenant, orderNo, 'refuse')
  }

  /**
   * Charges the wallet for an order, once: an order that is paid says so again, whatever the PIN.
   * @throws WalletError wallet_order_not_found, wallet_order_over, wallet_not_found, wallet_pin_…,
   *   wallet_frozen, wallet_closed, wallet_limit_exceeded, wallet_balance_insufficient
   */
  async pay(tenant: Tenant, confirmation: OrderConfirmation): Promise<void> {
    for (let proofs = 1; ; proofs++) {
      const wallet = await this.wallets.find(tenant, confirmation.wallet_id)
      if (!wallet) throw walletNotFound(confirmation.wallet_id)
      const proof = await this.pins.prove(wallet, confirmation.pin)
      const verdict = await this.database.transaction((tx) =>
        this.tryToPay(tx, tenant, confirmation, proof),
      )
      const isStale = verdict.kind === 'pin' && verdict.pin === 'stale'
      if (isStale && proofs < PROOFS_MAX) continue
      return raise(verdict)
    }
  }

  /** One try under the locks. It answers instead of throwing, so that what was counted is kept. */
  private async tryToPay(
    tx: Transaction,
    tenant: Tenant,
    { order_no, wallet_id, default_limits }: OrderConfirmation,
    proof: PinProof,
  ): Promise<Verdict> {
    const order = await this.orders.lock(tx, tenant, order_no)
    if (!order) throw new WalletError('wallet_order_not_found', `There is no order ${order_no}.`)
    if (order.status === 'paid') return { kind: 'paid' }
    const wallet = await this.wallets.lock(tx, tenant, wallet_id)
    assert(wallet, 'wallets are never deleted')
    const pin = await this.pins.judge(tx, wallet, proof)
    if (pin !== 'right') return { kind: 'pin', pin }
    const now = this.clock.now()
    if (order.status !== 'waiting' || order.expires_at <= now) return { kind: 'over' }
    const limits = limitsOf(wallet, default_limits)
    const spentToday = await this.spentToday(tx, wallet)
    const refusal = refusalOfCharge(wallet, order, limits, spentToday)
    if (!refusal) {
      await this.charge(tx, order, wallet)
      return { kind: 'paid' }
    }
    // Money may be added and limits raised while the order waits; a frozen wallet is for people to look at.
    if (refusal.code !== 'wallet_frozen') return { kind: 'waiting', refusal }
    const failure = { failure_code: refusal.code, failure_message: refusal.message }
    await this.orders.move(tx, order, 'refused', { wallet_id, ...failure }, now)
    return { kind: 'refused', refusal }
  }

  private async charge(tx: Transaction, order: WalletOrderRow, wallet: WalletRow): Promise<void> {
    const { order_no, channel_account_id, amount, description } = order
    const movement = await this.movements.record(tx, wallet, {
      kind: 'charge',
      source_id: order_no,
      amount,
      description,
      order: { order_no, channel_account_id },
    })
    const change = {
      wallet_id: wallet.id,
      transaction_no: movement.id.slice('wtx_'.length).toUpperCase(),
      paid_at: movement.created_at,
    }
    await this.orders.move(tx, order, 'paid', change, movement.created_at)
  }

  private async spentToday(tx: Transaction, wallet: WalletRow): Promise<bigint> {
    const timeZone = await this.identity.timeZoneOf(wallet.institution_id, tx)
    const today = businessDate(this.clock.now(), timeZone)
    return this.transactions.chargedOn(tx, wallet, wallet.id, today)
  }

  private end(
    tenant: Tenant,
    orderNo: string,
    trigger: Exclude<WalletOrderTrigger, 'charge'>,
  ): Promise<WalletOrderRow | null> {
    return this.database.transaction(async (tx) => {
      const row = await this.orders.lock(tx, tenant, orderNo)
      const status = row && WALLET_ORDER_TRANSITIONS[row.status][trigger]
      if (!row || !status) return row
      const change = trigger === 'refuse' ? PAYER_REFUSED : {}
      await this.orders.move(tx, row, status, change, this.clock.now())
      return { ...row, ...change, status }
    })
  }
}

const PAYER_REFUSED = {
  failure_code: 'payer_refused',
  failure_message: 'The payer refused to pay with the campus card.',
}

function raise(verdict: Verdict): void {
  switch (verdict.kind) {
    case 'paid':
      return
    case 'pin':
      throw pinRefusal(verdict.pin)
    case 'over':
      throw new WalletError(
        'wallet_order_over',
        'This can no longer be paid with the campus card.',
        {
          outcome: 'failed',
        },
      )
    case 'refused':
    case 'waiting':
      throw new WalletError(verdict.refusal.code, verdict.refusal.message, { outcome: 'failed' })
  }
}

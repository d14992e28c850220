import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { WalletRepository } from './wallet.repository.js'
import type { WalletTransactionRow } from './wallet.types.js'
import { WalletMovementService } from './wallet-movement.service.js'
import { WalletOrderRepository } from './wallet-order.repository.js'
import { WalletTransactionRepository } from './wallet-transaction.repository.js'

export interface NewWalletRefund extends Tenant {
  readonly refund_no: string
  readonly order_no: string
  readonly amount: bigint
  readonly currency: string
  readonly reason: string
}

export type WalletRefundResult =
  | { readonly kind: 'refunded'; readonly movement: WalletTransactionRow }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

/** Gives money that the campus card paid back into the wallet it came from, once per refund number. */
@Injectable()
export class WalletRefundService {
  constructor(
    private readonly database: Database,
    private readonly orders: WalletOrderRepository,
    private readonly wallets: WalletRepository,
    private readonly transactions: WalletTransactionRepository,
    private readonly movements: WalletMovementService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  refund(refund: NewWalletRefund): Promise<WalletRefundResult> {
    return this.database.transaction((tx) => this.refundIn(tx, refund))
  }

  find(tenant: Tenant, refundNo: string): Promise<WalletTransactionRow | null> {
    return this.transactions.find(tenant, 'charge_refund', refundNo)
  }

  private async refundIn(tx: Transaction, refund: NewWalletRefund): Promise<WalletRefundResult> {
    const { order_no, refund_no, amount } = refund
    const order = await this.orders.lock(tx, refund, order_no)
    const known = await this.transactions.find(refund, 'charge_refund', refund_no, tx)
    if (known) {
      const isSame = known.order_no === order_no && known.amount === amount
      if (isSame) return { kind: 'refunded', movement: known }
      return refused('refund_number_taken', 'The number belongs to another refund.')
    }
    if (!order?.wallet_id || order.status !== 'paid') {
      return refused('order_not_paid', 'The campus card has paid no such order.')
    }
    if (order.currency !== refund.currency || order.amount_refunded + amount > order.amount) {
      return refused('refund_exceeds_order', 'More would go back than was paid.')
    }
    const wallet = await this.wallets.lock(tx, refund, order.wallet_id)
    assert(wallet, 'wallets are never deleted')
    if (wallet.status === 'closed') {
      const message = 'The wallet was closed meanwhile. Give the money back in another way.'
      return refused('wallet_closed', message)
    }
    const { channel_account_id } = order
    const movement = await this.movements.record(tx, wallet, {
      kind: 'charge_refund',
      source_id: refund_no,
      amount,
      description: refund.reason,
      order: { order_no, channel_account_id },
    })
    await this.orders.addRefund(tx, order, amount, this.clock.now())
    return { kind: 'refunded', movement }
  }
}

function refused(code: string, message: string): WalletRefundResult {
  return { kind: 'refused', code, message }
}

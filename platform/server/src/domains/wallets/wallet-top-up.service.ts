import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import { isId } from '../../kernel/id.js'
import { toMajorText } from '../../kernel/money.js'
import { WalletError, walletNotFound } from './wallet.errors.js'
import { WalletRepository } from './wallet.repository.js'
import type { WalletRow } from './wallet.types.js'
import { WalletMovementService } from './wallet-movement.service.js'

/** Money of a top-up: the payment or the refund it is about, and how much. */
export interface TopUpMoney extends Tenant {
  readonly wallet_id: string
  /** The payment, or the refund of it. */
  readonly source_id: string
  readonly amount: bigint
  readonly description: string
}

/**
 * What payments and refunds do to the wallet they top up, each in their own transaction. The posting is
 * theirs: the other side of the entry is theirs to know.
 */
@Injectable()
export class WalletTopUpService {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly movements: WalletMovementService,
  ) {}

  /** Before a payment is made. @throws WalletError wallet_not_found, wallet_frozen, wallet_closed */
  async requireOpen(tenant: Tenant, walletId: string): Promise<WalletRow> {
    const wallet = isId(walletId, 'wal') ? await this.wallets.find(tenant, walletId) : null
    if (!wallet) throw walletNotFound(walletId)
    if (wallet.status === 'active') return wallet
    const code = wallet.status === 'frozen' ? 'wallet_frozen' : 'wallet_closed'
    throw new WalletError(code, `The wallet is ${wallet.status}: it takes no new money.`, {
      outcome: 'failed',
    })
  }

  /**
   * The money arrived. A wallet that was frozen meanwhile takes it; false when it was closed: then the
   * money belongs to nobody here, and nothing was changed.
   */
  async credit(tx: Transaction, money: TopUpMoney): Promise<boolean> {
    const wallet = await this.lock(tx, money)
    if (wallet.status === 'closed') return false
    await this.movements.record(tx, wallet, { kind: 'top_up', ...movementOf(money) })
    return true
  }

  /**
   * The money is to go back: it can no longer be spent. Also from a frozen wallet, for it is the
   * institution that gives back, and not the payer who spends.
   * @throws WalletError wallet_balance_insufficient
   */
  async hold(tx: Transaction, money: TopUpMoney): Promise<void> {
    const wallet = await this.lock(tx, money)
    if (wallet.balance < money.amount) {
      throw new WalletError(
        'wallet_balance_insufficient',
        `The money was spent: ${toMajorText(wallet.balance)} ${wallet.currency} is left in the wallet.`,
        { outcome: 'failed' },
      )
    }
    await this.movements.record(tx, wallet, { kind: 'top_up_hold', ...movementOf(money) })
  }

  /** The refund failed: the money can be spent again. */
  async release(tx: Transaction, money: TopUpMoney): Promise<void> {
    const wallet = await this.lock(tx, money)
    await this.movements.record(tx, wallet, { kind: 'top_up_hold_release', ...movementOf(money) })
  }

  /** The refund succeeded: what was held is gone. */
  async settle(tx: Transaction, money: TopUpMoney): Promise<void> {
    const wallet = await this.lock(tx, money)
    await this.movements.record(tx, wallet, { kind: 'top_up_refund', ...movementOf(money) })
  }

  private async lock(tx: Transaction, money: TopUpMoney): Promise<WalletRow> {
    const wallet = await this.wallets.lock(tx, money, money.wallet_id)
    assert(wallet, `a payment tops up the wallet ${money.wallet_id}, so it exists`)
    return wallet
  }
}

function movementOf({ source_id, amount, description }: TopUpMoney) {
  return { source_id, amount, description }
}

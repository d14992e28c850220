import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import { type TopUpMoney, WalletTopUpService } from '../wallets/wallet-top-up.service.js'
import type { RefundCase } from './refund.types.js'

/**
 * What a refund of a top-up does to the wallet, in the refund’s own transactions: the money is held when
 * the refund is made, so that it is not spent meanwhile, and is gone or free again when the refund ends.
 */
@Injectable()
export class RefundWalletService {
  constructor(private readonly topUps: WalletTopUpService) {}

  /** @throws WalletError wallet_balance_insufficient when the money is spent */
  async hold(tx: Transaction, refund: RefundCase): Promise<void> {
    const money = moneyOf(refund)
    if (money) await this.topUps.hold(tx, money)
  }

  async settle(tx: Transaction, refund: RefundCase): Promise<void> {
    const money = moneyOf(refund)
    if (money) await this.topUps.settle(tx, money)
  }

  async release(tx: Transaction, refund: RefundCase): Promise<void> {
    const money = moneyOf(refund)
    if (money) await this.topUps.release(tx, money)
  }
}

/** Null for every payment that topped up nothing. */
function moneyOf({ refund, wallet_id }: RefundCase): TopUpMoney | null {
  if (wallet_id === null) return null
  const { institution_id, livemode, id, amount, payment_id } = refund
  const description = `Refund of ${payment_id}`
  return { institution_id, livemode, wallet_id, source_id: id, amount, description }
}

import { Inject, Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { CLOCK } from '../../infra/tokens.js'
import { businessDate, type Clock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { IdentityService } from '../identity/identity.service.js'
import { channelClearing, payerWallet, walletHold } from '../ledger/ledger.accounts.js'
import { LedgerService } from '../ledger/ledger.service.js'
import type { LedgerAccount, PostingKind } from '../ledger/ledger.types.js'
import { movementEvent } from './wallet.events.js'
import { WalletRepository } from './wallet.repository.js'
import {
  MOVEMENTS,
  type MovementKind,
  type WalletRow,
  type WalletTransactionRow,
} from './wallet.types.js'
import { WalletTransactionRepository } from './wallet-transaction.repository.js'

/** One thing that happens to the money of a wallet. */
export interface Movement {
  readonly kind: MovementKind
  readonly source_id: string
  readonly amount: bigint
  readonly description: string
  /** The order at the campus card, and the account whose clearing it passes through. */
  readonly order?: { readonly order_no: string; readonly channel_account_id: string }
}

/** The longest description that the table of movements promises. */
const DESCRIPTION_LENGTH_MAX = 200

/**
 * The only place that changes what is in a wallet: the wallet's row, its transaction, the posting and the
 * event are one commit. The wallet is locked by the caller; one movement exists per kind and source.
 */
@Injectable()
export class WalletMovementService {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly transactions: WalletTransactionRepository,
    private readonly ledger: LedgerService,
    private readonly identity: IdentityService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record(
    tx: Transaction,
    wallet: WalletRow,
    movement: Movement,
  ): Promise<WalletTransactionRow> {
    const { institution_id, livemode, currency } = wallet
    const now = this.clock.now()
    const time_zone = await this.identity.timeZoneOf(institution_id, tx)
    const factors = MOVEMENTS[movement.kind]
    const change = {
      balance: factors.balance * movement.amount,
      held: factors.held * movement.amount,
    }
    const changed = await this.wallets.changeBalance(tx, wallet, { ...change, now })
    const row: WalletTransactionRow = {
      institution_id,
      livemode,
      id: newId('wtx'),
      wallet_id: wallet.id,
      kind: movement.kind,
      source_id: movement.source_id,
      order_no: movement.order?.order_no ?? null,
      currency,
      amount: movement.amount,
      balance_change: change.balance,
      held_change: change.held,
      balance_after: changed.balance,
      description: [...movement.description].slice(0, DESCRIPTION_LENGTH_MAX).join(''),
      created_at: now,
    }
    await this.transactions.insert(tx, row, businessDate(now, time_zone))
    await this.post(tx, wallet, row, movement, time_zone)
    const apiVersion = await this.identity.apiVersionOf(institution_id, wallet.app_id, tx)
    await appendEvents(tx, [movementEvent(changed, row, apiVersion)])
    return row
  }

  /** Top-ups and their refunds are postings of the payment and of the refund: see `postingOf`. */
  private async post(
    tx: Transaction,
    { institution_id, livemode, id: walletId }: WalletRow,
    { source_id, description, currency, amount, created_at }: WalletTransactionRow,
    movement: Movement,
    time_zone: string,
  ): Promise<void> {
    const posting = postingOf(movement, walletId)
    if (!posting) return
    await this.ledger.post(tx, {
      ...{ institution_id, livemode, kind: posting.kind, source_id, description, currency },
      posted_at: created_at,
      time_zone,
      entries: [
        { account: posting.debit, direction: 'debit', amount },
        { account: posting.credit, direction: 'credit', amount },
      ],
    })
  }
}

/** What the ledger hears of a movement; null when the payment or refund that causes it posts it. */
function postingOf(
  { kind, order }: Movement,
  walletId: string,
): { kind: PostingKind; debit: LedgerAccount; credit: LedgerAccount } | null {
  const wallet = payerWallet(walletId)
  const hold = walletHold(walletId)
  if (kind === 'top_up_hold') return { kind: 'wallet_hold', debit: wallet, credit: hold }
  if (kind === 'top_up_hold_release') {
    return { kind: 'wallet_hold_release', debit: hold, credit: wallet }
  }
  if (!order) return null
  const clearing = channelClearing(order.channel_account_id)
  return kind === 'charge'
    ? { kind: 'wallet_charge', debit: wallet, credit: clearing }
    : { kind: 'wallet_refund', debit: clearing, credit: wallet }
}

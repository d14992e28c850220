import { Inject, Injectable } from '@nestjs/common'
import { Database, sqlState, type Transaction } from '../../infra/database/database.js'
import { type Caller, idFor, type Tenant } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import {
  listFilterOf,
  toWireList,
  type WireList,
  wireMetadata,
} from '../../infra/http/wire.schema.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { IdentityService } from '../identity/identity.service.js'
import { WalletError, walletNotFound } from './wallet.errors.js'
import { type WalletEventType, walletEvent } from './wallet.events.js'
import { WalletRepository } from './wallet.repository.js'
import {
  type FreezeWallet,
  type OpenWallet,
  type SetWalletPin,
  toWireWallet,
  type UpdateWallet,
  type WalletListQuery,
  type Wallet as WireWallet,
} from './wallet.schema.js'
import { WALLET_TRANSITIONS, type WalletTrigger } from './wallet.state.js'
import type { WalletRow } from './wallet.types.js'
import { WalletPinService } from './wallet-pin.service.js'
import { WalletTransactionRepository } from './wallet-transaction.repository.js'
import {
  toWireTransaction,
  type WalletTransactionListQuery,
  type WalletTransaction as WireTransaction,
} from './wallet-transaction.schema.js'

const FOREIGN_KEY_VIOLATION = '23503'

/** What each trigger is called when it is refused, and when it has happened. */
const WORDS = {
  freeze: { refused: 'wallet_not_freezable', happened: 'wallet.frozen' },
  unfreeze: { refused: 'wallet_not_unfreezable', happened: 'wallet.unfrozen' },
  close: { refused: 'wallet_not_closable', happened: 'wallet.closed' },
} as const satisfies Record<WalletTrigger, { refused: string; happened: WalletEventType }>

/** Wallets belong to their payers, and so to the institution: every app of it with the scope sees them. */
@Injectable()
export class WalletService {
  constructor(
    private readonly database: Database,
    private readonly wallets: WalletRepository,
    private readonly transactions: WalletTransactionRepository,
    private readonly pins: WalletPinService,
    private readonly identity: IdentityService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws WalletError wallet_payer_not_found, wallet_conflict */
  async open(caller: Caller, body: OpenWallet): Promise<Reply<WireWallet>> {
    const row = newWallet(caller, body, this.clock.now())
    if (await this.insert(row, caller.api_version)) return Reply.created(toWireWallet(row))
    const known = await this.wallets.findOfPayer(caller, body.payer, body.currency)
    // Opened by an earlier try of this very call.
    if (known?.id === row.id) return Reply.created(toWireWallet(known))
    if (known && isSame(known, row)) return Reply.existing(toWireWallet(known))
    throw new WalletError(
      'wallet_conflict',
      known
        ? `The payer has the wallet ${known.id} in ${known.currency}, with other limits or metadata. Use it as it is, or update it.`
        : 'The wallet that this call had opened was closed since. Open another one with a new key.',
    )
  }

  /** @throws WalletError wallet_not_found */
  async get(tenant: Tenant, id: string): Promise<WireWallet> {
    return toWireWallet(await this.require(tenant, id))
  }

  async list(tenant: Tenant, query: WalletListQuery): Promise<WireList<WireWallet>> {
    const page = await this.wallets.list(tenant, {
      ...listFilterOf(query),
      payer_id: query.payer ?? null,
      status: query.status ?? null,
    })
    return toWireList(page, toWireWallet)
  }

  /** @throws WalletError wallet_not_found */
  async history(
    tenant: Tenant,
    id: string,
    query: WalletTransactionListQuery,
  ): Promise<WireList<WireTransaction>> {
    await this.require(tenant, id)
    const filter = { ...listFilterOf(query), kind: query.kind ?? null }
    return toWireList(await this.transactions.list(tenant, id, filter), toWireTransaction)
  }

  /** The payer’s wallet in this currency that is not closed. Null when there is none. */
  ofPayer(tenant: Tenant, payerId: string, currency: string): Promise<WalletRow | null> {
    return this.wallets.findOfPayer(tenant, payerId, currency)
  }

  /** @throws WalletError wallet_not_found, wallet_closed */
  async update(tenant: Tenant, id: string, body: UpdateWallet): Promise<WireWallet> {
    await this.require(tenant, id)
    const limit = (amount: number | null | undefined) =>
      amount === undefined || amount === null ? amount : BigInt(amount)
    const change = {
      limit_per_payment: limit(body.limit_per_payment),
      limit_per_day: limit(body.limit_per_day),
      metadata: body.metadata,
    }
    return toWireWallet(orClosed(await this.wallets.update(tenant, id, change, this.clock.now())))
  }

  /** @throws WalletError wallet_not_found, wallet_closed, wallet_pin_weak */
  async setPin(tenant: Tenant, id: string, { pin }: SetWalletPin): Promise<WireWallet> {
    await this.require(tenant, id)
    const hash = await this.pins.hash(pin)
    return toWireWallet(orClosed(await this.wallets.setPin(tenant, id, hash, this.clock.now())))
  }

  /** @throws WalletError wallet_not_found, wallet_not_freezable */
  freeze(tenant: Tenant, id: string, { reason }: FreezeWallet): Promise<WireWallet> {
    return this.move(tenant, id, 'freeze', reason ?? null)
  }

  /** @throws WalletError wallet_not_found, wallet_not_unfreezable */
  unfreeze(tenant: Tenant, id: string): Promise<WireWallet> {
    return this.move(tenant, id, 'unfreeze')
  }

  /** Only when nothing is in it and nothing may come back. @throws WalletError wallet_not_empty */
  close(tenant: Tenant, id: string): Promise<WireWallet> {
    return this.move(tenant, id, 'close')
  }

  private move(
    tenant: Tenant,
    id: string,
    trigger: WalletTrigger,
    reason: string | null = null,
  ): Promise<WireWallet> {
    return this.database.transaction(async (tx) => {
      const wallet = isId(id, 'wal') ? await this.wallets.lock(tx, tenant, id) : null
      if (!wallet) throw walletNotFound(id)
      const status = WALLET_TRANSITIONS[wallet.status][trigger]
      if (!status) throw refusal(wallet, trigger)
      if (status === 'closed' && wallet.balance + wallet.held > 0n) {
        throw new WalletError(
          'wallet_not_empty',
          'There is money in the wallet, or on its way. Refund its top-ups or let it be spent first.',
        )
      }
      const change = { frozen_reason: reason, now: this.clock.now() }
      const moved = await this.wallets.move(tx, wallet, status, change)
      await this.tell(tx, moved, WORDS[trigger].happened)
      return toWireWallet(moved)
    })
  }

  /** False when the payer has one already. */
  private async insert(row: WalletRow, apiVersion: string): Promise<boolean> {
    try {
      return await this.database.transaction(async (tx) => {
        if (!(await this.wallets.insert(tx, row))) return false
        await appendEvents(tx, [walletEvent('wallet.opened', row, apiVersion)])
        return true
      })
    } catch (error) {
      if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error
      throw new WalletError('wallet_payer_not_found', `No such payer: ${row.payer_id}.`, {
        errors: [{ pointer: '/payer', code: 'wallet_payer_not_found', detail: 'does not exist' }],
      })
    }
  }

  private async tell(tx: Transaction, wallet: WalletRow, type: WalletEventType): Promise<void> {
    const { institution_id, app_id } = wallet
    const apiVersion = await this.identity.apiVersionOf(institution_id, app_id, tx)
    await appendEvents(tx, [walletEvent(type, wallet, apiVersion)])
  }

  private async require(tenant: Tenant, id: string): Promise<WalletRow> {
    const row = isId(id, 'wal') ? await this.wallets.find(tenant, id) : null
    if (row) return row
    throw walletNotFound(id)
  }
}

function newWallet(caller: Caller, body: OpenWallet, now: Date): WalletRow {
  const limit = (amount: number | null) => (amount === null ? null : BigInt(amount))
  return {
    institution_id: caller.institution_id,
    livemode: caller.livemode,
    id: idFor(caller, 'wal'),
    app_id: caller.app_id,
    payer_id: body.payer,
    currency: body.currency,
    status: 'active',
    balance: 0n,
    held: 0n,
    limit_per_payment: limit(body.limit_per_payment),
    limit_per_day: limit(body.limit_per_day),
    pin_hash: null,
    pin_failed_count: 0,
    pin_locked_until: null,
    frozen_reason: null,
    closed_at: null,
    metadata: body.metadata,
    created_at: now,
    updated_at: now,
  }
}

/** Whether opening it again asks for nothing else. */
function isSame(known: WalletRow, asked: WalletRow): boolean {
  const given = Object.entries(wireMetadata(asked.metadata))
  const metadata = wireMetadata(known.metadata)
  return (
    known.limit_per_payment === asked.limit_per_payment &&
    known.limit_per_day === asked.limit_per_day &&
    given.length === Object.keys(metadata).length &&
    given.every(([name, text]) => metadata[name] === text)
  )
}

function orClosed(row: WalletRow | null): WalletRow {
  if (row) return row
  throw new WalletError('wallet_closed', 'The wallet is closed: nothing of it changes any more.')
}

function refusal(wallet: WalletRow, trigger: WalletTrigger): WalletError {
  return new WalletError(WORDS[trigger].refused, `The wallet is ${wallet.status}.`)
}

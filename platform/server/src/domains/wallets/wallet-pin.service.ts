import { Inject, Injectable } from '@nestjs/common'
import { hash, verify } from '@node-rs/argon2'
import { Vault } from '../../infra/crypto/vault.js'
import type { Transaction } from '../../infra/database/database.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { WalletError } from './wallet.errors.js'
import { WalletRepository } from './wallet.repository.js'
import { afterWrongPin, isPinLocked, isWeakPin, PIN_FAILURES_MAX } from './wallet.rules.js'
import type { WalletRow } from './wallet.types.js'

/** What came of a PIN, and of which stored one. */
export interface PinProof {
  readonly pin_hash: string
  readonly is_right: boolean
}

/** `stale`: the PIN was changed while this one was compared. */
export type PinVerdict = 'right' | 'wrong' | 'locked' | 'stale'

/**
 * PINs are argon2id hashes with a secret that is not in the database: a million PINs are soon tried by
 * whoever has a copy of the hashes, but not without the platform's key.
 */
@Injectable()
export class WalletPinService {
  private readonly secret: Buffer

  constructor(
    private readonly wallets: WalletRepository,
    vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.secret = vault.purposeKey('wallet-pin')
  }

  /** argon2id is the library's default. @throws WalletError wallet_pin_weak */
  hash(pin: string): Promise<string> {
    if (isWeakPin(pin)) {
      throw new WalletError(
        'wallet_pin_weak',
        'This PIN is guessed first. Do not take equal digits or a straight run such as 123456.',
        { errors: [{ pointer: '/pin', code: 'wallet_pin_weak', detail: 'is too easy to guess' }] },
      )
    }
    return hash(pin, { secret: this.secret })
  }

  /**
   * Compares a PIN, which takes its time: before the transaction, with nothing locked. What it means is
   * judged under the wallet's lock, where attempts are counted one after the other.
   * @throws WalletError wallet_pin_missing, wallet_pin_locked
   */
  async prove(wallet: WalletRow, pin: string): Promise<PinProof> {
    const { pin_hash } = wallet
    if (pin_hash === null) {
      throw new WalletError('wallet_pin_missing', 'The wallet has no PIN yet: set one first.')
    }
    if (isPinLocked(wallet, this.clock.now())) throw pinRefusal('locked')
    return { pin_hash, is_right: await verify(pin_hash, pin, { secret: this.secret }) }
  }

  /** Counts the attempt. Whatever is answered, the caller's transaction must commit. */
  async judge(tx: Transaction, wallet: WalletRow, proof: PinProof): Promise<PinVerdict> {
    const now = this.clock.now()
    // A right PIN counts for nothing while the wallet is locked: guesses sent at once gain nothing.
    if (isPinLocked(wallet, now)) return 'locked'
    if (wallet.pin_hash !== proof.pin_hash) return 'stale'
    if (proof.is_right) {
      if (wallet.pin_failed_count > 0 || wallet.pin_locked_until !== null) {
        await this.wallets.savePinState(tx, wallet, { pin_failed_count: 0, pin_locked_until: null })
      }
      return 'right'
    }
    const state = afterWrongPin(wallet, now)
    await this.wallets.savePinState(tx, wallet, state)
    return state.pin_locked_until === null ? 'wrong' : 'locked'
  }
}

/** Why the PIN did not help. */
export function pinRefusal(verdict: Exclude<PinVerdict, 'right'>): WalletError {
  if (verdict === 'locked') {
    return new WalletError(
      'wallet_pin_locked',
      `Too many wrong PINs. The wallet takes none for half an hour after ${PIN_FAILURES_MAX} in a row.`,
      { outcome: 'failed', retryAfterSeconds: 60 },
    )
  }
  return new WalletError('wallet_pin_wrong', 'The PIN is not right. Nothing was paid.', {
    outcome: 'failed',
  })
}

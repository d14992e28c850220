import { createHmac } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { Vault } from '../../../infra/crypto/vault.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { type Patience, SignInFailureRepository } from './sign-in-failure.repository.js'

/** A person mistypes a password a few times; nobody does ten times within a quarter of an hour. */
const ACCOUNT: Patience = { free: 5, locked: 10 }
/** A whole campus may stand behind one address. */
const ADDRESS: Patience = { free: 60, locked: 120 }
const FORGET_MS = 60 * 60_000

export interface Attempt {
  /** What is guessed at, such as `password:somebody@example.edu`: it need not exist. */
  readonly account: string
  readonly address: string | null
}

export type Admission =
  | { readonly kind: 'admitted'; readonly isLockedNow: boolean }
  | { readonly kind: 'locked'; readonly waitSeconds: number }

/**
 * Guessing gets slower and then stops for a while, per account and per address. An account that does not exist is
 * treated as one that does, so that nothing can be learnt from it.
 */
@Injectable()
export class SignInThrottle {
  private readonly key: Buffer

  constructor(
    private readonly failures: SignInFailureRepository,
    vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.key = vault.purposeKey('sign-in-failures')
  }

  /** Call it before looking at a password or code, and `succeeded` when it was right. */
  async admit(attempt: Attempt): Promise<Admission> {
    const now = this.clock.now()
    const address = this.subjectOf('address', attempt.address)
    const fromAddress = await this.failures.count(address, ADDRESS, now)
    if (fromAddress === null) return this.lockedOf(address, now)
    const account = this.subjectOf('account', attempt.account)
    const ofAccount = await this.failures.count(account, ACCOUNT, now)
    if (ofAccount === null) return this.lockedOf(account, now)
    return { kind: 'admitted', isLockedNow: ofAccount >= ACCOUNT.locked }
  }

  async succeeded(attempt: Attempt): Promise<void> {
    await this.failures.forget(this.subjectOf('account', attempt.account))
    await this.failures.takeBack(this.subjectOf('address', attempt.address), this.clock.now())
  }

  removeOld(): Promise<void> {
    return this.failures.removeOlder(new Date(this.clock.now().getTime() - FORGET_MS))
  }

  private async lockedOf(subject: Buffer, now: Date): Promise<Admission> {
    return { kind: 'locked', waitSeconds: await this.failures.waitSeconds(subject, now) }
  }

  private subjectOf(kind: 'account' | 'address', name: string | null): Buffer {
    return createHmac('sha256', this.key)
      .update(`${kind}\0${name ?? ''}`)
      .digest()
  }
}

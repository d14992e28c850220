import { createHmac, randomInt } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { hash, verify } from '@node-rs/argon2'
import { Vault } from '../../../infra/crypto/vault.js'
import { reportSecurityEvent } from '../../../infra/logging/security-log.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { acceptedStep } from './one-time-code.rules.js'
import { OperatorError } from './operator.errors.js'
import {
  type CredentialRow,
  OperatorCredentialRepository,
} from './operator-credential.repository.js'
import { passwordProblem } from './password.rules.js'
import { type Attempt, SignInThrottle } from './sign-in-throttle.service.js'

/** One login may be somebody in several institutions. */
const CANDIDATES_MAX = 3
const RECOVERY_CODES = 10
/** No letters or digits that are taken for each other. */
const RECOVERY_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

export interface ProvenPerson {
  readonly institution_id: string
  readonly operator_id: string
}

export type Proof =
  | { readonly kind: 'proven'; readonly person: ProvenPerson }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly waitSeconds: number }

/**
 * What people prove themselves with. However a guess fails, the answer is the same and takes as long: nothing tells
 * whether somebody exists, has a password, or was disabled.
 */
@Injectable()
export class OperatorCredentialService {
  /** What is compared when there is nobody to compare with. */
  private readonly nobody = hash('nobody has this password')
  private readonly recoveryKey: Buffer

  constructor(
    private readonly credentials: OperatorCredentialRepository,
    private readonly throttle: SignInThrottle,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.recoveryKey = vault.purposeKey('operator-recovery-codes')
  }

  async checkPassword(login: string, password: string, address: string | null): Promise<Proof> {
    const name = loginOf(login)
    return this.guarded({ account: `password:${name}`, address }, 'password', async () => {
      const found = await this.credentials.findByLogin(name, CANDIDATES_MAX)
      const candidates = found.filter(({ disabled_at }) => disabled_at === null)
      // As many comparisons for nobody as for somebody.
      const hashes = candidates.length === 0 ? [await this.nobody] : candidates.map(hashOf)
      const matches = await Promise.all(
        hashes.map(async (stored) => matchesHash(stored ?? (await this.nobody), password)),
      )
      const person = candidates.find((one, index) => matches[index] && one.password_hash !== null)
      return person ? toPerson(person) : null
    })
  }

  /** A one-time code, or one of the recovery codes. */
  async checkSecondFactor(
    person: ProvenPerson,
    code: string,
    address: string | null,
  ): Promise<Proof> {
    const account = `code:${person.operator_id}`
    return this.guarded({ account, address }, 'second_factor', async () => {
      const row = await this.credentials.find(person.institution_id, person.operator_id)
      if (!row?.totp_secret || row.disabled_at !== null) return null
      const isRight = (await this.useCode(row, code)) || (await this.useRecovery(row, code))
      return isRight ? person : null
    })
  }

  /** The password of somebody who is signed in already. */
  async checkOwnPassword(
    person: ProvenPerson,
    password: string,
    address: string | null,
  ): Promise<Proof> {
    const account = `own:${person.operator_id}`
    return this.guarded({ account, address }, 'password', async () => {
      const row = await this.credentials.find(person.institution_id, person.operator_id)
      const stored = row?.password_hash ?? (await this.nobody)
      const isRight = await matchesHash(stored, password)
      return isRight && row !== null && row.password_hash !== null ? person : null
    })
  }

  /** @throws OperatorError operator_password_weak */
  async hashNew(password: string, login: string): Promise<string> {
    const problem = passwordProblem(password, login)
    if (problem === null) return hash(password)
    throw new OperatorError('operator_password_weak', WEAK[problem])
  }

  /** @throws OperatorError operator_password_weak */
  async setPassword(person: ProvenPerson, login: string, password: string): Promise<void> {
    const stored = await this.hashNew(password, login)
    const { institution_id, operator_id } = person
    await this.credentials.setPassword(institution_id, operator_id, stored, this.clock.now())
  }

  /**
   * Takes a secret into use once a first code shows that it arrived. Answers with the recovery codes, which are
   * shown now and never again; null: the code is not right, or there is a second factor already.
   */
  async enrol(person: ProvenPerson, secret: string, code: string): Promise<string[] | null> {
    const step = acceptedStep(secret, code, this.clock.now(), null)
    if (step === null) return null
    const { institution_id, operator_id } = person
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
    const isSet = await this.credentials.setTotp(institution_id, operator_id, {
      secret: await this.vault.seal(institution_id, contextOf(operator_id), secret),
      step,
      at: this.clock.now(),
      codes: codes.map((one) => this.recoveryHash(operator_id, one)),
    })
    if (!isSet) return null
    reportSecurityEvent('operator_second_factor_changed', {
      operator: operator_id,
      reason: 'enrolled',
    })
    return codes
  }

  /** The next sign-in begins with a new second factor. */
  async resetSecondFactor(person: ProvenPerson): Promise<void> {
    await this.credentials.removeTotp(person.institution_id, person.operator_id)
    reportSecurityEvent('operator_second_factor_changed', {
      operator: person.operator_id,
      reason: 'reset',
    })
  }

  async hasSecondFactor(person: ProvenPerson): Promise<boolean> {
    const row = await this.credentials.find(person.institution_id, person.operator_id)
    return row !== null && row.totp_secret !== null
  }

  private async guarded(
    attempt: Attempt,
    what: 'password' | 'second_factor',
    check: () => Promise<ProvenPerson | null>,
  ): Promise<Proof> {
    const admission = await this.throttle.admit(attempt)
    if (admission.kind === 'locked') return admission
    const person = await check()
    if (person) {
      await this.throttle.succeeded(attempt)
      return { kind: 'proven', person }
    }
    reportSecurityEvent('operator_sign_in_failed', { reason: what })
    if (admission.isLockedNow) reportSecurityEvent('operator_account_locked', { reason: what })
    return { kind: 'wrong' }
  }

  private async useCode(row: CredentialRow, code: string): Promise<boolean> {
    if (!row.totp_secret) return false
    const secret = await this.vault.open(row.institution_id, contextOf(row.id), row.totp_secret)
    const step = acceptedStep(secret, code, this.clock.now(), row.totp_last_step)
    return step !== null && this.credentials.useStep(row.institution_id, row.id, step)
  }

  private async useRecovery(row: CredentialRow, code: string): Promise<boolean> {
    const written = code.toLowerCase().replaceAll(/[\s-]/g, '')
    const hashed = this.recoveryHash(row.id, written)
    const now = this.clock.now()
    const isRight = await this.credentials.useRecoveryCode(row.institution_id, row.id, hashed, now)
    if (isRight) {
      const reason = 'recovery_code_used'
      reportSecurityEvent('operator_second_factor_changed', { operator: row.id, reason })
    }
    return isRight
  }

  private recoveryHash(operatorId: string, code: string): Buffer {
    const written = code.replaceAll('-', '')
    return createHmac('sha256', this.recoveryKey).update(`${operatorId}\0${written}`).digest()
  }
}

const WEAK = {
  too_short: 'A password has at least 12 characters. A sentence is easy to remember.',
  too_long: 'A password has at most 128 bytes.',
  too_common: 'This password is too easy to guess: it is mostly a common word or your own name.',
} as const

/** Logins are compared in small letters. */
export const loginOf = (text: string): string => text.trim().normalize('NFC').toLowerCase()

const hashOf = ({ password_hash }: CredentialRow) => password_hash
const toPerson = ({ institution_id, id }: CredentialRow): ProvenPerson => ({
  institution_id,
  operator_id: id,
})
const contextOf = (operatorId: string) => `operators.totp_secret:${operatorId}`

/** What is stored and cannot be read matches nothing. */
function matchesHash(stored: string, password: string): Promise<boolean> {
  return verify(stored, password).catch(() => false)
}

/** `abcd-efgh-jkmn`: about 59 bits, read aloud without mistakes. */
function newRecoveryCode(): string {
  const letters = Array.from({ length: 12 }, () =>
    RECOVERY_ALPHABET.charAt(randomInt(RECOVERY_ALPHABET.length)),
  ).join('')
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-')
}

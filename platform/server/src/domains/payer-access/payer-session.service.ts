import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { Vault } from '../../infra/crypto/vault.js'
import type { Tenant } from '../../infra/http/caller.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { PayerSessionRepository, type PayerSessionRow } from './payer-session.repository.js'

export const SESSION_SECONDS = 12 * 60 * 60
const IDLE_MS = 30 * 60_000
/** Not every click is worth a write. */
const TOUCH_EVERY_MS = 60_000
const TOKEN_PATTERN = /^[\w-]{43}$/

/** A payer who is signed in, in one institution and mode. */
export interface PayerSession extends Tenant {
  readonly payer_id: string
  readonly created_at: Date
  /** What the browser holds. */
  readonly token: string
}

/** Sign-ins of payers: 12 hours at most, and half an hour without a click. */
@Injectable()
export class PayerSessionService {
  constructor(
    private readonly sessions: PayerSessionRepository,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A new token at every sign-in, and the end of the old one: a token put into a browser is worth nothing. */
  async open(tenant: Tenant, payerId: string, oldToken: string | null): Promise<string> {
    if (oldToken !== null) await this.end(oldToken)
    const token = randomBytes(32).toString('base64url')
    const now = this.clock.now()
    await this.sessions.insert({
      institution_id: tenant.institution_id,
      livemode: tenant.livemode,
      token_hash: hashOf(token),
      payer_id: payerId,
      created_at: now,
      last_used_at: now,
      expires_at: new Date(now.getTime() + SESSION_SECONDS * 1000),
    })
    return token
  }

  /** Null: unknown, over, or unused for too long. */
  async find(token: string | null): Promise<PayerSession | null> {
    const row = await this.row(token)
    const now = this.clock.now()
    if (!row || token === null || isOver(row, now)) return null
    if (now.getTime() - row.last_used_at.getTime() >= TOUCH_EVERY_MS) {
      await this.sessions.touch(row, now)
    }
    const { institution_id, livemode, payer_id, created_at } = row
    return { institution_id, livemode, payer_id, created_at, token }
  }

  async end(token: string): Promise<void> {
    const row = await this.row(token)
    if (row) await this.sessions.remove(row)
  }

  removeEnded(): Promise<void> {
    const now = this.clock.now()
    return this.sessions.removeEnded(now, new Date(now.getTime() - IDLE_MS))
  }

  /** What every form of this session carries, and no other site can know. */
  formToken(session: PayerSession): string {
    const key = this.vault.purposeKey('payer-forms')
    return createHmac('sha256', key).update(session.token).digest('base64url')
  }

  isFormToken(session: PayerSession, given: string): boolean {
    const [expected, actual] = [Buffer.from(this.formToken(session)), Buffer.from(given)]
    return expected.length === actual.length && timingSafeEqual(expected, actual)
  }

  private async row(token: string | null): Promise<PayerSessionRow | null> {
    if (token === null || !TOKEN_PATTERN.test(token)) return null
    return this.sessions.find(hashOf(token))
  }
}

function isOver(row: PayerSessionRow, now: Date): boolean {
  return row.expires_at <= now || now.getTime() - row.last_used_at.getTime() >= IDLE_MS
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore } from '../simulator.store.js'
import { CODE, PERSON, type Person, TOKEN } from './campus-identity.types.js'

const CODE_LIFETIME_MS = 60_000
const TOKEN_LIFETIME_MS = 5 * 60_000
const REMEMBERED_MAX = 6

/** The campus' people and what was handed out for them. All of it survives a restart. */
export class CampusAccounts {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
  ) {}

  /** Who signed in here before, the newest first. */
  async remembered(): Promise<Person[]> {
    return (await this.store.list(PERSON, '')).reverse().slice(0, REMEMBERED_MAX)
  }

  /** A code for this person, bound to where it goes and to the verifier (RFC 7636 section 4.4). */
  async issueCode(person: Person, redirectUri: string, codeChallenge: string): Promise<string> {
    const code = newSecret()
    await this.store.transaction(async (tx) => {
      await tx.save(PERSON, person.number, person)
      await tx.save(CODE, hash(code), {
        ...person,
        redirect_uri: redirectUri,
        code_challenge: codeChallenge,
        expires_at_ms: this.nowMs() + CODE_LIFETIME_MS,
        is_redeemed: false,
      })
    })
    return code
  }

  /** A token for a code, once. Null when anything about it is not as it was issued. */
  redeem(code: string, redirectUri: string, verifier: string): Promise<string | null> {
    return this.store.transaction(async (tx) => {
      const record = await tx.lock(CODE, hash(code))
      if (!record || record.is_redeemed || record.expires_at_ms <= this.nowMs()) return null
      await tx.save(CODE, hash(code), { ...record, is_redeemed: true })
      if (record.redirect_uri !== redirectUri) return null
      if (record.code_challenge !== hash(verifier)) return null
      const token = newSecret()
      const { number, name } = record
      const expires_at_ms = this.nowMs() + TOKEN_LIFETIME_MS
      await tx.save(TOKEN, hash(token), { number, name, expires_at_ms })
      return token
    })
  }

  async ownerOf(token: string): Promise<Person | null> {
    const record = await this.store.find(TOKEN, hash(token))
    if (!record || record.expires_at_ms <= this.nowMs()) return null
    return { number: record.number, name: record.name }
  }

  private nowMs(): number {
    return this.clock.now().getTime()
  }
}

const newSecret = () => randomBytes(24).toString('base64url')
const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { Clock } from '../../kernel/clock.js'
import { CLOCK } from '../tokens.js'
import { Vault } from './vault.js'

const Envelope = z.object({ expires_at_ms: z.number(), content: z.unknown() })

/**
 * What we hand to a browser to bring back: nobody but us can read, change or make it. A purpose names module and
 * use (`payer-access:ticket`): what was sealed for one opens for no other.
 */
@Injectable()
export class SealedTexts {
  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  seal(purpose: string, content: object, lifetimeSeconds: number): string {
    const expires_at_ms = this.clock.now().getTime() + lifetimeSeconds * 1000
    const text = JSON.stringify({ expires_at_ms, content })
    return this.vault.sealForPlatform(contextOf(purpose), text).toString('base64url')
  }

  /** Null: not ours, for another purpose, or too old. */
  open<T>(purpose: string, schema: z.ZodType<T>, sealed: string): T | null {
    try {
      const bytes = Buffer.from(sealed, 'base64url')
      const text = this.vault.openForPlatform(contextOf(purpose), bytes)
      const { expires_at_ms, content } = Envelope.parse(JSON.parse(text))
      return expires_at_ms > this.clock.now().getTime() ? schema.parse(content) : null
    } catch {
      return null
    }
  }
}

const contextOf = (purpose: string) => `sealed-texts:${purpose}`

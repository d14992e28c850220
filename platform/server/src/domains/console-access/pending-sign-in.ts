import type { IncomingHttpHeaders } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { SealedTexts } from '../../infra/crypto/sealed-texts.js'
import { readOperatorCookie, writeOperatorCookie } from '../../infra/http/operator-cookie.js'

const PURPOSE = 'console-access:second-factor'
const LIFETIME_SECONDS = 10 * 60

/** Somebody whose password was right, before the second factor: no session yet, and nothing they could call. */
const PendingSignIn = z.object({
  institution_id: z.string(),
  operator_id: z.string(),
  method: z.enum(['local', 'campus']),
  return_path: z.string(),
  /** The secret of a second factor that is being set up. */
  new_secret: z.string().optional(),
})
export type PendingSignIn = z.infer<typeof PendingSignIn>

/** Half a sign-in, sealed in a cookie of the browser that made it. */
@Injectable()
export class PendingSignIns {
  private readonly isSecure: boolean

  constructor(
    private readonly sealed: SealedTexts,
    @Inject(CONFIG) config: Config,
  ) {
    this.isSecure = config.publicOrigin.startsWith('https:')
  }

  keep(reply: FastifyReply, pending: PendingSignIn): void {
    const { isSecure } = this
    const text = this.sealed.seal(PURPOSE, pending, LIFETIME_SECONDS)
    writeOperatorCookie(reply, 'pending', text, { isSecure, maxAgeSeconds: LIFETIME_SECONDS })
  }

  read(headers: IncomingHttpHeaders): PendingSignIn | null {
    const text = readOperatorCookie(headers, 'pending', this.isSecure)
    return text === null ? null : this.sealed.open(PURPOSE, PendingSignIn, text)
  }

  forget(reply: FastifyReply): void {
    const { isSecure } = this
    writeOperatorCookie(reply, 'pending', '', { isSecure, maxAgeSeconds: 0 })
  }
}

import type { IncomingMessage } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { CONFIG, type Config } from '../../infra/config/config.js'

const NAMES = {
  session: 'bursar_payer',
  signIn: 'bursar_sign_in',
  language: 'bursar_language',
} as const
export type PayerCookie = keyof typeof NAMES

const VALUE_LENGTH_MAX = 3500

/**
 * The cookies of payers' pages: out of reach of scripts and of other sites' requests. Behind https their names
 * begin with __Host-, so that no neighbouring host can set them (RFC 6265bis section 4.1.3).
 */
@Injectable()
export class PayerCookies {
  private readonly isSecure: boolean

  constructor(@Inject(CONFIG) config: Config) {
    this.isSecure = config.publicOrigin.startsWith('https:')
  }

  /** Null as well when a name comes twice: somebody meddles. */
  read(headers: IncomingMessage['headers'], cookie: PayerCookie): string | null {
    const prefix = `${this.nameOf(cookie)}=`
    const found = (headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(prefix))
    const [pair, another] = found
    if (pair === undefined || another !== undefined || pair.length > VALUE_LENGTH_MAX) return null
    return pair.slice(prefix.length)
  }

  write(reply: FastifyReply, cookie: PayerCookie, value: string, maxAgeSeconds: number): void {
    const parts = [`${this.nameOf(cookie)}=${value}`, 'Path=/', `Max-Age=${maxAgeSeconds}`]
    const flags = ['HttpOnly', 'SameSite=Lax', ...(this.isSecure ? ['Secure'] : [])]
    // On Node's own response: Passport answers there, beside Fastify.
    reply.raw.appendHeader('set-cookie', [...parts, ...flags].join('; '))
  }

  remove(reply: FastifyReply, cookie: PayerCookie): void {
    this.write(reply, cookie, '', 0)
  }

  private nameOf(cookie: PayerCookie): string {
    return this.isSecure ? `__Host-${NAMES[cookie]}` : NAMES[cookie]
  }
}

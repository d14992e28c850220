import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { readOperatorCookie, writeOperatorCookie } from '../../infra/http/operator-cookie.js'
import { CashierPages } from '../cashier/cashier-pages.js'
import { PAGE_TEXTS, type PageText, pageLanguage } from './operator-page.text.js'
import type { PageFrame } from './operator-page.view.js'

const LANGUAGE_SECONDS = 365 * 24 * 60 * 60

/** How the pages of the console's sign-in are sent: their language, and what they forbid the browser. */
@Injectable()
export class OperatorPages {
  private readonly isSecure: boolean

  constructor(
    private readonly files: CashierPages,
    @Inject(CONFIG) config: Config,
  ) {
    this.isSecure = config.publicOrigin.startsWith('https:')
  }

  /** A language chosen by `?lang=` is remembered in this browser. */
  frameOf(request: FastifyRequest): PageFrame {
    const { lang } = Object(request.query)
    const chosen = lang ?? readOperatorCookie(request.headers, 'language', this.isSecure)
    return {
      language: pageLanguage(chosen, request.headers['accept-language']),
      stylesheet: this.files.stylesheetPath('operator') ?? '',
      path: request.url,
    }
  }

  textOf(request: FastifyRequest): PageText {
    return PAGE_TEXTS[this.frameOf(request).language]
  }

  send(request: FastifyRequest, reply: FastifyReply, page: string, status = 200): void {
    const { lang } = Object(request.query)
    if (lang === 'zh' || lang === 'en') {
      const options = { isSecure: this.isSecure, maxAgeSeconds: LANGUAGE_SECONDS }
      writeOperatorCookie(reply, 'language', lang, options)
    }
    reply
      .status(status)
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy':
          "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        'cross-origin-opener-policy': 'same-origin',
        // Forms then say where they come from, to us alone.
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
      .send(page)
  }
}

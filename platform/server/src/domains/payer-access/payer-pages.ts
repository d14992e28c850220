import type { IncomingMessage } from 'node:http'
import { Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tenant } from '../../infra/http/caller.js'
import { CashierPages } from '../cashier/cashier-pages.js'
import { IdentityService } from '../identity/identity.service.js'
import { PayerCookies } from './payer-cookies.js'
import { PAGE_TEXTS, type PageLanguage, pageLanguage } from './payer-page.text.js'
import { type PageFrame, renderNotice } from './payer-page.view.js'

const LANGUAGE_SECONDS = 365 * 24 * 60 * 60
const Query = z.looseObject({ lang: z.enum(['zh', 'en']).optional().catch(undefined) }).catch({})

/** How payers' pages are sent: their language, their frame, and what they forbid the browser. */
@Injectable()
export class PayerPages {
  constructor(
    private readonly cookies: PayerCookies,
    private readonly files: CashierPages,
    private readonly identity: IdentityService,
  ) {}

  async frameOf(request: FastifyRequest, owner: Tenant | null): Promise<PageFrame> {
    const institution = owner && (await this.identity.institutionName(owner.institution_id))
    return {
      language: this.languageOf(request),
      stylesheet: this.files.stylesheetPath('payer') ?? '',
      // The page that a form's answer shows is found under the address of the form's page.
      path: request.method === 'GET' ? request.url : '/payer/grants',
      institution,
      isTest: owner ? !owner.livemode : false,
    }
  }

  /** A language chosen by `?lang=` is remembered in this browser. */
  languageOf(request: FastifyRequest): PageLanguage {
    const chosen = Query.parse(request.query).lang ?? this.cookies.read(request.headers, 'language')
    return pageLanguage(chosen, request.headers['accept-language'])
  }

  /** For a browser that an app sent to the authorization server with a wrong request. */
  errorPage({ headers, url = '/' }: IncomingMessage, reason: string): string {
    const { searchParams } = new URL(url, 'http://page')
    const chosen = searchParams.get('lang') ?? this.cookies.read(headers, 'language')
    const language = pageLanguage(chosen, headers['accept-language'])
    const stylesheet = this.files.stylesheetPath('payer') ?? ''
    const frame = { language, stylesheet, path: url, institution: null, isTest: false }
    return renderNotice(frame, 'missing', PAGE_TEXTS[language].notices.app_mistaken, null, reason)
  }

  /** `formTarget`: where a form of this page leads in the end; browsers hold redirects against the policy too. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    page: string,
    options: { readonly status?: number; readonly formTarget?: string } = {},
  ): void {
    const { lang } = Query.parse(request.query)
    if (lang) this.cookies.write(reply, 'language', lang, LANGUAGE_SECONDS)
    const targets = ["'self'", ...(options.formTarget ? [new URL(options.formTarget).origin] : [])]
    reply
      .status(options.status ?? 200)
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action ${targets.join(' ')}`,
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
      .send(page)
  }
}

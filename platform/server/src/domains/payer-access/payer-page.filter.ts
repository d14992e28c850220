import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errors } from 'oidc-provider'
import { PlatformError } from '../../kernel/errors.js'
import { type ErrorPage, PayerAccessError } from './payer-access.errors.js'
import { PAGE_TEXTS, type PageText } from './payer-page.text.js'
import { type MarkKind, renderNotice } from './payer-page.view.js'
import { PayerPages } from './payer-pages.js'

interface Described extends ErrorPage {
  readonly status: number
  readonly notice: keyof PageText['notices']
  readonly mark: MarkKind
}

/** Errors of payers' pages are pages too, in the payer's words. */
@Catch()
@Injectable()
export class PayerPageFilter implements ExceptionFilter {
  private readonly logger = new Logger('PayerPages')

  constructor(private readonly pages: PayerPages) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    // Passport has sent the browser away.
    if (reply.raw.headersSent) return
    const { status, notice, mark, retryPath, owner } = this.describe(thrown, request)
    if (status >= 500) {
      const err = thrown instanceof PlatformError ? (thrown.options.cause ?? thrown) : thrown
      this.logger.error({ request_id: request.id, err })
    }
    const frame = await this.pages.frameOf(request, owner ?? null)
    const text = PAGE_TEXTS[frame.language]
    const label = notice === 'payer_unknown' ? text.consent.switch_payer : text.try_again
    const link = retryPath === undefined ? null : { path: retryPath, label }
    const page = renderNotice(frame, mark, text.notices[notice], link)
    this.pages.send(request, reply, page, { status })
  }

  private describe(thrown: unknown, request: FastifyRequest): Described {
    const error =
      thrown instanceof errors.SessionNotFound
        ? new PayerAccessError('payer_request_expired', thrown.message)
        : thrown
    if (error instanceof PayerAccessError) {
      const { status } = error.spec
      const mark: MarkKind = status >= 500 ? 'offline' : 'missing'
      return { status, notice: error.code, mark, ...error.page }
    }
    if (error instanceof PlatformError && error.spec.status < 500) {
      // An address, or a form, that no page of ours sends.
      const notice = request.method === 'GET' ? 'not_found' : 'payer_form_expired'
      return { status: error.spec.status, notice, mark: 'missing' }
    }
    const retryPath = request.method === 'GET' ? request.url : undefined
    return { status: 500, notice: 'trouble', mark: 'offline', retryPath }
  }
}

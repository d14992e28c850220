import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errors } from 'oidc-provider'
import { PlatformError } from '../../kernel/errors.js'
import { ConsoleAccessError } from './console-access.errors.js'
import { PAGE_TEXTS, type PageText } from './operator-page.text.js'
import { renderNotice } from './operator-page.view.js'
import { OperatorPages } from './operator-pages.js'

/** Errors of the sign-in pages are pages too. */
@Catch()
@Injectable()
export class OperatorPageFilter implements ExceptionFilter {
  private readonly logger = new Logger('ConsolePages')

  constructor(private readonly pages: OperatorPages) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    // Passport has sent the browser away.
    if (reply.raw.headersSent) return
    const { status, notice } = describe(thrown)
    if (status >= 500) {
      const err = thrown instanceof PlatformError ? (thrown.options.cause ?? thrown) : thrown
      this.logger.error({ request_id: request.id, err })
    }
    const frame = { ...this.pages.frameOf(request), path: '/console/sign-in' }
    const text = PAGE_TEXTS[frame.language]
    const link = { path: '/console/sign-in', label: text.sign_in_again }
    this.pages.send(request, reply, renderNotice(frame, text.notices[notice], link), status)
  }
}

function describe(thrown: unknown): {
  readonly status: number
  readonly notice: keyof PageText['notices']
} {
  if (thrown instanceof errors.SessionNotFound) {
    return { status: 400, notice: 'console_sign_in_expired' }
  }
  if (thrown instanceof ConsoleAccessError) {
    return { status: thrown.spec.status, notice: thrown.code }
  }
  if (thrown instanceof PlatformError && thrown.spec.status < 500) {
    return { status: thrown.spec.status, notice: 'not_found' }
  }
  return { status: 500, notice: 'trouble' }
}

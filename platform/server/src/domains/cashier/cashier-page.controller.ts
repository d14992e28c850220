import { Controller, Get, Param, Post, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import type { PageFile } from '../../infra/http/page-files.js'
import { CashierService } from './cashier.service.js'
import { formPageOf, formPolicyOf } from './cashier-form.page.js'
import { CashierPages } from './cashier-pages.js'

const YEAR_SECONDS = 31_536_000
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

/** The payer's page. It is the same for everybody: what is to be paid comes by the JSON API. */
@ApiExcludeController()
@Public()
@Controller('cashier')
export class CashierPageController {
  constructor(
    private readonly pages: CashierPages,
    private readonly cashier: CashierService,
  ) {}

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    // Names carry a hash of the content, so a browser may keep them for good.
    send(reply, this.pages.asset(name), `public, max-age=${YEAR_SECONDS}, immutable`)
  }

  /**
   * Where a provider sends the payer's browser back to, some of them by POST. Nothing that comes along is
   * read: it proves nothing, and the page asks us how the payment stands.
   */
  @Get(':token/return')
  comeBack(@Param('token') token: string, @Res() reply: FastifyReply): void {
    toPage(reply, token)
  }

  @Post(':token/return')
  comeBackByForm(@Param('token') token: string, @Res() reply: FastifyReply): void {
    toPage(reply, token)
  }

  /** Sends the provider's form. A page of its own, because only here may a form leave this site. */
  @Get(':token/go')
  async sendForm(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const form = await this.cashier.formOf(token)
    if (!form) return toPage(reply, token)
    reply
      .header('content-security-policy', formPolicyOf(form.url))
      .header('referrer-policy', 'origin')
      .header('x-frame-options', 'DENY')
    send(reply, formPageOf(form, this.pages.stylesheetPath('payer')), 'no-store')
  }

  @Get(':token')
  page(@Res() reply: FastifyReply): void {
    reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      // The link is the credential: it must not travel to another site.
      .header('referrer-policy', 'no-referrer')
      .header('x-frame-options', 'DENY')
    send(reply, this.pages.page(), 'no-store')
  }
}

/** Our own address, whatever the token looks like. */
function toPage(reply: FastifyReply, token: string): void {
  reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .redirect(`/cashier/${encodeURIComponent(token)}`, 303)
}

function send(reply: FastifyReply, file: PageFile | null, cacheControl: string): void {
  if (!file) throw new HttpError('route_not_found', 'There is no such page.')
  reply
    .header('content-type', file.content_type)
    .header('cache-control', cacheControl)
    .header('x-content-type-options', 'nosniff')
    .send(file.bytes)
}

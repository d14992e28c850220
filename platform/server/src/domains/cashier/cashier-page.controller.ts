import { Controller, Get, Param, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { CashierPages, type PageFile } from './cashier-pages.js'

const YEAR_SECONDS = 31_536_000
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

/** The payer's page. It is the same for everybody: what is to be paid comes by the JSON API. */
@ApiExcludeController()
@Public()
@Controller('cashier')
export class CashierPageController {
  constructor(private readonly pages: CashierPages) {}

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    // Names carry a hash of the content, so a browser may keep them for good.
    send(reply, this.pages.asset(name), `public, max-age=${YEAR_SECONDS}, immutable`)
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

function send(reply: FastifyReply, file: PageFile | null, cacheControl: string): void {
  if (!file) throw new HttpError('route_not_found', 'There is no such page.')
  reply
    .header('content-type', file.content_type)
    .header('cache-control', cacheControl)
    .header('x-content-type-options', 'nosniff')
    .send(file.bytes)
}

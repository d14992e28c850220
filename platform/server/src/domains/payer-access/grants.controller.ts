import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { GrantsPageService } from './grants-page.service.js'
import { TokenForm } from './payer-form.schema.js'
import { PayerPageFilter } from './payer-page.filter.js'

/** Where a payer sees which apps have access, and takes it back. */
@ApiExcludeController()
@Public()
@UseFilters(PayerPageFilter)
@Controller('payer')
export class GrantsController {
  constructor(private readonly grants: GrantsPageService) {}

  @Get('grants')
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.grants.show(request, reply)
  }

  @Post('grants/:id/revoke')
  revoke(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: TokenForm }) form: TokenForm,
  ): Promise<void> {
    return this.grants.revoke(request, reply, id, form)
  }

  @Post('sign-out')
  signOut(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body({ schema: TokenForm }) form: TokenForm,
  ): Promise<void> {
    return this.grants.signOut(request, reply, form)
  }

  @Get('signed-out')
  signedOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.grants.signedOut(request, reply)
  }
}

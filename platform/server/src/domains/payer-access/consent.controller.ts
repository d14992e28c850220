import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { ConsentService } from './consent.service.js'
import { DecisionForm } from './payer-form.schema.js'
import { PayerPageFilter } from './payer-page.filter.js'

/** Where the authorization server sends a payer with an app's question. */
@ApiExcludeController()
@Public()
@UseFilters(PayerPageFilter)
@Controller('payer/interactions/:uid')
export class ConsentController {
  constructor(private readonly consent: ConsentService) {}

  @Get()
  show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('uid') uid: string,
  ): Promise<void> {
    return this.consent.show(request, reply, uid)
  }

  @Post('decision')
  decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('uid') uid: string,
    @Body({ schema: DecisionForm }) form: DecisionForm,
  ): Promise<void> {
    return this.consent.decide(request, reply, uid, form)
  }
}

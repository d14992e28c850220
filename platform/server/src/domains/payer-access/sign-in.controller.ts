import { Controller, Get, Req, Res, UseFilters, UseGuards } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { CampusGuard } from './campus.guard.js'
import { PayerPageFilter } from './payer-page.filter.js'
import { SignInService } from './sign-in.service.js'

/** The way to the campus' identity provider and back. */
@ApiExcludeController()
@Public()
@UseFilters(PayerPageFilter)
@UseGuards(CampusGuard)
@Controller('payer/sign-in')
export class SignInController {
  constructor(private readonly signIn: SignInService) {}

  /** The guard has sent the browser away. */
  @Get()
  start(): void {}

  @Get('callback')
  finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.signIn.finish(request, reply)
  }
}

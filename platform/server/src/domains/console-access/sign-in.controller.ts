import { Controller, Get, Req, Res, UseFilters, UseGuards } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { OperatorGuard } from './operator.guard.js'
import { OperatorPageFilter } from './operator-page.filter.js'
import { SignInService } from './sign-in.service.js'

/** The way to the identity provider and back. */
@ApiExcludeController()
@Public()
@UseFilters(OperatorPageFilter)
@UseGuards(OperatorGuard)
@Controller('console')
export class SignInController {
  constructor(private readonly signIn: SignInService) {}

  /** The guard has sent the browser away. */
  @Get('sign-in')
  start(): void {}

  @Get('callback')
  finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.signIn.finish(request, reply)
  }
}

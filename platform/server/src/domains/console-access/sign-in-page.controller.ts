import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { CodeForm, JoinForm, PasswordForm } from './form.rules.js'
import { JoinService } from './join.service.js'
import { OperatorPageFilter } from './operator-page.filter.js'
import { PasswordPageService } from './password-page.service.js'
import { SecondFactorService } from './second-factor.service.js'

/** The pages on the way to a session: password, second factor, invitation. */
@ApiExcludeController()
@Public()
@UseFilters(OperatorPageFilter)
@Controller('console')
export class SignInPageController {
  constructor(
    private readonly passwords: PasswordPageService,
    private readonly factors: SecondFactorService,
    private readonly joins: JoinService,
  ) {}

  @Get('identity/sign-in/:uid')
  showPassword(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('uid') uid: string,
  ): Promise<void> {
    return this.passwords.show(request, reply, uid)
  }

  @Post('identity/sign-in/:uid')
  submitPassword(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('uid') uid: string,
    @Body({ schema: PasswordForm }) form: PasswordForm,
  ): Promise<void> {
    return this.passwords.submit(request, reply, uid, form)
  }

  @Get('second-factor')
  showCode(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.factors.show(request, reply)
  }

  @Post('second-factor')
  submitCode(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body({ schema: CodeForm }) form: CodeForm,
  ): Promise<void> {
    return this.factors.submit(request, reply, form)
  }

  @Get('second-factor/enrol')
  showEnrol(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.factors.showEnrol(request, reply)
  }

  @Post('second-factor/enrol')
  enrol(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body({ schema: CodeForm }) form: CodeForm,
  ): Promise<void> {
    return this.factors.enrol(request, reply, form)
  }

  @Get('invitations/:token')
  showJoin(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('token') token: string,
  ): Promise<void> {
    return this.joins.show(request, reply, token)
  }

  @Post('invitations/:token')
  join(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('token') token: string,
    @Body({ schema: JoinForm }) form: JoinForm,
  ): Promise<void> {
    return this.joins.submit(request, reply, token, form)
  }
}

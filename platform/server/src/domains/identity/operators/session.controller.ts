import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common'
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../../infra/http/caller.js'
import {
  CurrentCaller,
  ForInstitution,
  Permission,
  SecretBody,
  StepUp,
} from '../../../infra/http/decorators.js'
import { ChangePassword, StepUpSession } from './own-session.schema.js'
import { OwnSessionService } from './own-session.service.js'
import { Session } from './session.schema.js'
import { SessionViewService } from './session-view.service.js'
import { SignOutService } from './sign-out.service.js'

@ApiTags('session')
@ForInstitution()
@Permission()
@Controller('v1/session')
export class SessionController {
  constructor(
    private readonly views: SessionViewService,
    private readonly signOut: SignOutService,
    private readonly own: OwnSessionService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'session.get', summary: 'Who is signed in, and what they may do' })
  @ApiOkResponse({ standardSchema: Session })
  get(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest): Promise<Session> {
    return this.views.ofRequest(caller, request)
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ operationId: 'session.delete', summary: 'Sign out' })
  @ApiNoContentResponse({ description: 'The session is over, and its cookie is gone.' })
  end(
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.signOut.here(caller, reply)
  }

  @Post('step_up')
  @HttpCode(200)
  @SecretBody()
  @ApiOperation({
    operationId: 'session.stepUp',
    summary: 'Prove once more who you are, before money and keys',
  })
  @ApiOkResponse({ standardSchema: Session, description: 'With a new csrf_token and cookie.' })
  stepUp(
    @CurrentCaller() caller: Caller,
    @Body({ schema: StepUpSession }) body: StepUpSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.own.stepUp(caller, body, request, reply)
  }

  @Post('change_password')
  @HttpCode(200)
  @SecretBody()
  @ApiOperation({
    operationId: 'session.changePassword',
    summary: 'Change your password, and sign out everywhere else',
  })
  @ApiOkResponse({ standardSchema: Session, description: 'With a new csrf_token and cookie.' })
  changePassword(
    @CurrentCaller() caller: Caller,
    @Body({ schema: ChangePassword }) body: ChangePassword,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.own.changePassword(caller, body, request, reply)
  }

  @Delete('second_factor')
  @HttpCode(204)
  @StepUp()
  @ApiOperation({
    operationId: 'session.resetSecondFactor',
    summary: 'Give up your second factor, to set up a new one at the next sign-in',
  })
  @ApiNoContentResponse({ description: 'You are signed out everywhere.' })
  resetSecondFactor(
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.own.resetSecondFactor(caller, reply)
  }
}

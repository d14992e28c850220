import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common'
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, ForInstitution, Permission } from '../../../infra/http/decorators.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import { type OwnSession, OwnSessionList, OwnSessionListQuery } from './own-session.schema.js'
import { OwnSessionService } from './own-session.service.js'

@ApiTags('session')
@ForInstitution()
@Permission()
@Controller('v1/sessions')
export class OwnSessionController {
  constructor(private readonly sessions: OwnSessionService) {}

  @Get()
  @ApiOperation({
    operationId: 'sessions.list',
    summary: 'List the places where you are signed in',
  })
  @ApiOkResponse({ standardSchema: OwnSessionList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: OwnSessionListQuery }) query: OwnSessionListQuery,
  ): Promise<WireList<OwnSession>> {
    return this.sessions.list(caller, query)
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'sessions.delete', summary: 'Sign out in one place' })
  @ApiNoContentResponse({ description: 'That session is over.' })
  end(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.sessions.end(caller, id, reply)
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ operationId: 'sessions.deleteAll', summary: 'Sign out everywhere, here as well' })
  @ApiNoContentResponse({ description: 'Every session of yours is over.' })
  endAll(
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.sessions.endAll(caller, reply)
  }
}

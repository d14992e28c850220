import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import {
  CurrentCaller,
  ForInstitution,
  Idempotent,
  Permission,
  StepUp,
} from '../../../infra/http/decorators.js'
import type { Reply } from '../../../infra/http/reply.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import {
  CreateInvitation,
  Invitation,
  InvitationList,
  InvitationListQuery,
} from './invitation.schema.js'
import { InvitationService } from './invitation.service.js'

@ApiTags('operators')
@ForInstitution()
@Controller('v1/invitations')
export class InvitationController {
  constructor(private readonly invitations: InvitationService) {}

  @Post()
  @Permission('operators:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({
    operationId: 'invitations.create',
    summary: 'Ask a person to join, by a link that works once, for 72 hours',
  })
  @ApiCreatedResponse({ standardSchema: Invitation })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateInvitation }) body: CreateInvitation,
  ): Promise<Reply<Invitation>> {
    return this.invitations.create(caller, body)
  }

  @Get()
  @Permission('operators:read')
  @ApiOperation({ operationId: 'invitations.list', summary: 'List invitations' })
  @ApiOkResponse({ standardSchema: InvitationList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: InvitationListQuery }) query: InvitationListQuery,
  ): Promise<WireList<Invitation>> {
    return this.invitations.list(caller, query)
  }

  @Get(':id')
  @Permission('operators:read')
  @ApiOperation({ operationId: 'invitations.get', summary: 'Get an invitation' })
  @ApiOkResponse({ standardSchema: Invitation })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Invitation> {
    return this.invitations.get(caller, id)
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Permission('operators:write')
  @Idempotent()
  @ApiOperation({ operationId: 'invitations.revoke', summary: 'Take an invitation back' })
  @ApiOkResponse({ standardSchema: Invitation })
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Invitation> {
    return this.invitations.revoke(caller, id)
  }
}

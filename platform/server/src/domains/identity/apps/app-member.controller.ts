import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import {
  CurrentCaller,
  ForInstitution,
  Idempotent,
  Permission,
} from '../../../infra/http/decorators.js'
import {
  AddAppMember,
  AppMember,
  AppMemberList,
  RemovedAppMember,
  UpdateAppMember,
} from './app-member.schema.js'
import { AppMemberService } from './app-member.service.js'

/** For people: who works with an app is nobody's business in a program. */
@ApiTags('apps')
@ForInstitution()
@Controller('v1/apps/:id/members')
export class AppMemberController {
  constructor(private readonly members: AppMemberService) {}

  @Get()
  @Permission('apps:read')
  @ApiOperation({ operationId: 'apps.members.list', summary: 'List who works with an app' })
  @ApiOkResponse({ standardSchema: AppMemberList })
  list(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<AppMemberList> {
    return this.members.list(caller, id)
  }

  @Post()
  @HttpCode(200)
  @Permission('members:write')
  @Idempotent()
  @ApiOperation({ operationId: 'apps.members.add', summary: 'Let somebody work with an app' })
  @ApiOkResponse({ standardSchema: AppMember })
  add(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: AddAppMember }) body: AddAppMember,
  ): Promise<AppMember> {
    return this.members.add(caller, id, body)
  }

  @Post(':operator')
  @HttpCode(200)
  @Permission('members:write')
  @Idempotent()
  @ApiOperation({ operationId: 'apps.members.update', summary: 'Change what a member may do' })
  @ApiOkResponse({ standardSchema: AppMember })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('operator') operator: string,
    @Body({ schema: UpdateAppMember }) body: UpdateAppMember,
  ): Promise<AppMember> {
    return this.members.update(caller, id, operator, body)
  }

  @Delete(':operator')
  @Permission('apps:read')
  @ApiOperation({
    operationId: 'apps.members.remove',
    summary: 'Let somebody work with an app no more, or leave it',
  })
  @ApiOkResponse({ standardSchema: RemovedAppMember })
  remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('operator') operator: string,
  ): Promise<RemovedAppMember> {
    return this.members.remove(caller, id, operator)
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, StepUp } from '../../../infra/http/decorators.js'
import {
  ChannelIncidentList,
  ChannelIncidentListQuery,
} from '../incidents/channel-incident.schema.js'
import { ChannelIncidentListService } from '../incidents/channel-incident-list.service.js'
import {
  ChannelAccount,
  ChannelAccountList,
  ChannelAccountListQuery,
  CreateChannelAccount,
  UpdateChannelAccount,
} from './channel-account.schema.js'
import { ChannelAccountAdminService } from './channel-account-admin.service.js'

@ApiTags('channel accounts')
@Controller('v1/channel_accounts')
export class ChannelAccountController {
  constructor(
    private readonly accounts: ChannelAccountAdminService,
    private readonly incidents: ChannelIncidentListService,
  ) {}

  @Post()
  @StepUp()
  @Scopes('channel_accounts:write')
  @Idempotent()
  @ApiOperation({ operationId: 'channelAccounts.create', summary: 'Add a channel account' })
  @ApiCreatedResponse({ standardSchema: ChannelAccount })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateChannelAccount }) body: CreateChannelAccount,
  ) {
    return this.accounts.create(caller, body)
  }

  @Get()
  @Scopes('channel_accounts:read')
  @ApiOperation({ operationId: 'channelAccounts.list', summary: 'List channel accounts' })
  @ApiOkResponse({ standardSchema: ChannelAccountList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ChannelAccountListQuery }) query: ChannelAccountListQuery,
  ) {
    return this.accounts.list(caller, query)
  }

  @Get(':id')
  @Scopes('channel_accounts:read')
  @ApiOperation({ operationId: 'channelAccounts.get', summary: 'Get a channel account' })
  @ApiOkResponse({ standardSchema: ChannelAccount })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.accounts.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @StepUp()
  @Scopes('channel_accounts:write')
  @Idempotent()
  @ApiOperation({ operationId: 'channelAccounts.update', summary: 'Update a channel account' })
  @ApiOkResponse({ standardSchema: ChannelAccount })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateChannelAccount }) body: UpdateChannelAccount,
  ) {
    return this.accounts.update(caller, id, body)
  }

  @Post(':id/check')
  @HttpCode(200)
  @Scopes('channel_accounts:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'channelAccounts.check',
    summary: 'Try a channel account by a harmless call',
  })
  @ApiOkResponse({ standardSchema: ChannelAccount })
  check(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.accounts.check(caller, id)
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Scopes('channel_accounts:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'channelAccounts.disable',
    summary: 'Let a channel account take no more orders',
  })
  @ApiOkResponse({ standardSchema: ChannelAccount })
  disable(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.accounts.disable(caller, id)
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Scopes('channel_accounts:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'channelAccounts.enable',
    summary: 'Let a channel account take orders again',
  })
  @ApiOkResponse({ standardSchema: ChannelAccount })
  enable(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.accounts.enable(caller, id)
  }

  @Get(':id/incidents')
  @Scopes('channel_accounts:read')
  @ApiOperation({
    operationId: 'channelAccounts.listIncidents',
    summary: 'List what a channel said that was not understood or not believed',
  })
  @ApiOkResponse({ standardSchema: ChannelIncidentList })
  listIncidents(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query({ schema: ChannelIncidentListQuery }) query: ChannelIncidentListQuery,
  ) {
    return this.incidents.list(caller, id, query)
  }
}

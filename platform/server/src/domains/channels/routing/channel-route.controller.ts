import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../../infra/http/decorators.js'
import {
  ChannelRoute,
  ChannelRouteList,
  ChannelRouteListQuery,
  CreateChannelRoute,
  DeletedChannelRoute,
  UpdateChannelRoute,
} from './channel-route.schema.js'
import { ChannelRouteService } from './channel-route.service.js'

@ApiTags('channel routes')
@Controller('v1/channel_routes')
export class ChannelRouteController {
  constructor(private readonly routes: ChannelRouteService) {}

  @Post()
  @Scopes('channel_accounts:write')
  @Idempotent()
  @ApiOperation({ operationId: 'channelRoutes.create', summary: 'Add a routing rule' })
  @ApiCreatedResponse({ standardSchema: ChannelRoute })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateChannelRoute }) body: CreateChannelRoute,
  ) {
    return this.routes.create(caller, body)
  }

  @Get()
  @Scopes('channel_accounts:read')
  @ApiOperation({ operationId: 'channelRoutes.list', summary: 'List routing rules' })
  @ApiOkResponse({ standardSchema: ChannelRouteList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ChannelRouteListQuery }) query: ChannelRouteListQuery,
  ) {
    return this.routes.list(caller, query)
  }

  @Get(':id')
  @Scopes('channel_accounts:read')
  @ApiOperation({ operationId: 'channelRoutes.get', summary: 'Get a routing rule' })
  @ApiOkResponse({ standardSchema: ChannelRoute })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.routes.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('channel_accounts:write')
  @Idempotent()
  @ApiOperation({ operationId: 'channelRoutes.update', summary: 'Update a routing rule' })
  @ApiOkResponse({ standardSchema: ChannelRoute })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateChannelRoute }) body: UpdateChannelRoute,
  ) {
    return this.routes.update(caller, id, body)
  }

  @Delete(':id')
  @Scopes('channel_accounts:write')
  @ApiOperation({ operationId: 'channelRoutes.delete', summary: 'Delete a routing rule' })
  @ApiOkResponse({ standardSchema: DeletedChannelRoute })
  delete(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.routes.delete(caller, id)
  }
}

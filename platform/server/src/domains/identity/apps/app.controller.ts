import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import {
  CurrentCaller,
  ForInstitution,
  Idempotent,
  Permission,
  Scopes,
} from '../../../infra/http/decorators.js'
import type { Reply } from '../../../infra/http/reply.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import { App, AppList, AppListQuery, CreateApp, UpdateApp, type WireApp } from './app.schema.js'
import { AppService } from './app.service.js'

@ApiTags('apps')
@ForInstitution()
@Controller('v1/apps')
export class AppController {
  constructor(private readonly apps: AppService) {}

  @Post()
  @Permission('apps:create')
  @Idempotent()
  @ApiOperation({ operationId: 'apps.create', summary: 'Register an app, and own it' })
  @ApiCreatedResponse({ standardSchema: App })
  @ApiOkResponse({ standardSchema: App, description: 'This call registered it before: the app.' })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateApp }) body: CreateApp,
  ): Promise<Reply<WireApp>> {
    return this.apps.create(caller, body)
  }

  @Get()
  @Scopes('apps:read')
  @Permission('apps:read')
  @ApiOperation({
    operationId: 'apps.list',
    summary: 'List the apps that the caller sees: a program those of its department',
  })
  @ApiOkResponse({ standardSchema: AppList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: AppListQuery }) query: AppListQuery,
  ): Promise<WireList<WireApp>> {
    return this.apps.list(caller, query)
  }

  @Get(':id')
  @Scopes('apps:read')
  @Permission('apps:read')
  @ApiOperation({ operationId: 'apps.get', summary: 'Get an app' })
  @ApiOkResponse({ standardSchema: App })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireApp> {
    return this.apps.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @Permission('apps:write')
  @Idempotent()
  @ApiOperation({ operationId: 'apps.update', summary: 'Change an app, or what it may do' })
  @ApiOkResponse({ standardSchema: App })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateApp }) body: UpdateApp,
  ): Promise<WireApp> {
    return this.apps.update(caller, id, body)
  }
}

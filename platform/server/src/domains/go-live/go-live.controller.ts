import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import {
  CurrentCaller,
  ForInstitution,
  Idempotent,
  Permission,
  Scopes,
  StepUp,
} from '../../infra/http/decorators.js'
import {
  App,
  ApproveLive,
  RefuseLive,
  RequestLive,
  type WireApp,
} from '../identity/apps/app.schema.js'
import { AppLiveService } from '../identity/apps/app-live.service.js'
import { Checklist } from './checklist.schema.js'
import { ChecklistService } from './checklist.service.js'

@ApiTags('apps')
@ForInstitution()
@Controller('v1/apps/:id')
export class GoLiveController {
  constructor(
    private readonly checklists: ChecklistService,
    private readonly live: AppLiveService,
  ) {}

  @Get('checklist')
  @Scopes('apps:read')
  @Permission('apps:read')
  @ApiOperation({
    operationId: 'apps.checklist',
    summary: 'Get the go-live checklist, ticked by what the sandbox saw',
  })
  @ApiOkResponse({ standardSchema: Checklist })
  checklist(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Checklist> {
    return this.checklists.get(caller, id)
  }

  @Post('request_live')
  @HttpCode(200)
  @Permission('apps:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'apps.requestLive',
    summary: 'Ask that the app may work in live mode, or may do more there',
  })
  @ApiOkResponse({ standardSchema: App })
  request(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: RequestLive }) body: RequestLive,
  ): Promise<WireApp> {
    return this.checklists.requestLive(caller, id, body)
  }

  @Post('withdraw_live')
  @HttpCode(200)
  @Permission('apps:write')
  @Idempotent()
  @ApiOperation({ operationId: 'apps.withdrawLive', summary: 'Take a request back' })
  @ApiOkResponse({ standardSchema: App })
  withdraw(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireApp> {
    return this.live.withdraw(caller, id)
  }

  @Post('approve_live')
  @HttpCode(200)
  @Permission('apps:approve')
  @StepUp()
  @Idempotent()
  @ApiOperation({
    operationId: 'apps.approveLive',
    summary: 'Let the app work in live mode: by somebody else than who asked',
  })
  @ApiOkResponse({ standardSchema: App })
  approve(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: ApproveLive }) body: ApproveLive,
  ): Promise<WireApp> {
    return this.live.approve(caller, id, body)
  }

  @Post('reject_live')
  @HttpCode(200)
  @Permission('apps:approve')
  @Idempotent()
  @ApiOperation({ operationId: 'apps.rejectLive', summary: 'Refuse it, and say why' })
  @ApiOkResponse({ standardSchema: App })
  reject(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: RefuseLive }) body: RefuseLive,
  ): Promise<WireApp> {
    return this.live.reject(caller, id, body)
  }

  @Post('suspend_live')
  @HttpCode(200)
  @Permission('apps:approve')
  @Idempotent()
  @ApiOperation({
    operationId: 'apps.suspendLive',
    summary: 'Take live access back: live keys are refused within 5 seconds',
  })
  @ApiOkResponse({ standardSchema: App })
  suspend(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: RefuseLive }) body: RefuseLive,
  ): Promise<WireApp> {
    return this.live.suspend(caller, id, body)
  }
}

import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../infra/http/decorators.js'
import type { WireList } from '../../infra/http/wire.schema.js'
import {
  type RequestLog,
  RequestLogDetail,
  RequestLogList,
  RequestLogListQuery,
} from './request-log.schema.js'
import { RequestLogService } from './request-log.service.js'

@ApiTags('request logs')
@Controller('v1/request_logs')
export class RequestLogController {
  constructor(private readonly requestLogs: RequestLogService) {}

  @Get()
  @Scopes('logs:read')
  @ApiOperation({ operationId: 'requestLogs.list', summary: 'List calls of the API, newest first' })
  @ApiOkResponse({ standardSchema: RequestLogList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: RequestLogListQuery }) query: RequestLogListQuery,
  ): Promise<WireList<RequestLog>> {
    return this.requestLogs.list(caller, query)
  }

  @Get(':id')
  @Scopes('logs:read')
  @ApiOperation({ operationId: 'requestLogs.get', summary: 'Get a call, with what proves it' })
  @ApiOkResponse({ standardSchema: RequestLogDetail })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<RequestLogDetail> {
    return this.requestLogs.get(caller, id)
  }
}

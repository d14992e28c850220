import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../../infra/http/decorators.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import { Event, EventList, EventListQuery, type WireEvent } from './event.schema.js'
import { EventService } from './event.service.js'

@ApiTags('events')
@Controller('v1/events')
export class EventController {
  constructor(private readonly events: EventService) {}

  @Get()
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'events.list', summary: 'List events, newest first' })
  @ApiOkResponse({ standardSchema: EventList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: EventListQuery }) query: EventListQuery,
  ): Promise<WireList<WireEvent>> {
    return this.events.list(caller, query)
  }

  @Get(':id')
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'events.get', summary: 'Get an event' })
  @ApiOkResponse({ standardSchema: Event })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireEvent> {
    return this.events.get(caller, id)
  }
}

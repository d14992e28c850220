import { Body, Controller, HttpCode, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../infra/http/decorators.js'
import type { WireList } from '../../infra/http/wire.schema.js'
import { EventList, type WireEvent } from '../webhooks/events/event.schema.js'
import { TriggerEvent } from './event-trigger.schema.js'
import { EventTriggerService } from './event-trigger.service.js'

@ApiTags('test_helpers')
@TestModeOnly()
@Controller('v1/test_helpers/events')
export class EventTriggerController {
  constructor(private readonly triggers: EventTriggerService) {}

  @Post()
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'testHelpers.events.create',
    summary: 'Make something happen that an event tells of',
    description:
      'The real thing happens in the sandbox: objects are made, paid, refunded. It needs the scopes of what is done besides webhooks:write, and takes up to 25 seconds.',
  })
  @ApiOkResponse({ standardSchema: EventList })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: TriggerEvent }) body: TriggerEvent,
  ): Promise<WireList<WireEvent>> {
    return this.triggers.trigger(caller, body)
  }
}

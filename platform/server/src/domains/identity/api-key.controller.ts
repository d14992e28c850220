import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, StepUp } from '../../infra/http/decorators.js'
import type { Reply } from '../../infra/http/reply.js'
import type { WireList } from '../../infra/http/wire.schema.js'
import {
  CreateKey,
  Key,
  KeyList,
  KeyListQuery,
  RotateKey,
  UpdateKey,
  type WireKey,
} from './api-key.schema.js'
import { ApiKeyService } from './api-key.service.js'

@ApiTags('keys')
@Controller('v1/keys')
export class ApiKeyController {
  constructor(private readonly keys: ApiKeyService) {}

  @Post()
  @Scopes('keys:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({ operationId: 'keys.create', summary: 'Register a public key' })
  @ApiCreatedResponse({ standardSchema: Key })
  @ApiOkResponse({ standardSchema: Key, description: 'This call registered it before: the key.' })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateKey }) body: CreateKey,
  ): Promise<Reply<WireKey>> {
    return this.keys.create(caller, body)
  }

  @Get()
  @Scopes('keys:read')
  @ApiOperation({ operationId: 'keys.list', summary: 'List the keys of the app and mode' })
  @ApiOkResponse({ standardSchema: KeyList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: KeyListQuery }) query: KeyListQuery,
  ): Promise<WireList<WireKey>> {
    return this.keys.list(caller, query)
  }

  @Get(':id')
  @Scopes('keys:read')
  @ApiOperation({ operationId: 'keys.get', summary: 'Get a key' })
  @ApiOkResponse({ standardSchema: Key })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireKey> {
    return this.keys.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('keys:write')
  @Idempotent()
  @ApiOperation({ operationId: 'keys.update', summary: 'Rename a key, or change its limits' })
  @ApiOkResponse({ standardSchema: Key })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateKey }) body: UpdateKey,
  ): Promise<WireKey> {
    return this.keys.update(caller, id, body)
  }

  @Post(':id/rotate')
  @Scopes('keys:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({
    operationId: 'keys.rotate',
    summary: 'Register the successor of a key, which works on for a while',
  })
  @ApiCreatedResponse({ standardSchema: Key, description: 'The new key.' })
  @ApiOkResponse({ standardSchema: Key, description: 'This call rotated it before: the new key.' })
  rotate(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: RotateKey }) body: RotateKey,
  ): Promise<Reply<WireKey>> {
    return this.keys.rotate(caller, id, body)
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Scopes('keys:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({
    operationId: 'keys.revoke',
    summary: 'Revoke a key for good, everywhere within 5 seconds',
  })
  @ApiOkResponse({ standardSchema: Key })
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireKey> {
    return this.keys.revoke(caller, id)
  }
}

import { Controller, Get, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../../infra/http/decorators.js'
import { SearchQuery, SearchResultList } from './search.schema.js'
import { SearchService } from './search.service.js'

@ApiTags('reports')
@Controller('v1/search')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @Get()
  @Scopes('reports:read')
  @ApiOperation({
    operationId: 'search.list',
    summary: 'Find anything by its id or one of its numbers, as far as your scopes go',
  })
  @ApiOkResponse({ standardSchema: SearchResultList })
  find(@CurrentCaller() caller: Caller, @Query({ schema: SearchQuery }) query: SearchQuery) {
    return this.search.find(caller, query)
  }
}

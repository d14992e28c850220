import { Body, Controller, Get, Param, Post, Query, type StreamableFile } from '@nestjs/common'
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../../infra/http/decorators.js'
import { CreateExport, Export, ExportList, ExportListQuery } from './export.schema.js'
import { ExportService } from './export.service.js'

const FILE_LENGTH_MAX = 2 ** 31 - 1

@ApiTags('reports')
@Controller('v1/exports')
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  @Post()
  @Scopes('reports:write')
  @Idempotent()
  @ApiOperation({ operationId: 'exports.create', summary: 'Have rows written to a CSV file' })
  @ApiCreatedResponse({ standardSchema: Export })
  create(@CurrentCaller() caller: Caller, @Body({ schema: CreateExport }) body: CreateExport) {
    return this.exports.create(caller, body)
  }

  @Get(':id/file')
  @Scopes('reports:read')
  @ApiOperation({ operationId: 'exports.download', summary: 'Download the file of an export' })
  @ApiProduces('text/csv')
  @ApiOkResponse({
    description: 'UTF-8 with a byte order mark; lines end with CR LF.',
    schema: { type: 'string', format: 'binary', maxLength: FILE_LENGTH_MAX },
  })
  file(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<StreamableFile> {
    return this.exports.file(caller, id)
  }

  @Get(':id')
  @Scopes('reports:read')
  @ApiOperation({ operationId: 'exports.get', summary: 'Get an export, and how far it is' })
  @ApiOkResponse({ standardSchema: Export })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.exports.get(caller, id)
  }

  @Get()
  @Scopes('reports:read')
  @ApiOperation({ operationId: 'exports.list', summary: 'List exports' })
  @ApiOkResponse({ standardSchema: ExportList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ExportListQuery }) query: ExportListQuery,
  ) {
    return this.exports.list(caller, query)
  }
}

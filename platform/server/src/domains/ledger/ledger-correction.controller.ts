import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, StepUp } from '../../infra/http/decorators.js'
import {
  CreateLedgerCorrection,
  LedgerCorrection,
  LedgerCorrectionList,
  LedgerCorrectionListQuery,
} from './ledger-correction.schema.js'
import { LedgerCorrectionService } from './ledger-correction.service.js'

@ApiTags('ledger')
@Controller('v1/ledger/corrections')
export class LedgerCorrectionController {
  constructor(private readonly corrections: LedgerCorrectionService) {}

  @Post()
  @Scopes('ledger:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'ledgerCorrections.create',
    summary: 'Ask for a correction, which another key must approve',
  })
  @ApiCreatedResponse({ standardSchema: LedgerCorrection })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateLedgerCorrection }) body: CreateLedgerCorrection,
  ) {
    return this.corrections.create(caller, body)
  }

  @Get(':id')
  @Scopes('ledger:read')
  @ApiOperation({ operationId: 'ledgerCorrections.get', summary: 'Get a correction' })
  @ApiOkResponse({ standardSchema: LedgerCorrection })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.corrections.get(caller, id)
  }

  @Get()
  @Scopes('ledger:read')
  @ApiOperation({ operationId: 'ledgerCorrections.list', summary: 'List corrections' })
  @ApiOkResponse({ standardSchema: LedgerCorrectionList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: LedgerCorrectionListQuery }) query: LedgerCorrectionListQuery,
  ) {
    return this.corrections.list(caller, query)
  }

  @Post(':id/approve')
  @HttpCode(200)
  @StepUp()
  @Scopes('ledger:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'ledgerCorrections.approve',
    summary: 'Book a correction that another key asked for',
  })
  @ApiOkResponse({ standardSchema: LedgerCorrection })
  approve(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.corrections.approve(caller, id)
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Scopes('ledger:write')
  @Idempotent()
  @ApiOperation({ operationId: 'ledgerCorrections.reject', summary: 'Refuse a correction' })
  @ApiOkResponse({ standardSchema: LedgerCorrection })
  reject(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.corrections.reject(caller, id)
  }
}

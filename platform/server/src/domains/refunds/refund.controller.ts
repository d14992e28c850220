import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, OwnScope, Scopes, StepUp } from '../../infra/http/decorators.js'
import { CreateRefund, Refund, RefundList, RefundListQuery, RejectRefund } from './refund.schema.js'
import { RefundService } from './refund.service.js'
import { RefundApprovalService } from './refund-approval.service.js'

@ApiTags('refunds')
@Controller('v1/refunds')
export class RefundController {
  constructor(
    private readonly refunds: RefundService,
    private readonly approvals: RefundApprovalService,
  ) {}

  @Post()
  @Scopes('refunds:write')
  @Idempotent()
  @ApiOperation({ operationId: 'refunds.create', summary: 'Refund all or part of a payment' })
  @ApiCreatedResponse({ standardSchema: Refund })
  @ApiOkResponse({
    standardSchema: Refund,
    description: 'The out_refund_no was known with the same parameters: here is the refund.',
  })
  create(@CurrentCaller() caller: Caller, @Body({ schema: CreateRefund }) body: CreateRefund) {
    return this.refunds.create(caller, body)
  }

  @Post(':id/approve')
  @HttpCode(200)
  @StepUp()
  @Scopes('refunds:approve')
  @Idempotent()
  @ApiOperation({
    operationId: 'refunds.approve',
    summary: 'Approve a refund that waits for a second person',
  })
  @ApiOkResponse({ standardSchema: Refund })
  approve(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.approvals.approve(caller, id)
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Scopes('refunds:approve')
  @Idempotent()
  @ApiOperation({
    operationId: 'refunds.reject',
    summary: 'Reject a refund that waits for a second person',
  })
  @ApiOkResponse({ standardSchema: Refund })
  reject(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: RejectRefund }) body: RejectRefund,
  ) {
    return this.approvals.reject(caller, id, body.reason)
  }

  @Get(':id')
  @Scopes('refunds:read')
  @OwnScope('refunds:read:own')
  @ApiOperation({ operationId: 'refunds.get', summary: 'Get a refund' })
  @ApiOkResponse({ standardSchema: Refund })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.refunds.get(caller, id)
  }

  @Get()
  @Scopes('refunds:read')
  @OwnScope('refunds:read:own')
  @ApiOperation({ operationId: 'refunds.list', summary: 'List refunds' })
  @ApiOkResponse({ standardSchema: RefundList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: RefundListQuery }) query: RefundListQuery,
  ) {
    return this.refunds.list(caller, query)
  }
}

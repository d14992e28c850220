import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../infra/http/decorators.js'
import {
  LedgerAccountList,
  LedgerAccountListQuery,
  LedgerRootList,
  LedgerRootListQuery,
  LedgerTransaction,
  LedgerTransactionList,
  LedgerTransactionListQuery,
} from './ledger-view.schema.js'
import { LedgerViewService } from './ledger-view.service.js'

@ApiTags('ledger')
@Controller('v1/ledger')
export class LedgerController {
  constructor(private readonly views: LedgerViewService) {}

  @Get('transactions/:id')
  @Scopes('ledger:read')
  @ApiOperation({ operationId: 'ledgerTransactions.get', summary: 'Get a ledger transaction' })
  @ApiOkResponse({ standardSchema: LedgerTransaction })
  transaction(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.views.transaction(caller, id)
  }

  @Get('transactions')
  @Scopes('ledger:read')
  @ApiOperation({ operationId: 'ledgerTransactions.list', summary: 'List ledger transactions' })
  @ApiOkResponse({ standardSchema: LedgerTransactionList })
  transactions(
    @CurrentCaller() caller: Caller,
    @Query({ schema: LedgerTransactionListQuery }) query: LedgerTransactionListQuery,
  ) {
    return this.views.transactions(caller, query)
  }

  @Get('accounts')
  @Scopes('ledger:read')
  @ApiOperation({ operationId: 'ledgerAccounts.list', summary: 'List accounts with balances' })
  @ApiOkResponse({ standardSchema: LedgerAccountList })
  accounts(
    @CurrentCaller() caller: Caller,
    @Query({ schema: LedgerAccountListQuery }) query: LedgerAccountListQuery,
  ) {
    return this.views.accounts(caller, query)
  }

  @Get('roots')
  @Scopes('ledger:read')
  @ApiOperation({ operationId: 'ledgerRoots.list', summary: 'List the daily roots of the chain' })
  @ApiOkResponse({ standardSchema: LedgerRootList })
  roots(
    @CurrentCaller() caller: Caller,
    @Query({ schema: LedgerRootListQuery }) query: LedgerRootListQuery,
  ) {
    return this.views.roots(caller, query)
  }
}

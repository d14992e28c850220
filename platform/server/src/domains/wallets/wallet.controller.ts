import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, SecretBody } from '../../infra/http/decorators.js'
import {
  FreezeWallet,
  OpenWallet,
  SetWalletPin,
  UpdateWallet,
  Wallet,
  WalletList,
  WalletListQuery,
} from './wallet.schema.js'
import { WalletService } from './wallet.service.js'
import { WalletTransactionList, WalletTransactionListQuery } from './wallet-transaction.schema.js'

@ApiTags('wallets')
@Controller('v1/wallets')
export class WalletController {
  constructor(private readonly wallets: WalletService) {}

  @Post()
  @Scopes('wallets:write')
  @Idempotent()
  @ApiOperation({ operationId: 'wallets.create', summary: 'Open a wallet for a payer' })
  @ApiCreatedResponse({ standardSchema: Wallet })
  @ApiOkResponse({
    standardSchema: Wallet,
    description: 'The payer had this wallet, with the same limits: here it is.',
  })
  open(@CurrentCaller() caller: Caller, @Body({ schema: OpenWallet }) body: OpenWallet) {
    return this.wallets.open(caller, body)
  }

  @Get(':id')
  @Scopes('wallets:read')
  @ApiOperation({ operationId: 'wallets.get', summary: 'Get a wallet' })
  @ApiOkResponse({ standardSchema: Wallet })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.wallets.get(caller, id)
  }

  @Get()
  @Scopes('wallets:read')
  @ApiOperation({ operationId: 'wallets.list', summary: 'List wallets, newest first' })
  @ApiOkResponse({ standardSchema: WalletList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: WalletListQuery }) query: WalletListQuery,
  ) {
    return this.wallets.list(caller, query)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('wallets:write')
  @Idempotent()
  @ApiOperation({ operationId: 'wallets.update', summary: 'Change a wallet’s limits' })
  @ApiOkResponse({ standardSchema: Wallet })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateWallet }) body: UpdateWallet,
  ) {
    return this.wallets.update(caller, id, body)
  }

  @Get(':id/transactions')
  @Scopes('wallets:read')
  @ApiOperation({ operationId: 'wallets.listTransactions', summary: 'What moved a wallet' })
  @ApiOkResponse({ standardSchema: WalletTransactionList })
  history(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query({ schema: WalletTransactionListQuery }) query: WalletTransactionListQuery,
  ) {
    return this.wallets.history(caller, id, query)
  }

  @Post(':id/pin')
  @HttpCode(200)
  @Scopes('wallets:write')
  @Idempotent()
  @SecretBody()
  @ApiOperation({ operationId: 'wallets.setPin', summary: 'Set the payer’s PIN' })
  @ApiOkResponse({ standardSchema: Wallet })
  setPin(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: SetWalletPin }) body: SetWalletPin,
  ) {
    return this.wallets.setPin(caller, id, body)
  }

  @Post(':id/freeze')
  @HttpCode(200)
  @Scopes('wallets:write')
  @Idempotent()
  @ApiOperation({ operationId: 'wallets.freeze', summary: 'Let nothing be paid with a wallet' })
  @ApiOkResponse({ standardSchema: Wallet })
  freeze(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: FreezeWallet }) body: FreezeWallet,
  ) {
    return this.wallets.freeze(caller, id, body)
  }

  @Post(':id/unfreeze')
  @HttpCode(200)
  @Scopes('wallets:write')
  @Idempotent()
  @ApiOperation({ operationId: 'wallets.unfreeze', summary: 'Let a frozen wallet be used again' })
  @ApiOkResponse({ standardSchema: Wallet })
  unfreeze(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.wallets.unfreeze(caller, id)
  }

  @Post(':id/close')
  @HttpCode(200)
  @Scopes('wallets:write')
  @Idempotent()
  @ApiOperation({ operationId: 'wallets.close', summary: 'Close an empty wallet for good' })
  @ApiOkResponse({ standardSchema: Wallet })
  close(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.wallets.close(caller, id)
  }
}

import { Body, Controller, Get, Header, HttpCode, Ip, Param, Post } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Public } from '../../infra/http/decorators.js'
import { type CashierView, ConfirmCashierPayment, StartCashierPayment } from './cashier.schema.js'
import { CashierService } from './cashier.service.js'

/** The JSON behind the payer's page. The link's keyed hash is the credential. */
@ApiExcludeController()
@Public()
@Controller('cashier/api')
export class CashierController {
  constructor(private readonly cashier: CashierService) {}

  @Get(':token')
  @Header('cache-control', 'no-store')
  view(@Param('token') token: string): Promise<CashierView> {
    return this.cashier.view(token)
  }

  @Post(':token/pay')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  pay(
    @Param('token') token: string,
    @Body({ schema: StartCashierPayment }) body: StartCashierPayment,
    @Ip() ip: string,
  ): Promise<CashierView> {
    return this.cashier.pay(token, body, ip)
  }

  /** The payer confirms a payment by campus card. */
  @Post(':token/confirm')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  confirm(
    @Param('token') token: string,
    @Body({ schema: ConfirmCashierPayment }) body: ConfirmCashierPayment,
  ): Promise<CashierView> {
    return this.cashier.confirm(token, body)
  }

  @Get(':token/qr.svg')
  @Header('cache-control', 'no-store')
  @Header('content-type', 'image/svg+xml')
  qrCode(@Param('token') token: string): Promise<string> {
    return this.cashier.qrCode(token)
  }
}

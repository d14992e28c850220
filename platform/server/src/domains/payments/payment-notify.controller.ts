import { Controller, Param, Post, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { rawNotificationOf, sendNotificationAnswer } from '../channels/notification.http.js'
import { PaymentNotifyService } from './payment-notify.service.js'

/** Where providers tell us of payments. The content proves itself; nobody signs in here. */
@ApiExcludeController()
@Public()
@Controller('notify')
export class PaymentNotifyController {
  constructor(private readonly notifications: PaymentNotifyService) {}

  @Post(':channel/:account/payments')
  async receive(
    @Param('channel') channel: string,
    @Param('account') accountId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const raw = rawNotificationOf(request)
    sendNotificationAnswer(reply, await this.notifications.receive(channel, accountId, raw))
  }
}

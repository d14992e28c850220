import { Controller, Param, Post, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { rawNotificationOf, sendNotificationAnswer } from '../channels/notification.http.js'
import { RefundNotifyService } from './refund-notify.service.js'

/** Where providers tell us of refunds. The content proves itself by their signature; nobody signs in here. */
@ApiExcludeController()
@Public()
@Controller('notify')
export class RefundNotifyController {
  constructor(private readonly notifications: RefundNotifyService) {}

  @Post(':channel/:account/refunds')
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

import { Controller, Param, Post, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import type { NotificationAnswer, RawNotification } from '../channels/channel.port.js'
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
    send(reply, await this.notifications.receive(channel, accountId, rawOf(request)))
  }
}

/** The bytes as they arrived: signatures are over bytes. */
function rawOf({ headers, rawBody }: Pick<FastifyRequest, 'headers' | 'rawBody'>): RawNotification {
  const single = Object.entries(headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const,
  )
  return { headers: Object.fromEntries(single), body: rawBody ?? Buffer.alloc(0) }
}

function send(reply: FastifyReply, answer: NotificationAnswer): void {
  reply.status(answer.status).header('content-type', answer.content_type).send(answer.body)
}

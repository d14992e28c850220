import 'reflect-metadata'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { createHttpAdapter } from '../../gateway/http-server.js'
import { readConfig } from '../../infra/config/config.js'
import type { NotificationAnswer, RawNotification } from '../channels/channel.port.js'
import { RefundNotifyController } from './refund-notify.controller.js'
import { RefundNotifyService } from './refund-notify.service.js'

const received: { code: string; accountId: string; raw: RawNotification }[] = []
let answer: NotificationAnswer

const notifications = {
  receive: async (code: string, accountId: string, raw: RawNotification) => {
    received.push({ code, accountId, raw })
    return answer
  },
}

@Module({
  controllers: [RefundNotifyController],
  providers: [{ provide: RefundNotifyService, useValue: notifications }],
})
class NotifyModule {}

let app: NestFastifyApplication
let origin: string
beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(
    NotifyModule,
    createHttpAdapter(readConfig({}, '/')),
    {
      bodyParser: false,
      logger: false,
    },
  )
  await app.listen(0, '127.0.0.1')
  origin = await app.getUrl()
})
afterAll(() => app.close())
beforeEach(() => {
  received.length = 0
  answer = { status: 204, content_type: 'application/json', body: '' }
})

const send = (body: Buffer | undefined, headers: Record<string, string> = {}) =>
  fetch(`${origin}/notify/wechatpay/cha_1/refunds`, {
    method: 'POST',
    headers,
    ...(body ? { body: Uint8Array.from(body) } : {}),
  })

describe('a notification by HTTP', () => {
  test.each([
    ['application/json', Buffer.from('{ "id" : "1",\r\n"id":"2" }')],
    ['application/x-www-form-urlencoded', Buffer.from('a=1&b=%00')],
    ['text/plain; charset=GB18030', Buffer.from([0xc4, 0xe3, 0x00, 0xff])],
  ])('of %s arrives byte for byte', async (type, body) => {
    const response = await send(body, { 'content-type': type, 'Wechatpay-Serial': 'S1' })
    expect(response.status).toBe(204)
    expect(received).toEqual([
      {
        code: 'wechatpay',
        accountId: 'cha_1',
        raw: { headers: expect.objectContaining({ 'wechatpay-serial': 'S1' }), body },
      },
    ])
  })

  test('without a body arrives as no bytes', async () => {
    await send(undefined)
    expect(received[0]?.raw.body).toEqual(Buffer.alloc(0))
  })

  test("is answered in the provider's own words", async () => {
    answer = { status: 400, content_type: 'text/plain', body: 'fail' }
    const response = await send(Buffer.from('x'), { 'content-type': 'text/plain' })
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(await response.text()).toBe('fail')
  })
})

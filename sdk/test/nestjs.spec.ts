import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  Controller,
  HttpCode,
  Injectable,
  Logger,
  Module,
  Post,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import {
  type BursarEvent,
  BursarWebhookGuard,
  BursarWebhooksModule,
  type EventOf,
  OnBursarEvent,
  WebhookEvent,
  webhooks,
} from '../src/nestjs.entry.js'

const secret = `whsec_${Buffer.from('a secret of enough bytes').toString('base64')}`
const seen: [who: string, id: string][] = []
let failure: Error | undefined

@Injectable()
class Orders {
  @OnBursarEvent('payment.succeeded', 'payment.failed')
  async ended(event: EventOf<'payment.succeeded' | 'payment.failed'>): Promise<void> {
    await Promise.resolve()
    if (failure) throw failure
    seen.push(['orders', event.data.object.out_trade_no])
  }
}

@Injectable()
class Mail {
  @OnBursarEvent('payment.succeeded')
  send(event: EventOf<'payment.succeeded'>): void {
    seen.push(['mail', event.id])
  }

  // @ts-expect-error A handler of one type does not fit events of another.
  @OnBursarEvent('refund.succeeded')
  never(_: EventOf<'payment.succeeded'>): void {}
}

@Controller('own')
class OwnController {
  @Post()
  @HttpCode(202)
  @UseGuards(BursarWebhookGuard)
  receive(@WebhookEvent() event: BursarEvent): { got: string } {
    return { got: event.type }
  }
}

@Module({
  imports: [BursarWebhooksModule.forRoot({ secret, path: 'hooks/bursar' })],
  providers: [Orders, Mail],
  controllers: [OwnController],
})
class AppModule {}

// A forged webhook and a missing raw body are logged, which is right and is not what these tests look at.
beforeAll(() => Logger.overrideLogger(false))

async function start(module: Type, rawBody = true): Promise<NestFastifyApplication> {
  const options = { rawBody, logger: false, abortOnError: false } as const
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    new FastifyAdapter(),
    options,
  )
  await app.init()
  return app
}

async function post(
  app: NestFastifyApplication,
  { path = '/hooks/bursar', type = 'payment.succeeded', tamper = (body: string) => body } = {},
) {
  const data = { object: { id: 'pay_1', out_trade_no: '订单 7' } }
  // Spaces that a parser would lose: only the raw body verifies.
  const body = JSON.stringify({ id: 'evt_1', type, data }, null, 2)
  const signed = await webhooks.sign(body, { id: 'evt_1', secret })
  const headers = { 'content-type': 'application/json', ...signed }
  return app.inject({ method: 'POST', url: path, headers, payload: tamper(body) })
}

describe('a Nest app on Fastify', () => {
  let app: NestFastifyApplication
  beforeAll(async () => {
    app = await start(AppModule)
  })
  afterAll(() => app.close())
  beforeEach(() => {
    seen.splice(0)
    failure = undefined
  })

  test('hands an event to every method that wants its type, in order', async () => {
    expect((await post(app)).statusCode).toBe(204)
    expect(seen).toEqual([
      ['orders', '订单 7'],
      ['mail', 'evt_1'],
    ])
    await post(app, { type: 'payment.failed' })
    expect(seen.slice(2)).toEqual([['orders', '订单 7']])
  })

  test('takes an event that nobody wants, also one of a type that is not known yet', async () => {
    expect((await post(app, { type: 'bill.created' })).statusCode).toBe(204)
    expect((await post(app, { type: 'planet.discovered' })).statusCode).toBe(204)
    expect(seen).toEqual([])
  })

  test('answers 500 when a method fails, so that the webhook comes again', async () => {
    failure = new Error('the database is away')
    expect((await post(app)).statusCode).toBe(500)
    expect(seen).toEqual([])
  })

  test('refuses what is forged, and calls nobody', async () => {
    const answer = await post(app, { tamper: (body) => body.replace('pay_1', 'pay_2') })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'webhook_signature_mismatch' })
    expect(seen).toEqual([])
    const bare = await app.inject({
      method: 'POST',
      url: '/hooks/bursar',
      payload: { id: 'evt_1' },
    })
    expect(bare.statusCode).toBe(400)
    expect(bare.json()).toMatchObject({ code: 'webhook_header_missing' })
  })

  test('guards a controller of its own', async () => {
    const answer = await post(app, { path: '/own' })
    expect([answer.statusCode, answer.json()]).toEqual([202, { got: 'payment.succeeded' }])
    const forged = await post(app, { path: '/own', tamper: (body) => `${body} ` })
    expect(forged.statusCode).toBe(400)
  })
})

describe('options that come from elsewhere', () => {
  const CONFIG = Symbol('CONFIG')
  @Module({ providers: [{ provide: CONFIG, useValue: { secret } }], exports: [CONFIG] })
  class ConfigModule {}
  @Module({
    imports: [
      BursarWebhooksModule.forRootAsync({
        imports: [ConfigModule],
        inject: [CONFIG],
        useFactory: async (config: { secret: string }) => ({ secret: config.secret }),
      }),
    ],
    providers: [Mail],
  })
  class AsyncModule {}

  test('are awaited, and the address has a default', async () => {
    const app = await start(AsyncModule)
    seen.splice(0)
    expect((await post(app, { path: '/webhooks/bursar' })).statusCode).toBe(204)
    expect(seen).toEqual([['mail', 'evt_1']])
    await app.close()
  })
})

describe('a mistake is told', () => {
  test('500 when the app keeps no raw body, because a genuine webhook could not be told', async () => {
    const app = await start(AppModule, false)
    expect((await post(app)).statusCode).toBe(500)
    await app.close()
  })

  test('500 when the secret is unreadable: that is not the sender’s fault', async () => {
    @Module({ imports: [BursarWebhooksModule.forRoot({ secret: 'whsec_***' })] })
    class BadSecretModule {}
    const app = await start(BadSecretModule)
    expect((await post(app, { path: '/webhooks/bursar' })).statusCode).toBe(500)
    await app.close()
  })

  test('at the start when a handler would never be called', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @OnBursarEvent('bill.paid')
      paid(_: EventOf<'bill.paid'>): void {}
    }
    @Module({ imports: [BursarWebhooksModule.forRoot({ secret })], providers: [PerRequest] })
    class WrongScopeModule {}
    await expect(start(WrongScopeModule)).rejects.toThrow(/PerRequest\.paid.*request-scoped/)
  })
})

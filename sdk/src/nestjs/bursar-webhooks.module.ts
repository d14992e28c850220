import {
  Controller,
  type DynamicModule,
  HttpCode,
  Inject,
  Module,
  Post,
  type Provider,
  type Type,
  UseGuards,
} from '@nestjs/common'
import { DiscoveryModule } from '@nestjs/core'
import type { BursarEvent } from '../core/webhooks.js'
import { BursarEventDispatcher } from './bursar-event.dispatcher.js'
import { BursarWebhookGuard, WebhookEvent } from './bursar-webhook.guard.js'
import {
  BURSAR_WEBHOOKS_OPTIONS,
  type BursarWebhooksModuleAsyncOptions,
  type BursarWebhooksModuleOptions,
} from './bursar-webhooks.options.js'

const DEFAULT_PATH = 'webhooks/bursar'

/**
 * Takes webhooks at one address, verifies them over the raw body, and hands their events to the methods
 * that say `@OnBursarEvent()`. The app must be created with `{ rawBody: true }`.
 *
 * ```ts
 * @Module({ imports: [BursarWebhooksModule.forRoot({ secret: process.env.BURSAR_WEBHOOK_SECRET })] })
 * ```
 */
@Module({})
export class BursarWebhooksModule {
  static forRoot(options: BursarWebhooksModuleOptions): DynamicModule {
    const { path, ...useValue } = options
    return moduleOf(path, { provide: BURSAR_WEBHOOKS_OPTIONS, useValue })
  }

  /** For options that come from elsewhere, such as a ConfigService. */
  static forRootAsync(options: BursarWebhooksModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], path, useFactory } = options
    return moduleOf(path, { provide: BURSAR_WEBHOOKS_OPTIONS, inject, useFactory }, imports)
  }
}

function moduleOf(
  path: string | false = DEFAULT_PATH,
  options: Provider,
  imports: NonNullable<DynamicModule['imports']> = [],
): DynamicModule {
  return {
    module: BursarWebhooksModule,
    imports: [DiscoveryModule, ...imports],
    controllers: path === false ? [] : [controllerAt(path)],
    providers: [options, BursarWebhookGuard, BursarEventDispatcher],
    exports: [BURSAR_WEBHOOKS_OPTIONS, BursarWebhookGuard, BursarEventDispatcher],
  }
}

/** A class of its own for each address, because Nest reads the address from the class. */
function controllerAt(path: string): Type {
  @Controller(path)
  class BursarWebhooksController {
    readonly #dispatcher: BursarEventDispatcher

    constructor(@Inject(BursarEventDispatcher) dispatcher: BursarEventDispatcher) {
      this.#dispatcher = dispatcher
    }

    @Post()
    @HttpCode(204)
    @UseGuards(BursarWebhookGuard)
    receive(@WebhookEvent() event: BursarEvent): Promise<void> {
      return this.#dispatcher.dispatch(event)
    }
  }
  return BursarWebhooksController
}

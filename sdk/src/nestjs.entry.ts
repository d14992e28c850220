/** `@openbursar/sdk/nestjs`: webhooks in a NestJS app, on Express and on Fastify. */
export { BursarError, BursarWebhookError, type WebhookErrorCode } from './core/errors.js'
export { type BursarEvent, type EventOf, webhooks } from './core/webhooks.js'
export { BursarEventDispatcher } from './nestjs/bursar-event.dispatcher.js'
export { BursarWebhookGuard, WebhookEvent } from './nestjs/bursar-webhook.guard.js'
export { BursarWebhooksModule } from './nestjs/bursar-webhooks.module.js'
export {
  BURSAR_WEBHOOKS_OPTIONS,
  type BursarWebhooksModuleAsyncOptions,
  type BursarWebhooksModuleOptions,
  type BursarWebhooksOptions,
} from './nestjs/bursar-webhooks.options.js'
export { OnBursarEvent } from './nestjs/on-bursar-event.decorator.js'

/** `@openbursar/sdk/webhooks`: only what a receiver needs, for every runtime that has WebCrypto. */
export { BursarError, BursarWebhookError, type WebhookErrorCode } from './core/errors.js'
export type { Ed25519Jwk, Ed25519Key } from './core/verification-keys.js'
export {
  type BursarEvent,
  type EventOf,
  type RawBody,
  type SignWebhookOptions,
  type VerifyWebhookOptions,
  type WebhookHeaders,
  type WebhookPlatformKeys,
  type WebhookPlatformKeysOptions,
  webhooks,
} from './core/webhooks.js'
export type { EventObjects, EventType } from './resources/types.js'

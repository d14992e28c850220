/** `@openbursar/sdk/testing`: a platform in the memory of your tests. */

export type { Duration, SandboxClock } from './testing/sandbox.clock.js'
export {
  type CallMatch,
  type ChannelFault,
  type FaultBox,
  MAGIC_AMOUNTS,
  type PlatformFault,
  type SandboxFault,
} from './testing/sandbox.faults.js'
export {
  createSandbox,
  type OwnKey,
  Sandbox,
  type SandboxKey,
  type SandboxOptions,
  type SeenCall,
} from './testing/sandbox.js'
export type { SentWebhook, WebhookReceiver } from './testing/webhook-sender.js'

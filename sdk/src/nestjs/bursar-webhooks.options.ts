import type { ModuleMetadata } from '@nestjs/common'
import type { VerifyWebhookOptions } from '../core/webhooks.js'

/** What verifies webhooks: the endpoint's secret, the platform's key, or both. */
export type BursarWebhooksOptions = Omit<VerifyWebhookOptions, 'now'>

export interface BursarWebhooksModuleOptions extends BursarWebhooksOptions {
  /** Where webhooks arrive. Default `webhooks/bursar`. `false`: a controller of yours takes them. */
  path?: string | false | undefined
}

export interface BursarWebhooksModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  path?: string | false | undefined
  /** What `useFactory` is called with, such as your ConfigService. */
  // biome-ignore lint/suspicious/noExplicitAny: as Nest's own FactoryProvider has it.
  inject?: any[] | undefined
  useFactory: (
    // biome-ignore lint/suspicious/noExplicitAny: as Nest's own FactoryProvider has it.
    ...dependencies: any[]
  ) => BursarWebhooksOptions | Promise<BursarWebhooksOptions>
}

/** Injection token of the options. */
export const BURSAR_WEBHOOKS_OPTIONS = Symbol('BURSAR_WEBHOOKS_OPTIONS')

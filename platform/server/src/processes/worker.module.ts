import { type DynamicModule, Module } from '@nestjs/common'
import type { Config } from '../infra/config/config.js'
import type { Database } from '../infra/database/database.js'
import { InfraModule } from '../infra/infra.module.js'
import { loggingModule } from '../infra/logging/logging.module.js'
import { DOMAIN_MODULES } from './domain-modules.js'

/** The domains without the gateway: nobody calls a worker. */
@Module({})
export class WorkerModule {
  static for(config: Config, database: Database): DynamicModule {
    return {
      module: WorkerModule,
      imports: [loggingModule('worker'), InfraModule.for(config, database), ...DOMAIN_MODULES],
    }
  }
}

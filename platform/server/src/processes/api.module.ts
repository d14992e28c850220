import { type DynamicModule, Module } from '@nestjs/common'
import { GatewayModule } from '../gateway/gateway.module.js'
import type { Config } from '../infra/config/config.js'
import type { Database } from '../infra/database/database.js'
import { InfraModule } from '../infra/infra.module.js'
import { loggingModule } from '../infra/logging/logging.module.js'
import { DocsController } from './docs/docs.controller.js'
import { DocsFiles } from './docs/docs-files.js'
import { OpenApiController } from './docs/openapi.controller.js'
import { DOMAIN_MODULES } from './domain-modules.js'
import { HealthController } from './health.controller.js'

/** Everything that answers requests. */
@Module({})
export class ApiModule {
  static for(config: Config, database: Database): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        loggingModule('api'),
        InfraModule.for(config, database),
        GatewayModule,
        ...DOMAIN_MODULES,
      ],
      controllers: [HealthController, DocsController, OpenApiController],
      providers: [DocsFiles],
    }
  }
}

import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Config } from '../infra/config/config.js'
import { Database } from '../infra/database/database.js'
import { InfraModule } from '../infra/infra.module.js'
import { DOMAIN_MODULES } from './domain-modules.js'

@Module({})
class CommandModule {
  static for(config: Config, database: Database): DynamicModule {
    return {
      module: CommandModule,
      imports: [InfraModule.for(config, database), ...DOMAIN_MODULES],
    }
  }
}

/** The domains' services for a short piece of work: the seed, or one command of the command line. */
export async function withServices<T>(
  config: Config,
  work: (app: INestApplicationContext, database: Database) => Promise<T>,
): Promise<T> {
  const database = new Database(config.databaseUrl ?? '', { connectionsMax: 4 })
  const app = await NestFactory.createApplicationContext(CommandModule.for(config, database), {
    logger: ['error'],
  })
  try {
    return await work(app, database)
  } finally {
    await app.close()
    await database.close()
  }
}

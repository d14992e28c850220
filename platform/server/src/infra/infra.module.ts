import { type DynamicModule, Global, Module } from '@nestjs/common'
import { assert } from '../kernel/assert.js'
import type { Clock } from '../kernel/clock.js'
import { AppClockRepository } from './clock/app-clock.repository.js'
import { AppClocks } from './clock/app-clocks.js'
import { appClock } from './clock/app-time.js'
import { ClockKeeper } from './clock/clock-keeper.js'
import { SharedClock } from './clock/shared-clock.js'
import { CONFIG, type Config, docsBaseOf } from './config/config.js'
import { PlatformKeyRepository } from './crypto/platform-key.repository.js'
import { PlatformKeys } from './crypto/platform-keys.js'
import { Vault } from './crypto/vault.js'
import { Database } from './database/database.js'
import { IdempotencyRepository } from './idempotency/idempotency.repository.js'
import { IdempotencyService } from './idempotency/idempotency.service.js'
import { IdempotencyCleanJob } from './idempotency/idempotency-clean.job.js'
import { AccessTokenVerifier } from './oauth/access-token.verifier.js'
import { OauthCleanJob } from './oauth/oauth-clean.job.js'
import { OauthRecords } from './oauth/oauth-records.js'
import { ReplayMarks } from './oauth/replay-marks.js'
import { RevokedTokens } from './oauth/revoked-tokens.js'
import { APP_CLOCK, CLOCK } from './tokens.js'

/** What issues tokens and what accepts them have these in common. */
const OAUTH = [AccessTokenVerifier, OauthCleanJob, OauthRecords, ReplayMarks, RevokedTokens]

/** The outside world, made once per process and handed to whoever asks for it. */
@Global()
@Module({})
export class InfraModule {
  static for(config: Config, database: Database, clock: Clock = new SharedClock()): DynamicModule {
    const vault = vaultOf(config, database)
    const repository = new IdempotencyRepository(database)
    const idempotency = new IdempotencyService(repository, docsBaseOf(config))
    return {
      module: InfraModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: clock },
        { provide: APP_CLOCK, useValue: appClock(clock) },
        AppClockRepository,
        AppClocks,
        ClockKeeper,
        { provide: Database, useValue: database },
        { provide: Vault, useValue: vault },
        { provide: IdempotencyRepository, useValue: repository },
        { provide: IdempotencyService, useValue: idempotency },
        PlatformKeyRepository,
        PlatformKeys,
        ...OAUTH,
        { provide: IdempotencyCleanJob, useValue: new IdempotencyCleanJob(repository) },
      ],
      exports: [
        CONFIG,
        CLOCK,
        APP_CLOCK,
        AppClocks,
        Database,
        Vault,
        IdempotencyRepository,
        IdempotencyService,
        IdempotencyCleanJob,
        PlatformKeys,
        ...OAUTH,
      ],
    }
  }
}

export function vaultOf(config: Config, database: Database): Vault {
  assert(config.masterKey, 'the start-up made or read the master key')
  return new Vault(Buffer.from(config.masterKey, 'base64'), {
    async find(institutionId) {
      const row = await database.prisma.institution.findUniqueOrThrow({
        where: { id: institutionId },
        select: { data_key: true },
      })
      return row.data_key
    },
  })
}

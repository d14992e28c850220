import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { type DynamicModule, type INestApplicationContext, Logger, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ChannelRegistry } from '../../src/domains/channels/channel.registry.js'
import { ChannelAccountService } from '../../src/domains/channels/channel-account.service.js'
import { IdentityService } from '../../src/domains/identity/identity.service.js'
import { type Config, readConfig } from '../../src/infra/config/config.js'
import { Coalescer } from '../../src/infra/database/coalescer.js'
import type { Database } from '../../src/infra/database/database.js'
import type { Caller } from '../../src/infra/http/caller.js'
import { SCOPES } from '../../src/infra/http/scopes.js'
import { InfraModule } from '../../src/infra/infra.module.js'
import { ManualClock } from '../../src/kernel/clock.js'
import { newId } from '../../src/kernel/id.js'
import { DOMAIN_MODULES } from '../../src/processes/domain-modules.js'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'
import { Random } from './random.js'
import { Scheduler } from './scheduler.js'
import { SimulatedChannel } from './simulated-channel.js'
import { SimulatedDatabase } from './simulated-database.js'
import { SimulatedProvider } from './simulated-provider.js'

const CONNECTIONS_MAX = 40

class SimulationModule {
  static for(config: Config, database: Database, clock: ManualClock): DynamicModule {
    return {
      module: SimulationModule,
      imports: [InfraModule.for(config, database, clock), ...DOMAIN_MODULES],
    }
  }
}

// As a call, because Node, which runs this file as it is, knows no decorators.
Module({})(SimulationModule)

export interface WorldOptions {
  /** A migrated database that nobody else uses. */
  readonly databaseUrl: string
  readonly seed: number
  readonly onTrace: (line: string) => void
}

/** The platform's real services on a real PostgreSQL; clock, chance, provider and processes are ours. */
export interface World {
  readonly app: INestApplicationContext
  readonly database: SimulatedDatabase
  readonly scheduler: Scheduler
  readonly provider: SimulatedProvider
  readonly random: Random
  readonly clock: ManualClock
  readonly caller: Caller
  /** What the platform logged as an error. */
  readonly complaints: Complaint[]
  close(): Promise<void>
}

export interface Complaint {
  readonly text: string
  readonly error: unknown
}

export async function openWorld({ databaseUrl, seed, onTrace }: WorldOptions): Promise<World> {
  const complaints = collectComplaints()
  const random = new Random(seed)
  const clock = new ManualClock(new Date())
  const database = new SimulatedDatabase(databaseUrl, { connectionsMax: CONNECTIONS_MAX })
  const master_key = randomBytes(32).toString('base64')
  const env = { MASTER_KEY: master_key, DATABASE_URL: databaseUrl, RECOVERY_GRACE_SECONDS: '60' }
  const config = readConfig(env, process.cwd())
  const app = await NestFactory.createApplicationContext(
    SimulationModule.for(config, database, clock),
    { logger: false },
  )
  const scheduler = new Scheduler({
    random,
    onTrace,
    waitingForLocks: (backends) => waitingForLocks(database, backends),
  })
  const provider = new SimulatedProvider(random, clock)
  const channel = new SimulatedChannel(provider, scheduler, random)
  const registry = app.get(ChannelRegistry)
  registry.of = () => channel
  registry.parseSettings = (_code, settings) => settings
  const caller = await makeCaller(app)
  database.scheduler = scheduler
  const together = letRowsTravelAlone()
  return {
    ...{ app, database, scheduler, provider, random, clock, caller, complaints },
    async close() {
      // Whoever was in the middle of something is not waited for.
      for (const task of scheduler.alive) scheduler.kill(task)
      together()
      await app.close()
      await database.close()
    },
  }
}

/**
 * Every task stands for a process of its own, and processes share no statements: whoever dies takes nobody
 * else's rows along. Gives the means to let rows travel together again.
 */
function letRowsTravelAlone(): () => void {
  const submit = Coalescer.prototype.submit
  Coalescer.prototype.submit = async function (row) {
    const run: (rows: readonly unknown[]) => Promise<readonly never[]> = Reflect.get(
      this,
      'options',
    ).run
    const [result] = await run([row])
    if (result === undefined) throw new Error('the statement gave no result for a row')
    return result
  }
  return () => {
    Coalescer.prototype.submit = submit
  }
}

async function makeCaller(app: INestApplicationContext): Promise<Caller> {
  const identity = app.get(IdentityService)
  const institution_id = await identity.createInstitution('模拟大学')
  const department_id = await identity.createDepartment(institution_id, '财务处')
  const app_id = await identity.createApp({
    ...{ institution_id, department_id, name: '模拟系统' },
    ...{ scopes: SCOPES, api_version: API_VERSION_LATEST },
  })
  await app.get(ChannelAccountService).create({
    ...{ institution_id, livemode: false, channel: 'wechatpay', name: '模拟商户' },
    ...{ merchant_id: '1900000001', settings: {} },
  })
  return {
    ...{ institution_id, app_id, department_id, livemode: false, credential: 'signature' },
    ...{
      actor_id: app_id,
      key_id: newId('key'),
      operator: null,
      payer_id: null,
      scopes: new Set<string>(SCOPES),
    },
    ...{ api_version: API_VERSION_LATEST, request_id: newId('req'), idempotency: null },
  }
}

async function waitingForLocks(
  database: SimulatedDatabase,
  backends: readonly number[],
): Promise<ReadonlySet<number>> {
  const result = await database.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where pid = any($1) and wait_event_type = 'Lock'`,
    [[...backends]],
  )
  return new Set(result.rows.map(({ pid }) => pid))
}

/** Services log what goes wrong and go on: here that is evidence. */
function collectComplaints(): Complaint[] {
  const complaints: Complaint[] = []
  const keep = (message: unknown, ...rest: readonly unknown[]) => {
    const error = typeof message === 'object' && message !== null && 'err' in message
    complaints.push({
      text: `${typeof message === 'string' ? message : JSON.stringify(message)} ${rest.join(' ')}`,
      error: error ? Reflect.get(message, 'err') : null,
    })
  }
  const quiet = () => {}
  Logger.overrideLogger({ log: quiet, warn: quiet, error: keep, debug: quiet, verbose: quiet })
  return complaints
}

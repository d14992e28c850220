import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../infra/config/config.js'
import { EmbeddedPostgres } from '../infra/database/embedded-postgres.js'
import { Migrator } from '../infra/database/migrator.js'
import { migrateJobs } from '../infra/jobs/jobs.js'
import { trimLogs } from './log-file.js'
import { readOrMakeMasterKey } from './master-key.js'
import { readPlatformFile, removePlatformFile, writePlatformFile } from './platform-file.js'
import { ROOT } from './role.js'
import { assertMasterKey, type SeedOutcome, seedDemo } from './seed.js'
import { StartError } from './start.errors.js'
import { assertPortsFree, assertUsable } from './start-checks.js'
import { StartLock } from './start-lock.js'
import { Supervisor } from './supervisor.js'

const TRIM_LOGS_EVERY_MS = 60_000

export interface StartedPlatform {
  readonly config: Config
  readonly logDir: string
  readonly seed: SeedOutcome
}

/** The whole platform on one machine. `stop` may be called at any moment, also in the middle of `start`. */
export class DevPlatform {
  private readonly stopping = new AbortController()
  private readonly lock: StartLock
  private readonly logDir: string
  private readonly postgres: EmbeddedPostgres | null
  private supervisor: Supervisor | undefined

  constructor(
    private readonly given: Config,
    private readonly env: NodeJS.ProcessEnv,
    private readonly say: (text: string) => void,
  ) {
    this.logDir = join(given.dataDir, 'logs')
    this.lock = new StartLock(given.dataDir)
    this.postgres = given.databaseUrl
      ? null
      : new EmbeddedPostgres(given.dataDir, join(this.logDir, 'postgres.log'))
  }

  async start(): Promise<StartedPlatform> {
    await mkdir(this.logDir, { recursive: true })
    await this.takeFolder()
    await trimLogs(this.logDir)
    const config = await this.openDatabase()
    await this.migrate(config.databaseUrl)
    await assertMasterKey(config)
    await this.startRoles(config)
    const seed = await seedDemo(config)
    this.stopping.signal.throwIfAborted()
    await writePlatformFile(config.dataDir, {
      pid: process.pid,
      database_url: config.databaseUrl,
      api_base: config.publicOrigin,
      simulator_base: config.simulatorOrigin,
    })
    void this.postgres?.watch(() => this.say('PostgreSQL died; starting it again.'))
    setInterval(() => void trimLogs(this.logDir).catch(() => {}), TRIM_LOGS_EVERY_MS).unref()
    return { config, logDir: this.logDir, seed }
  }

  /** In order: first those who use the database, then the database. Nothing is left running. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.supervisor?.stop()
    if (this.lock.isHeld) {
      await this.postgres?.stop()
      await removePlatformFile(this.given.dataDir)
    }
    await this.lock.release()
  }

  private async takeFolder(): Promise<void> {
    const { dataDir } = this.given
    const holder = await this.lock.take()
    const known = await readPlatformFile(dataDir)
    if (holder) {
      throw new StartError(
        `A platform is already running on ${dataDir} (process ${holder.pid}` +
          `${known ? `, ${known.api_base}` : ''}). ` +
          'Stop it, or choose another folder and other ports:\n' +
          `DATA_DIR=.data2 PORT=${this.given.port + 1} SIMULATOR_PORT=${this.given.simulatorPort + 1} npm start`,
      )
    }
    await removePlatformFile(dataDir)
    await assertPortsFree(this.given, this.lock.wasAbandoned, this.stopping.signal)
  }

  private async openDatabase(): Promise<Config & { databaseUrl: string; masterKey: string }> {
    this.say(this.postgres ? 'Starting PostgreSQL …' : 'Looking at the database of DATABASE_URL …')
    const databaseUrl = this.given.databaseUrl ?? (await this.postgres?.start())
    if (!databaseUrl) throw new StartError('There is no database.')
    if (!this.postgres) await assertUsable(databaseUrl)
    const masterKey = this.given.masterKey ?? (await readOrMakeMasterKey(this.given.dataDir))
    return { ...this.given, databaseUrl, masterKey }
  }

  private async migrate(databaseUrl: string): Promise<void> {
    this.stopping.signal.throwIfAborted()
    const applied = await new Migrator(join(ROOT, 'prisma')).apply(databaseUrl)
    await migrateJobs(databaseUrl)
    this.say(
      applied.length > 0
        ? `Applied ${applied.length} migration${applied.length > 1 ? 's' : ''}.`
        : 'The database is up to date.',
    )
  }

  private async startRoles(config: { databaseUrl: string; masterKey: string }): Promise<void> {
    this.stopping.signal.throwIfAborted()
    this.say('Starting simulators, API and worker …')
    const env = { ...this.env, DATABASE_URL: config.databaseUrl, MASTER_KEY: config.masterKey }
    const supervisor = new Supervisor(env, this.logDir, (role, how) =>
      this.say(`${role} died (${how}); starting it again.`),
    )
    this.supervisor = supervisor
    await Promise.all(
      (['simulators', 'api', 'worker'] as const).map((role) => supervisor.start(role)),
    )
  }
}

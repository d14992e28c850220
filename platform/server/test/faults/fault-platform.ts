import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Pool } from 'pg'
import { readConfig } from '../../src/infra/config/config.js'
import { EmbeddedPostgres } from '../../src/infra/database/embedded-postgres.js'
import { Migrator } from '../../src/infra/database/migrator.js'
import { findPostgresProcess } from '../../src/infra/database/postgres-process.js'
import { migrateJobs } from '../../src/infra/jobs/jobs.js'
import { freePorts } from '../../src/infra/net/free-port.js'
import { childrenOf } from './children-of.js'
import { FaultApp } from './fault-app.js'
import { RoleProcess } from './role-process.js'
import { TcpProxy } from './tcp-proxy.js'

const ROOT = resolve(import.meta.dirname, '../../../..')
const PROCESSES = join(ROOT, 'platform/server/dist/processes')
const run = promisify(execFile)

export interface PlatformSettings {
  /** Programs of each API process; null: those of this checkout. Default: one of them. */
  readonly apis?: readonly (string | null)[]
  /** For API and worker, on top of the rest. */
  readonly env?: NodeJS.ProcessEnv
  readonly apiEnv?: NodeJS.ProcessEnv
  readonly workerEnv?: NodeJS.ProcessEnv
  /** Where the database lives, instead of in a temporary folder. It must be empty. */
  readonly dataDir?: string
}

interface Ports {
  readonly front: number
  readonly channel: number
  readonly simulator: number
  readonly apis: readonly number[]
}

/**
 * A platform to be broken: PostgreSQL on an empty folder, API, worker and simulators as separate processes
 * with logs of their own. Its callers come through `front`, and it reaches its channels through `channel`.
 */
export class FaultPlatform {
  readonly front: TcpProxy
  readonly channel: TcpProxy
  readonly apis: RoleProcess[]
  readonly worker: RoleProcess
  readonly simulators: RoleProcess
  readonly apps: FaultApp[] = []
  readonly ports: Ports
  private readonly workDir: string
  private readonly dataDir: string
  private readonly postgres: EmbeddedPostgres
  private readonly env: NodeJS.ProcessEnv
  private readonly settings: PlatformSettings
  private connections: Pool | undefined

  private constructor(workDir: string, ports: Ports, settings: PlatformSettings) {
    this.workDir = workDir
    this.ports = ports
    this.settings = settings
    this.dataDir = settings.dataDir ?? join(workDir, 'data')
    this.postgres = new EmbeddedPostgres(this.dataDir, join(workDir, 'logs', 'postgres.log'))
    this.env = {
      ...outerEnvironment(),
      DATA_DIR: this.dataDir,
      MASTER_KEY: randomBytes(32).toString('base64'),
      PUBLIC_ORIGIN: `http://localhost:${ports.front}`,
      SIMULATOR_PORT: String(ports.channel),
      // The shortest there is: whoever was killed while placing an order is waited for that long.
      RECOVERY_GRACE_SECONDS: '12',
      RATE_LIMIT_KEY: '0',
      RATE_LIMIT_INSTITUTION: '0',
    }
    this.front = new TcpProxy(ports.front, ports.apis)
    this.channel = new TcpProxy(ports.channel, [ports.simulator])
    this.apis = (settings.apis ?? [null]).map((program, index) => this.apiRole(index, program))
    this.worker = this.role('worker', 'worker', settings.workerEnv)
    this.simulators = this.role('simulators', 'simulators', {
      SIMULATOR_PORT: String(ports.simulator),
    })
  }

  static async start(settings: PlatformSettings = {}): Promise<FaultPlatform> {
    const workDir = await mkdtemp(join(tmpdir(), 'openbursar-faults-'))
    const [front = 0, channel = 0, simulator = 0, ...apis] = await freePorts(
      3 + (settings.apis ?? [null]).length,
    )
    const platform = new FaultPlatform(workDir, { front, channel, simulator, apis }, settings)
    try {
      await platform.open()
      return platform
    } catch (error) {
      await platform.stop()
      throw error
    }
  }

  get origin(): string {
    return `http://localhost:${this.ports.front}`
  }

  /** Connections of the test's own, to look and to disturb. */
  get pool(): Pool {
    if (!this.connections) throw new Error('the database was not started')
    return this.connections
  }

  get databaseUrl(): string {
    return this.env.DATABASE_URL ?? ''
  }

  get databaseDir(): string {
    return this.dataDir
  }

  /** The server and its children: each connection is one. */
  async postgresPids(): Promise<[number, ...number[]]> {
    const found = await findPostgresProcess(join(this.dataDir, 'postgres'))
    if (!found) throw new Error('PostgreSQL is not running')
    return [found.pid, ...childrenOf(found.pid)]
  }

  /** The whole API process anew, in order; with the programs of this checkout. */
  async replaceApi(index: number): Promise<void> {
    await this.apis[index]?.stop()
    const role = this.apiRole(index, null)
    this.apis[index] = role
    await role.start()
  }

  /** What `check:books` finds wrong. */
  async problemsOfBooks(): Promise<string[]> {
    const script = join(PROCESSES, 'check-books.main.js')
    try {
      await run(process.execPath, [script], { env: this.env, maxBuffer: 2 ** 26 })
      return []
    } catch (error) {
      const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
      return [`check:books: ${said || String(error)}`]
    }
  }

  /** Every log by its name: those of the roles and PostgreSQL's. */
  async logs(): Promise<ReadonlyMap<string, string>> {
    const dir = join(this.workDir, 'logs')
    const names = await readdir(dir, { recursive: true })
    const texts = names
      .filter((name) => name.endsWith('.log'))
      .map(async (name) => [name, await readFile(join(dir, name), 'utf8')] as const)
    return new Map(await Promise.all(texts))
  }

  /** What no log may hold, by what it is. */
  get secrets(): Readonly<Record<string, string>> {
    const ofApps = this.apps.flatMap((app, index) =>
      Object.entries(app.secrets).map(([name, secret]) => [`${name} ${index + 1}`, secret]),
    )
    const { MASTER_KEY = '', DATABASE_URL = '' } = this.env
    const password = DATABASE_URL === '' ? '' : new URL(DATABASE_URL).password
    return { ...Object.fromEntries(ofApps), master_key: MASTER_KEY, database_password: password }
  }

  async stop(): Promise<void> {
    for (const { sink } of this.apps) sink.close()
    await Promise.all([...this.apis, this.worker, this.simulators].map((role) => role.stop()))
    await Promise.all([this.front.close(), this.channel.close()])
    await this.connections?.end()
    await this.postgres.stop()
    await rm(this.workDir, { recursive: true, force: true })
  }

  private async open(): Promise<void> {
    await mkdir(join(this.workDir, 'logs'), { recursive: true })
    const url = await this.postgres.start()
    this.env.DATABASE_URL = url
    await new Migrator(join(ROOT, 'prisma')).apply(url)
    await migrateJobs(url)
    this.connections = new Pool({ connectionString: url, max: 4 })
    // An idle connection dies with the server; whoever asks next gets a new one.
    this.connections.on('error', () => {})
    await Promise.all([this.front.open(), this.channel.open(), this.simulators.start()])
    await Promise.all([...this.apis.map((api) => api.start()), this.worker.start()])
    const config = readConfig({ ...this.env, PORT: String(this.ports.apis[0]) }, ROOT)
    for (const name of ['First University', 'Second University']) {
      const app = await FaultApp.create(config, name)
      this.apps.push(app)
      await app.open()
    }
    void this.postgres.watch(() => {})
  }

  private apiRole(index: number, program: string | null): RoleProcess {
    const env = { ...this.settings.apiEnv, PORT: String(this.ports.apis[index]) }
    return this.role('api', `api-${index + 1}`, env, program)
  }

  private role(
    role: 'api' | 'worker' | 'simulators',
    name: string,
    env: NodeJS.ProcessEnv = {},
    program: string | null = null,
  ): RoleProcess {
    const own = role === 'simulators' ? env : { ...this.settings.env, ...env }
    return new RoleProcess(
      role,
      join(this.workDir, 'logs', name),
      () => ({ ...this.env, ...own }),
      program,
    )
  }
}

/** What a test runner, or npm, needs of Node.js, the roles must not have. */
function outerEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(NODE_OPTIONS|NODE_ENV|JEST_.*|npm_.*|OPENBURSAR_.*|REDIS_URL|DATABASE_URL)$/.test(name),
  )
  return Object.fromEntries(kept)
}

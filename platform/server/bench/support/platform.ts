import { type ChildProcess, execFile, fork } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Pool } from 'pg'
import { IdentityService } from '../../src/domains/identity/identity.service.js'
import { readConfig } from '../../src/infra/config/config.js'
import { EmbeddedPostgres } from '../../src/infra/database/embedded-postgres.js'
import { Migrator } from '../../src/infra/database/migrator.js'
import { SCOPES } from '../../src/infra/http/scopes.js'
import { migrateJobs } from '../../src/infra/jobs/jobs.js'
import { freePort } from '../../src/infra/net/free-port.js'
import { withServices } from '../../src/processes/context.js'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'

const ROOT = resolve(import.meta.dirname, '../../../..')
const PROCESSES = join(ROOT, 'platform/server/dist/processes')
const TYPESCRIPT = join(import.meta.dirname, 'typescript.mjs')
const START_TIMEOUT_MS = 60_000

const run = promisify(execFile)

export interface Credentials {
  readonly app_id: string
  readonly key_id: string
  readonly private_key: string
}

export interface RunningServer {
  readonly pid: number
  readonly port: number
  /** What its callers sign. */
  readonly origin: string
}

/**
 * A platform of the benchmark's own: an embedded PostgreSQL on an empty folder with the settings of
 * `npm start`, and the processes that are asked for. Nothing of it stays behind.
 */
export class BenchPlatform {
  readonly pool: Pool
  readonly postgresPid: number
  readonly databaseUrl: string
  private readonly children: ChildProcess[] = []
  private readonly dataDir: string
  private readonly postgres: EmbeddedPostgres
  private readonly env: NodeJS.ProcessEnv
  private stopping: Promise<void> | undefined

  private constructor(
    dataDir: string,
    postgres: EmbeddedPostgres,
    postgresPid: number,
    databaseUrl: string,
  ) {
    this.dataDir = dataDir
    this.postgres = postgres
    this.postgresPid = postgresPid
    this.databaseUrl = databaseUrl
    this.pool = new Pool({ connectionString: databaseUrl, max: 2 })
    this.env = {
      ...process.env,
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      MASTER_KEY: randomBytes(32).toString('base64'),
      // Counted like anybody's requests, and never refused: one key makes all of them.
      RATE_LIMIT_KEY: '1000000',
      RATE_LIMIT_INSTITUTION: '1000000',
    }
  }

  static async start(): Promise<BenchPlatform> {
    const dataDir = await mkdtemp(join(tmpdir(), 'openbursar-bench-'))
    const postgres = new EmbeddedPostgres(dataDir, join(dataDir, 'postgres.log'))
    try {
      const url = await postgres.start()
      await new Migrator(join(ROOT, 'prisma')).apply(url)
      await migrateJobs(url)
      const pidFile = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')
      return new BenchPlatform(dataDir, postgres, Number(pidFile.split('\n')[0]), url)
    } catch (error) {
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
      throw error
    }
  }

  /** The services, as a command has them. */
  withServices<T>(work: Parameters<typeof withServices<T>>[1]): Promise<T> {
    return withServices(readConfig(this.env, ROOT), work)
  }

  /** An institution, and an app of it with a test key (Ed25519 unless others are given) and every scope. */
  createApp(keys = generateKeyPairSync('ed25519')): Promise<Credentials> {
    return withServices(readConfig(this.env, ROOT), async (context) => {
      const identity = context.get(IdentityService)
      const institution_id = await identity.createInstitution('Benchmark University')
      const department_id = await identity.createDepartment(institution_id, 'Finance Office')
      const name = 'Benchmark'
      const app_id = await identity.createApp({
        institution_id,
        department_id,
        name,
        scopes: SCOPES,
        api_version: API_VERSION_LATEST,
      })
      const key_id = await identity.createKey({
        institution_id,
        app_id,
        livemode: false,
        public_key: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      })
      const private_key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      return { app_id, key_id, private_key }
    })
  }

  /** The API as `npm start` runs it. `nodeFlags` are for profiling. */
  async startApi(nodeFlags: readonly string[] = []): Promise<RunningServer> {
    const port = await freePort()
    return this.startServer(join(PROCESSES, 'api.main.js'), port, {
      env: { PORT: String(port) },
      execArgv: ['--enable-source-maps', ...nodeFlags],
    })
  }

  async startFloor(script: string): Promise<RunningServer> {
    const port = await freePort()
    return this.startServer(script, port, {
      env: { PORT: String(port), ORIGIN: `http://localhost:${port}` },
      execArgv: ['--import', TYPESCRIPT],
    })
  }

  startLoad(): ChildProcess {
    const script = join(import.meta.dirname, 'load.main.ts')
    return this.fork(script, process.env, ['--import', TYPESCRIPT])
  }

  /** A number that was measured without waiting for the disk would say nothing. */
  async requireDurability(): Promise<void> {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const { rows } = await this.pool.query(`show ${setting}`)
      if (rows[0]?.[setting] !== 'on') throw new Error(`PostgreSQL runs with ${setting} off`)
    }
  }

  /** Throws with what is wrong when an invariant does not hold. */
  async checkBooks(): Promise<void> {
    const script = join(PROCESSES, 'check-books.main.js')
    await run(process.execPath, [script, '--json'], { env: this.env }).catch((error: unknown) => {
      const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
      throw new Error(`check:books found problems:\n${said}`, { cause: error })
    })
  }

  /** Also called twice: by what failed, and by Ctrl-C. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll()
    return this.stopping
  }

  private async stopAll(): Promise<void> {
    await Promise.all(this.children.map(stopChild))
    await this.pool.end()
    await this.postgres.stop()
    await rm(this.dataDir, { recursive: true, force: true })
  }

  private async startServer(
    script: string,
    port: number,
    how: { readonly env: NodeJS.ProcessEnv; readonly execArgv: readonly string[] },
  ): Promise<RunningServer> {
    const child = this.fork(script, { ...this.env, ...how.env }, how.execArgv)
    await ready(child, script)
    return { pid: child.pid ?? 0, port, origin: `http://localhost:${port}` }
  }

  private fork(script: string, env: NodeJS.ProcessEnv, execArgv: readonly string[]): ChildProcess {
    const child = fork(script, {
      env,
      execArgv: [...execArgv],
      // A terminal's Ctrl-C must reach us alone: we stop them, in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.children.push(child)
    return child
  }
}

function ready(child: ChildProcess, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} did not start`)), START_TIMEOUT_MS)
    child.once('exit', () => reject(new Error(`${script} stopped before it was ready; see above`)))
    child.once('message', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** A child stops when its channel closes, in its own order. */
function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    if (child.connected) child.disconnect()
  })
}

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { access, chmod, chown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { writeDurably } from '../files/durable-file.js'
import { systemCode } from '../files/system-error.js'
import { freePort } from '../net/free-port.js'
import { PostgresAccount } from './postgres-account.js'
import { type Binaries, loadBinaries, PostgresStartError } from './postgres-binaries.js'
import { findPostgresProcess, isAlive } from './postgres-process.js'

const run = promisify(execFile)
const READY_TIMEOUT_MS = 60_000
const ADOPT_TIMEOUT_MS = 15_000
const STOP_TIMEOUT_MS = 20_000
/** What is left of a killed server may be in the way for some seconds. */
const LAUNCHES_MAX = 8
const WATCH_EVERY_MS = 1_000

/**
 * A real PostgreSQL server from npm, in a folder of ours, for people who have none. One is adopted when
 * it is still running from before (the process that started it may have been killed), so data is never
 * served by two servers and nothing has to be cleaned up by hand.
 */
export class EmbeddedPostgres {
  private readonly clusterDir: string
  private readonly passwordFile: string
  private readonly stopping = new AbortController()
  private child: ChildProcess | undefined

  constructor(
    private readonly dataDir: string,
    private readonly logFile: string | null = null,
    private readonly serverFlags: readonly string[] = [],
  ) {
    this.clusterDir = join(dataDir, 'postgres')
    this.passwordFile = join(dataDir, 'postgres.password')
  }

  /** Starts or adopts the server and returns the URL of the database, created when missing. */
  async start(databaseName = 'openbursar'): Promise<string> {
    const binaries = await loadBinaries()
    await mkdir(this.dataDir, { recursive: true })
    const account = await this.findAccount(binaries)
    const isNew = await isMissing(join(this.clusterDir, 'PG_VERSION'))
    if (isNew) await this.initialise(binaries, account)
    const password = await this.readPassword()
    const port = (await this.adopt(password)) ?? (await this.launch(binaries, account, password))
    await createDatabase(urlOf(password, port, 'postgres'), databaseName)
    return urlOf(password, port, databaseName)
  }

  /** Starts the server again, at the same port, whenever it dies, until `stop`. */
  async watch(onDeath: () => void): Promise<void> {
    const known = await findPostgresProcess(this.clusterDir)
    const binaries = await loadBinaries()
    const account = await this.findAccount(binaries)
    const password = await this.readPassword()
    while (known && !this.stopping.signal.aborted) {
      await pause(WATCH_EVERY_MS)
      if (this.stopping.signal.aborted || (await findPostgresProcess(this.clusterDir))) continue
      onDeath()
      await this.launch(binaries, account, password, known.port).catch(() => {})
    }
  }

  /** Stops the server, also an adopted one, after the running transactions were rolled back. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.shutDown()
  }

  private async shutDown(): Promise<void> {
    const pid = (await findPostgresProcess(this.clusterDir))?.pid ?? livingPid(this.child)
    if (pid === undefined) return
    // Fast shutdown; and when something holds it up, an immediate one, which the next start repairs.
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      if (isAlive(pid)) process.kill(pid, signal)
      const deadline = Date.now() + STOP_TIMEOUT_MS
      while (isAlive(pid) && Date.now() < deadline) await pause(50)
    }
  }

  private async findAccount(binaries: Binaries): Promise<PostgresAccount> {
    // The server's user must be able to enter, nobody to list.
    if (process.getuid?.() === 0) await chmod(this.dataDir, 0o711)
    const folders = [dirname(binaries.postgres), this.dataDir]
    return PostgresAccount.find(this.clusterDir, folders).catch((cause: Error) => {
      throw new PostgresStartError(cause.message, { cause })
    })
  }

  /** Whole or not at all: a cluster that was cut off in the making is never taken for one. */
  private async initialise(binaries: Binaries, account: PostgresAccount): Promise<void> {
    const drafts = (await readdir(this.dataDir)).filter((name) => name.startsWith('postgres.draft'))
    for (const name of ['postgres', ...drafts]) {
      await rm(join(this.dataDir, name), { recursive: true, force: true })
    }
    const draftDir = join(this.dataDir, `postgres.draft-${randomBytes(4).toString('hex')}`)
    await mkdir(draftDir, { mode: 0o700 })
    await writeDurably(this.passwordFile, `${randomBytes(24).toString('base64url')}\n`)
    if (account.owner) {
      for (const path of [draftDir, this.passwordFile]) {
        await chown(path, account.owner.uid, account.owner.gid)
      }
    }
    const { program, args, options } = account.invoke(binaries.initdb, [
      `--pgdata=${draftDir}`,
      '--username=openbursar',
      `--pwfile=${this.passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Byte order: ids compare fast and the same everywhere.
      '--locale=C',
      '--data-checksums',
    ])
    await run(program, [...args], { ...options, signal: this.stopping.signal }).catch(
      (cause: Error) => {
        throw new PostgresStartError(`PostgreSQL could not make its files: ${cause.message}`, {
          cause,
        })
      },
    )
    await rename(draftDir, this.clusterDir)
  }

  private async readPassword(): Promise<string> {
    const text = await readFile(this.passwordFile, 'utf8').catch((cause: Error) => {
      throw new PostgresStartError(
        `The database in ${this.clusterDir} cannot be opened without its password: ${cause.message}`,
        { cause },
      )
    })
    return text.trim()
  }

  /** The port of a server that is already serving this folder, when there is one. */
  private async adopt(password: string): Promise<number | undefined> {
    const found = await findPostgresProcess(this.clusterDir)
    if (!found) return undefined
    try {
      await this.ready(urlOf(password, found.port, 'postgres'), ADOPT_TIMEOUT_MS)
      return found.port
    } catch {
      await this.shutDown()
      return undefined
    }
  }

  private async launch(
    binaries: Binaries,
    account: PostgresAccount,
    password: string,
    samePort?: number,
  ): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      this.stopping.signal.throwIfAborted()
      // Left over from a killed server; a new one refuses to start beside it when the pid was reused.
      await rm(join(this.clusterDir, 'postmaster.pid'), { force: true })
      const port = samePort ?? (await freePort())
      const child = this.spawnServer(binaries, account, port)
      try {
        await this.ready(urlOf(password, port, 'postgres'), READY_TIMEOUT_MS, child)
        return port
      } catch (error) {
        // A server that still lives needs no second one beside it.
        if (attempt === LAUNCHES_MAX || livingPid(child) !== undefined) throw error
        await pause(500)
      }
    }
  }

  private spawnServer(binaries: Binaries, account: PostgresAccount, port: number): ChildProcess {
    const settings = {
      port: String(port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: '256MB',
      wal_compression: 'on',
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const log = this.logFile === null ? null : openSync(this.logFile, 'a')
    const { program, args, options } = account.invoke(binaries.postgres, [
      ...['-D', this.clusterDir],
      ...flags,
      ...this.serverFlags,
    ])
    const child = spawn(program, [...args], {
      ...options,
      // Its own group: Ctrl-C must reach us first, so that work ends before the database does.
      detached: true,
      stdio: ['ignore', 'ignore', log ?? 'ignore'],
    })
    // Shows in `ready`: nobody answers.
    child.on('error', () => {})
    child.unref()
    if (log !== null) closeSync(log)
    this.child = child
    return child
  }

  private async ready(url: string, timeoutMs: number, child?: ChildProcess): Promise<void> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      this.stopping.signal.throwIfAborted()
      const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
      client.on('error', () => {})
      try {
        await client.connect()
        return
      } catch (cause) {
        const hasExited = child !== undefined && livingPid(child) === undefined
        if (Date.now() > deadline || hasExited) {
          throw new PostgresStartError(await this.complaint(), { cause })
        }
        await pause(50)
      } finally {
        await client.end().catch(() => {})
      }
    }
  }

  /** In the server's own words, when it left some. */
  private async complaint(): Promise<string> {
    const headline = 'The embedded PostgreSQL did not start'
    if (this.logFile === null) return `${headline}.`
    const log = await readFile(this.logFile, 'utf8').catch(() => '')
    const reason = log.match(/(?:FATAL|PANIC): .*/g)?.at(-1)
    return `${headline}${reason ? `: ${reason}` : ''}; see ${this.logFile}`
  }
}

function urlOf(password: string, port: number, databaseName: string): string {
  return `postgresql://openbursar:${password}@127.0.0.1:${port}/${databaseName}`
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

function livingPid(child: ChildProcess | undefined): number | undefined {
  return child?.exitCode === null && child.signalCode === null ? child.pid : undefined
}

/** Only what is surely absent is absent: a cluster that we may not read is not made anew. */
async function isMissing(path: string): Promise<boolean> {
  const error: unknown = await access(path).catch((cause: unknown) => cause)
  if (systemCode(error) === 'ENOENT') return true
  if (error !== undefined) throw error
  return false
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

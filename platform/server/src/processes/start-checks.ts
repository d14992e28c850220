import { createServer } from 'node:net'
import { Client } from 'pg'
import type { Config } from '../infra/config/config.js'
import { systemCode } from '../infra/files/system-error.js'
import { StartError } from './start.errors.js'

const POSTGRES_VERSION_MIN = 15
/** How long roles of a killed platform may need to notice and go. */
const LEAVE_TIMEOUT_MS = 15_000
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Says plainly which ports are taken, all of them, before anything is started. After a crash the roles
 * that were left behind are given time to go; a stranger's server does not go.
 */
export async function assertPortsFree(
  config: Config,
  isAfterCrash: boolean,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + (isAfterCrash ? LEAVE_TIMEOUT_MS : 0)
  const ports = [
    { name: 'PORT', port: config.port, hosts: ['0.0.0.0'] },
    { name: 'SIMULATOR_PORT', port: config.simulatorPort, hosts: ['0.0.0.0', 'localhost'] },
  ]
  for (;;) {
    const problems = (
      await Promise.all(ports.map(({ name, port, hosts }) => problemOf(name, port, hosts)))
    ).flat()
    if (problems.length === 0) return
    if (Date.now() > deadline) throw new StartError(problems.join('\n'))
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function problemOf(name: string, port: number, hosts: readonly string[]): Promise<string[]> {
  for (const host of hosts) {
    const code = await tryListen(port, host)
    if (code === null || code === 'EADDRNOTAVAIL') continue
    const other = `choose another: ${name}=${port < 1024 ? port + 3000 : port + 1} npm start`
    return [
      code === 'EACCES'
        ? `Port ${port} needs rights that you don't have; ${other}`
        : `Port ${port} is taken. Stop what uses it, or ${other}`,
    ]
  }
  return []
}

/** Null when one can listen there, else why not. */
function tryListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error) => resolve(systemCode(error) ?? error.message))
    probe.listen(port, host, () => probe.close(() => resolve(null)))
  })
}

/** A database of somebody's own: is it there, may we in, is it new enough? */
export async function assertUsable(databaseUrl: string): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query("select current_setting('server_version_num') as version")
    const version = Math.floor(Number(rows[0]?.version) / 10_000)
    if (version < POSTGRES_VERSION_MIN) {
      throw new StartError(
        `DATABASE_URL leads to PostgreSQL ${version}; ${POSTGRES_VERSION_MIN} or newer is needed.`,
      )
    }
  } catch (error) {
    if (error instanceof StartError) throw error
    // Without the URL: it holds a password.
    const { host, pathname } = new URL(databaseUrl)
    throw new StartError(
      `The database of DATABASE_URL (${pathname.slice(1)} at ${host}) cannot be used: ${reasonOf(error)}`,
      { cause: error },
    )
  } finally {
    await client.end().catch(() => {})
  }
}

function reasonOf(error: unknown): string {
  // Several addresses were tried: each failed, and the error itself says nothing.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

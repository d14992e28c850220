import { resolve } from 'node:path'
import { type Config, ConfigError, readConfig } from '../infra/config/config.js'
import { Database } from '../infra/database/database.js'

/** Longer than any request or job of ours may take; what still hangs then is not waited for. */
const STOP_TIMEOUT_MS = 12_000

export const ROOT = resolve(import.meta.dirname, '../../../..')

/** What a process that serves one role starts from. */
export interface Role {
  readonly config: Config
  readonly database: Database
}

/** Reads the settings of a process that is part of a platform: the database and the master key are given. */
export function startRole(): Role {
  const config = readConfig(process.env, ROOT)
  const missing = [
    config.databaseUrl ? [] : ['DATABASE_URL is required (npm start brings a database of its own)'],
    config.masterKey ? [] : ['MASTER_KEY is required; make one with: openssl rand -base64 32'],
  ].flat()
  if (!config.databaseUrl || missing.length > 0) throw new ConfigError(missing)
  return { config, database: new Database(config.databaseUrl) }
}

/**
 * Runs a role until it is told to stop: SIGTERM, SIGINT, or the death of the process that started it.
 * Reports `ready` to that process, if there is one.
 */
export async function runRole(start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  const hasStarter = process.connected
  try {
    const running = await start()
    let isStopping = false
    const stop = async () => {
      if (isStopping) return
      isStopping = true
      setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
      await running.stop()
      process.exit(0)
    }
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
    process.once('disconnect', stop)
    // It may have died while we were starting.
    if (hasStarter && !process.connected) await stop()
    process.send?.('ready')
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error)
    process.exit(1)
  }
}

import { type Config, ConfigError, readConfig } from '../../infra/config/config.js'
import { Database, sqlState } from '../../infra/database/database.js'
import { PlatformError } from '../../kernel/errors.js'
import { UsageError } from '../cli/arguments.js'
import { readPlatformFile } from '../platform-file.js'

const EXIT_UNUSABLE = 2

/** Errors whose message already says all there is to say. */
const EXPECTED_ERRORS = [UsageError, ConfigError, PlatformError]

/**
 * Runs a command on the books of DATABASE_URL, or of the platform that runs on this machine, and sets
 * the exit code: what the command says, or 2 when it could not be run at all.
 */
export async function onBooks(
  environment: NodeJS.ProcessEnv,
  root: string,
  command: (database: Database) => Promise<number>,
): Promise<void> {
  let database: Database | undefined
  try {
    const url = await findDatabaseUrl(readConfig(environment, root))
    database = new Database(url, { connectionsMax: 1 })
    process.exitCode = await command(database)
  } catch (error) {
    console.error(explain(error))
    process.exitCode = EXIT_UNUSABLE
  } finally {
    await database?.close()
  }
}

/** DATABASE_URL wins over the platform's file, as everywhere. */
export async function findDatabaseUrl(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
): Promise<string> {
  if (config.databaseUrl) return config.databaseUrl
  const platform = await readPlatformFile(config.dataDir)
  if (platform) return platform.database_url
  throw new UsageError(
    `No database to look at: DATABASE_URL is not set, and no platform runs from ${config.dataDir}. ` +
      'Start one with npm start, or set DATABASE_URL (or DATA_DIR).',
  )
}

/** A line that says what to do; anything unexpected keeps its stack. */
function explain(error: unknown): string {
  if (EXPECTED_ERRORS.some((expected) => error instanceof expected) && error instanceof Error) {
    return error.message
  }
  const code = sqlState(error)
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT') {
    return `The database does not answer (${code}). Is the platform running? Start it with npm start.`
  }
  // undefined_table: another database, or one that was never migrated.
  if (code === '42P01' && error instanceof Error) {
    return `This is not a database of the platform, or it is not migrated: ${error.message}.`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, readConfig } from '../infra/config/config.js'
import { PlatformError } from '../kernel/errors.js'
import { UsageError } from './cli/arguments.js'
import { COMMANDS, type CommandTarget } from './cli/commands.js'
import { DEBUG_SIGNATURE, debugSignature } from './cli/debug-signature.command.js'
import { readPlatformFile } from './platform-file.js'
import { ROOT } from './role.js'

/** The operator's command line: works on the platform that runs on this machine, or on DATABASE_URL. */
async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args[0] === DEBUG_SIGNATURE.name) {
    const { dataDir } = readConfig(process.env, ROOT)
    process.exitCode = await debugSignature(args.slice(1), process.env, dataDir)
    return
  }
  const command = COMMANDS.find(({ name }) => args.slice(0, 2).join(' ') === name)
  if (!command) {
    const isHelp = args.length === 0 || args[0] === 'help' || args[0] === '--help'
    console.log(help())
    if (!isHelp) throw new UsageError(`There is no command "${args.join(' ')}"; see above.`)
    return
  }
  await command.run(args.slice(2), await findPlatform())
}

async function findPlatform(): Promise<CommandTarget> {
  const given = readConfig(process.env, ROOT)
  const running = await readPlatformFile(given.dataDir)
  const databaseUrl = running?.database_url ?? given.databaseUrl
  if (!databaseUrl) {
    throw new UsageError(
      `No platform is running on ${given.dataDir}. Start one with: npm start (or set DATA_DIR or DATABASE_URL).`,
    )
  }
  const masterKey =
    given.masterKey ?? (await readFile(join(given.dataDir, 'master.key'), 'utf8')).trim()
  const platform = running ?? {
    pid: 0,
    database_url: databaseUrl,
    api_base: given.publicOrigin,
    simulator_base: given.simulatorOrigin,
  }
  const config = { ...given, databaseUrl, masterKey, simulatorOrigin: platform.simulator_base }
  return { config, platform }
}

function help(): string {
  const lines = [...COMMANDS, DEBUG_SIGNATURE].map(
    ({ name, help: line }) => `  ${name.padEnd(22)}${line}`,
  )
  return ['Usage: npm run -s bursar -- <command> [options]', '', ...lines].join('\n')
}

try {
  await main()
} catch (error) {
  const isPlain = [UsageError, ConfigError, PlatformError].some((kind) => error instanceof kind)
  console.error(isPlain && error instanceof Error ? error.message : error)
  process.exit(isPlain ? 2 : 1)
}

import { readConfig } from '../infra/config/config.js'
import { DevPlatform, type StartedPlatform } from './dev-platform.js'
import { ROOT } from './role.js'
import { DEMO_INSTITUTION, DEMO_OPERATOR } from './seed.js'
import { plainMessage } from './start.errors.js'

/** The whole platform on one machine: `npm start`. */
let platform: DevPlatform | undefined
let ending: Promise<never> | undefined

/** Stops everything, whatever is under way, and ends this process. The first reason counts. */
function end(exitCode: number): Promise<never> {
  ending ??= (async () => {
    await platform?.stop().catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
    if (exitCode === 0) console.log('Stopped.')
    process.exit(exitCode)
  })()
  return ending
}

function endOnRequest(): void {
  if (ending) return
  console.log('\nStopping …')
  void end(0)
}

// A closed terminal says SIGHUP, and can no longer be written to.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endOnRequest)
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
// The process that started us died, and could not say so.
process.once('disconnect', endOnRequest)

function announce({ config, logDir, seed }: StartedPlatform): void {
  const isOwnDatabase = process.env.DATABASE_URL === config.databaseUrl
  const operator =
    seed === 'foreign'
      ? 'none made: this database has institutions of its own'
      : `${DEMO_OPERATOR.login} / ${DEMO_OPERATOR.password}   (demo only: everybody knows it)`
  console.log(`
OpenBursar is ready.

  API          ${config.publicOrigin}/v1
  Console      ${config.publicOrigin}/console
  Documents    ${config.publicOrigin}/docs
  Simulators   ${config.simulatorOrigin}
  Health       ${config.publicOrigin}/readyz
  Logs         ${logDir}
  Data         ${isOwnDatabase ? 'in the database of DATABASE_URL' : config.dataDir}
  Sign in as   ${operator}

Try next, in another terminal:

  ${seed === 'foreign' ? 'npm run -s bursar -- help' : 'npm run demo'}

Ctrl-C stops everything.
`)
}

try {
  platform = new DevPlatform(readConfig(process.env, ROOT), process.env, (text) =>
    console.log(`  ${text}`),
  )
  const started = await platform.start()
  if (started.seed === 'seeded') console.log(`  Seeded the demo institution ${DEMO_INSTITUTION}.`)
  if (!ending) announce(started)
} catch (error) {
  // Told to stop while starting: what failed then failed of that.
  if (!ending) {
    const plain = plainMessage(error)
    console.error(plain === null ? error : `\n${plain}\n`)
  }
  await end(1)
}

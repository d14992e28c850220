import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { format } from 'node:util'

const ROOT = resolve(import.meta.dirname, '../../../..')
const DIST = resolve(ROOT, 'platform/server/dist')

/**
 * `bursar` without its start: a process of its own takes over a second of a processor, and specs make
 * hundreds of apps and keys. POST the arguments as a JSON list; the answer is what the command prints.
 */
const { COMMANDS } = await import(`${DIST}/processes/cli/commands.js`)
const { readConfig } = await import(`${DIST}/infra/config/config.js`)
const config = readConfig(process.env, ROOT)
const target = {
  config,
  platform: {
    pid: 0,
    database_url: config.databaseUrl,
    api_base: config.publicOrigin,
    simulator_base: config.simulatorOrigin,
  },
}

/** Commands run at the same time; each hears only itself. */
const printed = new AsyncLocalStorage()
console.log = (...values) => printed.getStore()?.push(format(...values))

const server = createServer(async (request, response) => {
  const args = JSON.parse(await text(request))
  const command = COMMANDS.find(({ name }) => args.slice(0, 2).join(' ') === name)
  if (!command) {
    response.writeHead(404).end()
    return
  }
  const lines = []
  try {
    await printed.run(lines, () => command.run(args.slice(2), target))
    response.end(lines.join('\n'))
  } catch (error) {
    response.writeHead(500).end(String(error?.message ?? error))
  }
})
// A connection that we end is one that a test, on a busy machine, may just be using again.
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () =>
  process.send({ url: `http://127.0.0.1:${server.address().port}` }),
)
process.once('disconnect', () => process.exit())

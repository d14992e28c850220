import { generateKeyPairSync } from 'node:crypto'
import { parseArgs } from 'node:util'
import { cpuTimeOf, cpuTimeOfFamily } from './support/cpu-time.js'
import { Connection } from './support/http-client.js'
import { BenchPlatform, type Credentials, type RunningServer } from './support/platform.js'
import { machineText } from './support/report.js'
import type { PreparedRequest } from './support/signed-requests.js'
import { type Spread, spreadOf } from './support/statistics.js'
import { type AssertionAlgorithm, tokenRequests } from './support/token-requests.js'

/** `npm run bench -- tokens`: access tokens issued per second by one API process. It has no floor. */
const HELP = `Usage: npm run bench -- tokens [options]

  --rounds N      rounds per algorithm (5)
  --seconds N     seconds per round (5)
  --clients N     requests under way at a time (64)
  --node-flags=F  flags for the API process, such as --cpu-prof
`
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '64' },
    'node-flags': { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const options = {
  rounds: wholeNumber('--rounds', values.rounds, 100),
  seconds: wholeNumber('--seconds', values.seconds, 60),
  clients: wholeNumber('--clients', values.clients, 1000),
}

interface Contest {
  readonly algorithm: AssertionAlgorithm
  readonly credentials: Credentials
  readonly rounds: Round[]
}

interface Round {
  readonly tokens: number
  readonly per_second: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly server_us: number
  readonly postgres_us: number
}

/** A server that has just started still compiles its code; the next rounds are supplied by what this one took. */
const WARM_UP_SECONDS = 5
const FIRST_SUPPLY_PER_SECOND = 3000
const SUPPLY = 1.5

const platform = await BenchPlatform.start()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void platform.stop().finally(() => process.exit(130)))
}
try {
  const contests: Contest[] = [
    { algorithm: 'EdDSA', credentials: await platform.createApp(), rounds: [] },
    {
      algorithm: 'ES256',
      credentials: await platform.createApp(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
      rounds: [],
    },
  ]
  const nodeFlags = values['node-flags'].split(' ').filter((flag) => flag !== '')
  const server = await platform.startApi(nodeFlags)
  await measure(server, contests)
  await requireMarks(contests)
  print(contests)
} finally {
  await platform.stop()
}

async function measure(server: RunningServer, contests: readonly Contest[]): Promise<void> {
  const rates = new Map<Contest, number>()
  for (const contest of contests) {
    const { per_second } = await round(server, contest, WARM_UP_SECONDS, FIRST_SUPPLY_PER_SECOND)
    rates.set(contest, per_second)
  }
  for (let index = 0; index < options.rounds; index++) {
    for (const contest of contests) {
      const supply = (rates.get(contest) ?? FIRST_SUPPLY_PER_SECOND) * SUPPLY
      const result = await round(server, contest, options.seconds, supply)
      rates.set(contest, Math.max(result.per_second, supply / SUPPLY))
      contest.rounds.push(result)
      process.stderr.write(`  ${contest.algorithm}: ${Math.round(result.per_second)} tokens/s\n`)
    }
  }
}

async function round(
  server: RunningServer,
  { algorithm, credentials }: Contest,
  seconds: number,
  supplyPerSecond: number,
): Promise<Round> {
  const count = Math.ceil(supplyPerSecond * seconds) + options.clients
  const requests = tokenRequests(credentials, server, algorithm, count)
  const connections = await Promise.all(
    Array.from({ length: options.clients }, () => Connection.open(server.port)),
  )
  const cpu = () => [cpuTimeOf(server.pid), cpuTimeOfFamily(platform.postgresPid)] as const
  const [serverBefore, postgresBefore] = cpu()
  const startedAt = performance.now()
  const latencies = await drive(connections, requests, startedAt + seconds * 1000)
  const elapsedMs = performance.now() - startedAt
  const [serverAfter, postgresAfter] = cpu()
  for (const connection of connections) connection.close()
  const perToken = (before: number | null, after: number | null) =>
    ((after ?? Number.NaN) - (before ?? Number.NaN)) * (1000 / latencies.length)
  return {
    tokens: latencies.length,
    per_second: latencies.length / (elapsedMs / 1000),
    p50_ms: latencies[Math.floor(latencies.length * 0.5)] ?? Number.NaN,
    p99_ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    server_us: perToken(serverBefore, serverAfter),
    postgres_us: perToken(postgresBefore, postgresAfter),
  }
}

/** Every connection sends one request after the other. Returns the latencies in milliseconds, sorted. */
async function drive(
  connections: readonly Connection[],
  requests: readonly PreparedRequest[],
  endsAtMs: number,
): Promise<number[]> {
  const latencies: number[] = []
  let next = 0
  await Promise.all(
    connections.map(async (connection) => {
      for (;;) {
        const request = requests[next++]
        const sentAt = performance.now()
        if (!request || sentAt >= endsAtMs) return
        const answer = await connection.exchange(request)
        latencies.push(performance.now() - sentAt)
        if (answer.status === 200 && answer.body.includes(request.expected)) continue
        throw new Error(`no token: ${answer.status} ${answer.body}`)
      }
    }),
  )
  return latencies.sort((left, right) => left - right)
}

/** What was not written down could be used twice: every token has its mark. */
async function requireMarks(contests: readonly Contest[]): Promise<void> {
  const { rows } = await platform.pool.query(
    'select count(*)::int as marks from oauth_replay_marks',
  )
  const issued = contests
    .flatMap(({ rounds }) => rounds)
    .reduce((sum, { tokens }) => sum + tokens, 0)
  if (rows[0]?.marks < issued) throw new Error('some assertions left no mark')
}

function print(contests: readonly Contest[]): void {
  console.log(`\n${machineText()}`)
  console.log(
    `${options.rounds} rounds of ${options.seconds} s, ${options.clients} clients. Median [min–max].\n`,
  )
  const columns = ['assertions', 'tokens/s', 'p50 ms', 'p99 ms', 'CPU µs: server', 'PostgreSQL']
  const lines = contests.map(({ algorithm, rounds }) => {
    const text = (field: keyof Round, digits: number) =>
      ranged(spreadOf(rounds.map((one) => one[field])), digits)
    return [
      ...[algorithm, text('per_second', 0), text('p50_ms', 1), text('p99_ms', 1)],
      ...[text('server_us', 0), text('postgres_us', 0)],
    ]
  })
  const table = [columns, columns.map(() => '---'), ...lines]
  console.log(table.map((cells) => `| ${cells.join(' | ')} |`).join('\n'))
}

function ranged({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}–${max.toFixed(digits)}]`
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new Error(`${name} must be a whole number from 1 to ${max}, not "${text}"`)
}

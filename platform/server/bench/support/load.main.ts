import { Connection } from './http-client.js'
import type { LoadAnswer, LoadOrder, LoadResult } from './load.types.js'
import { type PreparedRequest, signCreates, signReads } from './signed-requests.js'

/** The load generator: a process of its own, so that its work is never counted as the server's. */
const FAILURES_KEPT = 3

let requests: PreparedRequest[] = []
let connections: Connection[] = []
let expectedStatus = 200

process.on('message', async (order: LoadOrder) => {
  if (order.kind === 'prepare') {
    await prepare(order)
    say({ kind: 'prepared' })
  } else {
    say({ kind: 'done', ...(await run(order.seconds)) })
  }
})
process.once('disconnect', () => process.exit(0))

function say(answer: LoadAnswer): void {
  process.send?.(answer)
}

async function prepare(order: Extract<LoadOrder, { kind: 'prepare' }>): Promise<void> {
  expectedStatus = order.read_ids ? 200 : 201
  requests = order.read_ids
    ? signReads(order.signer, order.count, order.read_ids)
    : signCreates(order.signer, order.count)
  connections = await Promise.all(
    Array.from({ length: order.clients }, () => Connection.open(order.port)),
  )
}

/** Every client sends one request after the other until the time is over; what is under way is awaited. */
async function run(seconds: number): Promise<LoadResult> {
  const failures: string[] = []
  const latencies: number[] = []
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  let next = 0
  const drive = async (connection: Connection) => {
    for (;;) {
      const request = requests[next]
      const sentAt = performance.now()
      if (!request || sentAt >= endsAt || failures.length > 0) return
      next++
      const answer = await connection.exchange(request)
      latencies.push(performance.now() - sentAt)
      if (answer.status === expectedStatus && answer.body.includes(request.expected)) continue
      if (failures.length < FAILURES_KEPT) failures.push(`${answer.status} ${answer.body}`)
    }
  }
  await Promise.all(
    connections.map((connection) =>
      drive(connection).catch((error: unknown) => failures.push(String(error))),
    ),
  )
  const elapsed = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  for (const connection of connections) connection.close()
  latencies.sort((a, b) => a - b)
  return {
    acknowledged: latencies.length,
    elapsed_ms: elapsed,
    p50_ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99_ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    cpu_ms: (user + system) / 1000,
    failures,
  }
}

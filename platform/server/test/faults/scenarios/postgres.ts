import { Client } from 'pg'
import { pause } from '../../support/until.js'
import type { Scenario } from '../scenario.types.js'

const STOPPED_MS = 10_000
const EXHAUSTED_MS = 9_000
/** As many as the embedded server lets in. */
const CONNECTIONS_MAX = 100
/** More than a pool of ours has. */
const CALLERS_MORE = 40

export const postgres: readonly Scenario[] = [
  {
    name: 'postgres-kill',
    does: '`kill -9` of PostgreSQL; it is started again and repairs itself from its log',
    isShort: true,
    backWithinMs: 60_000,
    async strike({ platform, recovered }) {
      const [server] = await platform.postgresPids()
      const killedAtMs = Date.now()
      process.kill(server, 'SIGKILL')
      await recovered(killedAtMs)
    },
  },
  {
    name: 'postgres-stopped',
    does: `SIGSTOP of PostgreSQL with all its connections for ${STOPPED_MS / 1000} s, then SIGCONT`,
    backWithinMs: 60_000,
    async strike({ platform, recovered }) {
      const pids = await platform.postgresPids()
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      try {
        await pause(STOPPED_MS)
      } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT')
      }
      await recovered(Date.now())
    },
  },
  {
    name: 'pool-exhausted',
    does:
      'every connection of the API and the worker waits for a locked table ' +
      `for ${EXHAUSTED_MS / 1000} s, while others take the rest that PostgreSQL has`,
    backWithinMs: 30_000,
    async strike({ platform, recovered, load, note }) {
      const holder = await platform.pool.connect()
      const hoarded = await hoard(platform.databaseUrl)
      let burst: Promise<void> | undefined
      try {
        await holder.query('begin')
        await holder.query('lock table payments in access exclusive mode')
        burst = load.burst(CALLERS_MORE)
        await pause(EXHAUSTED_MS)
        const { rows } = await holder.query<{ count: string }>(
          "select count(*) from pg_stat_activity where wait_event_type = 'Lock'",
        )
        note(`${rows[0]?.count} connections were waiting, ${hoarded.length} were taken away`)
        await holder.query('commit')
      } finally {
        holder.release()
        await Promise.all(hoarded.map((client) => client.end()))
      }
      await recovered(Date.now())
      await burst
      if (![...load.memory.retries.keys()].some((heard) => heard.startsWith('503'))) {
        throw new Error('nobody was ever told to try again: the pool was not exhausted')
      }
    },
  },
]

/** Connections, as many as can be had. */
async function hoard(url: string): Promise<Client[]> {
  const taken: Client[] = []
  for (let count = 0; count < CONNECTIONS_MAX; count++) {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
    } catch {
      break
    }
    taken.push(client)
  }
  return taken
}

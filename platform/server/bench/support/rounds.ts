import { cpuTimeOf, cpuTimeOfFamily } from './cpu-time.js'
import type { LoadAnswer, LoadOrder, LoadResult } from './load.types.js'
import type { BenchPlatform, Credentials, RunningServer } from './platform.js'
import { type Spread, spreadOf } from './statistics.js'

export interface Scenario {
  readonly name: string
  readonly clients: number
  readonly kind: 'create' | 'read'
}

/** Something to measure: ours, or its floor. */
export interface Contestant {
  readonly name: string
  readonly server: RunningServer
  readonly credentials: Credentials
}

export interface Round {
  readonly per_second: number
  readonly p50_ms: number
  readonly p99_ms: number
  /** CPU time per request of the server, of PostgreSQL, and of the load generator. */
  readonly server_us: number
  readonly postgres_us: number
  readonly client_us: number
}

export interface Comparison {
  readonly scenario: Scenario
  readonly ours: readonly Round[]
  readonly floor: readonly Round[]
  /** Ours divided by the floor of the same pair of rounds, so that a slow minute hits both. */
  readonly ratio: Spread
  readonly p99_ratio: Spread
}

export interface RoundOptions {
  readonly rounds: number
  readonly seconds: number
}

/** A server that has just started still compiles its code. */
const WARM_UP_SECONDS = 5
/** Requests are signed before the clock starts; this many more than the last round used. */
const SUPPLY = 1.5
const FIRST_SUPPLY_PER_SECOND = 4000
const READ_IDS = 5000
/** What one create writes. */
const CREATED_TABLES = ['payments', 'idempotency_keys', 'request_nonces', 'events']

/** Runs one scenario: warm-up of both, then rounds in turn, each checked against the database. */
export async function compare(
  platform: BenchPlatform,
  scenario: Scenario,
  [ours, floor]: readonly [Contestant, Contestant],
  options: RoundOptions,
): Promise<Comparison> {
  const arena = new Arena(platform, scenario)
  for (const one of [ours, floor]) await arena.round(one, WARM_UP_SECONDS)
  const results = new Map<Contestant, Round[]>([
    [ours, []],
    [floor, []],
  ])
  for (let index = 0; index < options.rounds; index++) {
    // Who goes first changes, so that what one round leaves behind (dirty pages) hits both.
    for (const one of index % 2 === 0 ? [ours, floor] : [floor, ours]) {
      const round = await arena.round(one, options.seconds)
      results.get(one)?.push(round)
      process.stderr.write(
        `  ${scenario.name}, ${scenario.clients} clients, round ${index + 1}: ` +
          `${one.name} ${Math.round(round.per_second)}/s\n`,
      )
    }
  }
  const mine = results.get(ours) ?? []
  const theirs = results.get(floor) ?? []
  const ratios = (field: 'per_second' | 'p99_ms') =>
    spreadOf(mine.map((round, index) => round[field] / (theirs[index]?.[field] ?? Number.NaN)))
  return {
    scenario,
    ours: mine,
    floor: theirs,
    ratio: ratios('per_second'),
    p99_ratio: ratios('p99_ms'),
  }
}

/** Some payments to read, where nothing was created before. */
export async function fill(platform: BenchPlatform, contestant: Contestant): Promise<void> {
  const scenario: Scenario = { name: 'filling', clients: 64, kind: 'create' }
  await new Arena(platform, scenario).round(contestant, WARM_UP_SECONDS)
}

class Arena {
  private readonly lastRate = new Map<Contestant, number>()
  private readonly platform: BenchPlatform
  private readonly scenario: Scenario

  constructor(platform: BenchPlatform, scenario: Scenario) {
    this.platform = platform
    this.scenario = scenario
  }

  async round(contestant: Contestant, seconds: number): Promise<Round> {
    const { pool } = this.platform
    const load = this.platform.startLoad()
    const ask = (order: LoadOrder) =>
      new Promise<LoadAnswer>((resolve, reject) => {
        load.once('message', resolve)
        load.once('exit', () => reject(new Error('the load generator died; see above')))
        load.send(order)
      })
    const perSecond = this.lastRate.get(contestant) ?? FIRST_SUPPLY_PER_SECOND
    await ask({
      kind: 'prepare',
      signer: { ...contestant.credentials, origin: contestant.server.origin },
      port: contestant.server.port,
      clients: this.scenario.clients,
      count: Math.ceil(perSecond * seconds * SUPPLY) + this.scenario.clients,
      read_ids: this.scenario.kind === 'read' ? await this.readIds() : null,
    })
    const rowsBefore = await this.countRows()
    // What earlier rounds left in memory is written now, not on this round's time.
    await pool.query('checkpoint')
    const cpuBefore = this.cpuTimes(contestant)
    const result = await ask({ kind: 'run', seconds })
    const cpuAfter = this.cpuTimes(contestant)
    load.disconnect()
    if (result.kind !== 'done') throw new Error('the load generator lost its thread')
    await this.verify(contestant, result, rowsBefore)
    const rate = (result.acknowledged / result.elapsed_ms) * 1000
    this.lastRate.set(contestant, rate)
    const perRequest = (milliseconds: number) => (milliseconds * 1000) / result.acknowledged
    return {
      per_second: rate,
      p50_ms: result.p50_ms,
      p99_ms: result.p99_ms,
      server_us: perRequest(cpuAfter.server - cpuBefore.server),
      postgres_us: perRequest(cpuAfter.postgres - cpuBefore.postgres),
      client_us: perRequest(result.cpu_ms),
    }
  }

  /** Every answer was as it had to be, what was acknowledged is there, no more and no less, and adds up. */
  private async verify(
    contestant: Contestant,
    result: LoadResult,
    rowsBefore: readonly number[],
  ): Promise<void> {
    if (result.failures.length > 0) {
      throw new Error(`${contestant.name} gave wrong answers:\n${result.failures.join('\n')}`)
    }
    const expected = this.scenario.kind === 'create' ? result.acknowledged : 0
    const rowsAfter = await this.countRows()
    for (const [index, table] of CREATED_TABLES.entries()) {
      const added = (rowsAfter[index] ?? 0) - (rowsBefore[index] ?? 0)
      if (added === expected) continue
      throw new Error(`${contestant.name}: ${expected} acknowledged, but ${added} new ${table}`)
    }
    // The tables grow faster here than autovacuum looks; without statistics the check takes minutes.
    await this.platform.pool.query(`analyze ${CREATED_TABLES.join(', ')}`)
    await this.platform.checkBooks()
  }

  private async countRows(): Promise<number[]> {
    const counts = CREATED_TABLES.map((table) => `(select count(*) from ${table})`)
    const { rows } = await this.platform.pool.query<{ counts: string[] }>(
      `select array[${counts.join(', ')}] as counts`,
    )
    return (rows[0]?.counts ?? []).map(Number)
  }

  private async readIds(): Promise<string[]> {
    const { rows } = await this.platform.pool.query<{ id: string }>(
      'select id from payments order by random() limit $1',
      [READ_IDS],
    )
    return rows.map(({ id }) => id)
  }

  private cpuTimes({ server }: Contestant): { server: number; postgres: number } {
    return {
      server: cpuTimeOf(server.pid) ?? Number.NaN,
      postgres: cpuTimeOfFamily(this.platform.postgresPid) ?? Number.NaN,
    }
  }
}

import { performance } from 'node:perf_hooks'
import { cpuTimeOf, cpuTimeOfFamily } from './cpu-time.js'
import type { BenchPlatform } from './platform.js'
import { type Spread, spreadOf } from './statistics.js'

/** One of two ways to do the same, called by many clients at once in this process. */
export interface Side {
  readonly name: string
  /** Prepares `count` calls before the clock starts, where that takes time that is not measured. */
  readonly prepare?: (count: number) => Promise<void>
  readonly act: () => Promise<unknown>
}

export interface DuelRound {
  readonly done: number
  readonly per_second: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly node_us: number
  readonly postgres_us: number
}

export interface DuelResult {
  readonly ours: readonly DuelRound[]
  readonly median: number
  /** Rows of the table. */
  readonly lines: readonly string[]
}

export interface DuelOptions {
  readonly rounds: number
  readonly seconds: number
  readonly clients: number
}

const WARM_UP_SECONDS = 2
const SUPPLY = 1.6
const FIRST_SUPPLY_PER_SECOND = 3_000

/** Two sides in turn, in this process and on one database: warm-up, then rounds, the first changing each time. */
export class Duel {
  private readonly name: string
  private readonly platform: BenchPlatform
  private readonly sides: readonly [Side, Side]
  private readonly lastRate = new Map<Side, number>()

  constructor(name: string, platform: BenchPlatform, sides: readonly [Side, Side]) {
    this.name = name
    this.platform = platform
    this.sides = sides
  }

  static table(lines: readonly string[]): string {
    const head = [
      'benchmark',
      'side',
      'per second',
      'p50 ms',
      'p99 ms',
      'CPU µs: Node',
      'PostgreSQL',
    ]
    return [rowOf(head), rowOf(head.map(() => '---')), ...lines].join('\n')
  }

  async run(options: DuelOptions): Promise<DuelResult> {
    const [ours, floor] = this.sides
    const all: DuelRound[] = []
    for (const side of this.sides) {
      const round = await this.round(side, { ...options, seconds: WARM_UP_SECONDS })
      if (side === ours) all.push(round)
    }
    // The tables grow from nothing faster than autovacuum looks; plans are made for tables of some size.
    await this.platform.pool.query('analyze')
    const rounds = new Map<Side, DuelRound[]>(this.sides.map((side) => [side, []]))
    for (let index = 0; index < options.rounds; index++) {
      for (const side of index % 2 === 0 ? [ours, floor] : [floor, ours]) {
        const round = await this.round(side, options)
        rounds.get(side)?.push(round)
        if (side === ours) all.push(round)
        process.stderr.write(
          `  ${this.name}, round ${index + 1}: ${side.name} ${Math.round(round.per_second)}/s\n`,
        )
      }
    }
    return this.resultOf(all, rounds.get(ours) ?? [], rounds.get(floor) ?? [])
  }

  private resultOf(
    all: readonly DuelRound[],
    mine: readonly DuelRound[],
    theirs: readonly DuelRound[],
  ): DuelResult {
    const ratio = spreadOf(
      mine.map((round, index) => round.per_second / (theirs[index]?.per_second ?? Number.NaN)),
    )
    const [ours, floor] = this.sides
    return {
      ours: all,
      median: spreadOf(mine.map(({ per_second }) => per_second)).median,
      lines: [
        lineOf(this.name, ours.name, mine),
        lineOf('', floor.name, theirs),
        rowOf(['', '**ratio**', `**${textOf(ratio, 2)}**`, '', '', '', '']),
      ],
    }
  }

  private async round(side: Side, options: DuelOptions): Promise<DuelRound> {
    const expected = (this.lastRate.get(side) ?? FIRST_SUPPLY_PER_SECOND) * options.seconds * SUPPLY
    await side.prepare?.(Math.ceil(expected) + options.clients)
    // What earlier rounds left in memory is written now, not on this round's time.
    await this.platform.pool.query('checkpoint')
    const before = this.cpu()
    const startedAt = performance.now()
    const until = startedAt + options.seconds * 1000
    const latencies: number[] = []
    const client = async () => {
      for (let now = performance.now(); now < until; ) {
        await side.act()
        const after = performance.now()
        latencies.push(after - now)
        now = after
      }
    }
    await Promise.all(Array.from({ length: options.clients }, client))
    const elapsed = performance.now() - startedAt
    const after = this.cpu()
    const done = latencies.length
    latencies.sort((a, b) => a - b)
    const rate = (done / elapsed) * 1000
    this.lastRate.set(side, rate)
    return {
      done,
      per_second: rate,
      p50_ms: latencies[Math.floor(done * 0.5)] ?? Number.NaN,
      p99_ms: latencies[Math.floor(done * 0.99)] ?? Number.NaN,
      node_us: ((after.node - before.node) * 1000) / done,
      postgres_us: ((after.postgres - before.postgres) * 1000) / done,
    }
  }

  private cpu(): { node: number; postgres: number } {
    return {
      node: cpuTimeOf(process.pid) ?? Number.NaN,
      postgres: cpuTimeOfFamily(this.platform.postgresPid) ?? Number.NaN,
    }
  }
}

function lineOf(name: string, side: string, rounds: readonly DuelRound[]): string {
  const spread = (field: keyof DuelRound) => spreadOf(rounds.map((round) => round[field]))
  return rowOf([
    name,
    side,
    textOf(spread('per_second'), 0),
    textOf(spread('p50_ms'), 1),
    textOf(spread('p99_ms'), 1),
    spread('node_us').median.toFixed(0),
    spread('postgres_us').median.toFixed(0),
  ])
}

function textOf({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}–${max.toFixed(digits)}]`
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

import { cpus, totalmem } from 'node:os'
import type { Comparison, Round } from './rounds.js'
import { type Spread, spreadOf } from './statistics.js'

const COLUMNS = [
  'benchmark',
  'side',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'CPU µs: server',
  'PostgreSQL',
  'client',
]

/** A Markdown table, so that what the terminal shows goes into the documentation as it is. */
export function reportOf(comparisons: readonly Comparison[]): string {
  const lines = comparisons.flatMap(({ scenario, ours, floor, ratio, p99_ratio }) => {
    const name = `${scenario.name}, ${scenario.clients} clients`
    const blanks = COLUMNS.slice(5).map(() => '')
    return [
      rowOf(name, 'ours', ours),
      rowOf('', 'floor', floor),
      ['', '**ratio**', `**${withRange(ratio, 2)}**`, '', withRange(p99_ratio, 2), ...blanks],
    ]
  })
  const table = [COLUMNS, COLUMNS.map(() => '---'), ...lines]
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function machineText(): string {
  const [first] = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${gib} GiB, ${process.platform}, Node.js ${process.version}`
}

function rowOf(name: string, side: string, rounds: readonly Round[]): string[] {
  const spread = (field: keyof Round) => spreadOf(rounds.map((round) => round[field]))
  const cpu = (field: keyof Round) => {
    const { median } = spread(field)
    return Number.isNaN(median) ? 'not known' : median.toFixed(0)
  }
  return [
    name,
    side,
    withRange(spread('per_second'), 0),
    withRange(spread('p50_ms'), 1),
    withRange(spread('p99_ms'), 1),
    cpu('server_us'),
    cpu('postgres_us'),
    cpu('client_us'),
  ]
}

function withRange({ median, min, max }: Spread, digits: number): string {
  const text = (value: number) => value.toFixed(digits)
  return `${text(median)} [${text(min)}–${text(max)}]`
}

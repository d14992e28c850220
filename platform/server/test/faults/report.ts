import { cpus, totalmem } from 'node:os'
import type { Outcome } from './run-scenario.js'

const COLUMNS = [
  'scenario',
  'what was done',
  'requests',
  'tried again',
  'answered 2xx',
  'back after s',
  'settled after s',
  'result',
]

/** A Markdown table, so that what the terminal shows goes into the documentation as it is. */
export function reportOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((one) => [
    one.name,
    one.does,
    ...(one.result === 'skipped'
      ? ['', '', '']
      : [one.requests, one.retries, one.acknowledged].map(String)),
    seconds(one.back_ms),
    seconds(one.settled_ms),
    one.result === 'skipped' ? `skipped: ${one.notes.join('; ')}` : one.result,
  ])
  return [COLUMNS, COLUMNS.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** What happened, below the line of the scenario. */
export function detailsOf({ notes, problems }: Outcome): string {
  return [
    ...notes.map((text) => `    ${text}`),
    ...problems.map((text) => `  ! ${text.replaceAll('\n', '\n    ')}`),
  ].join('\n')
}

export function machineText(): string {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${model}, ${memory} GiB, ${process.platform}, Node.js ${process.version}`
}

function seconds(milliseconds: number | null): string {
  return milliseconds === null ? '' : (milliseconds / 1000).toFixed(1)
}

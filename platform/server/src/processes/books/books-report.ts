import type { BooksReport, InvariantResult, Problem } from './invariant.types.js'

/** One line of the table, and the offending rows below it. */
export function resultText(result: InvariantResult): string {
  const verdict =
    result.problem_count === 0 ? 'ok' : `${count(result.problem_count, 'problem')} found`
  const line = `${result.id}  ${verdict.padEnd(20)} ${result.checked} checked: ${result.title}`
  const hidden = result.problem_count - result.problems.length
  return [
    line,
    ...result.problems.map((problem) => `      ${problemText(problem)}`),
    ...(hidden > 0 ? [`      … and ${hidden} more`] : []),
  ].join('\n')
}

export function summaryText(report: BooksReport): string {
  if (report.ok) return 'The books are in order.'
  const total = report.invariants.reduce((sum, result) => sum + result.problem_count, 0)
  return `The books are NOT in order: ${count(total, 'problem')}.`
}

/** The report as JSON; bigint amounts are integers as long as a JSON number can hold them exactly. */
export function reportJson(report: BooksReport): string {
  return JSON.stringify(report, (_, value: unknown) => jsonValue(value), 2)
}

function problemText({ rule, ...columns }: Problem): string {
  const cells = Object.entries(columns).map(([name, value]) => {
    const plain = jsonValue(value)
    return `${name}=${typeof plain === 'string' ? plain : JSON.stringify(plain)}`
  })
  return `${rule}: ${cells.join(' ')}`
}

function jsonValue(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  const isExact = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
  return isExact ? Number(value) : value.toString()
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

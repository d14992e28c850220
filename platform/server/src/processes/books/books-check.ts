import { z } from 'zod'
import type { Database, Transaction } from '../../infra/database/database.js'
import { I1_BALANCE } from './i1-balance.invariant.js'
import { I2_ONCE } from './i2-once.invariant.js'
import { I3_DURABLE } from './i3-durable.invariant.js'
import { I4_POSTINGS } from './i4-postings.invariant.js'
import { I5_LIMITS } from './i5-limits.invariant.js'
import { I6_LIFECYCLE } from './i6-lifecycle.invariant.js'
import type {
  BooksReport,
  Invariant,
  InvariantResult,
  InvariantRule,
  Problem,
} from './invariant.types.js'

export const INVARIANTS: readonly Invariant[] = [
  I1_BALANCE,
  I2_ONCE,
  I3_DURABLE,
  I4_POSTINGS,
  I5_LIMITS,
  I6_LIFECYCLE,
]

/** Of each rule, the rows that are shown; all are counted. */
const PROBLEMS_SHOWN_MAX = 100

const Checked = z.tuple([z.object({ checked: z.bigint() })])

/**
 * Asks a database every invariant, inside one read-only snapshot: nothing is locked, nothing changes
 * while it looks, and work may go on meanwhile.
 */
export function checkBooks(
  database: Database,
  onResult: (result: InvariantResult) => void = () => {},
): Promise<BooksReport> {
  return database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only')
    // A large database takes longer than a request may.
    await tx.query('set local statement_timeout = 0')
    // Every rule reads whole tables. On tables that were just loaded PostgreSQL has no statistics, takes
    // them for small, and would go through one of them for each row of another: hours instead of seconds.
    await tx.query('set local enable_nestloop = off')
    return checkInvariants(tx, onResult)
  })
}

/** The same inside a transaction that is there already: it sees what that transaction has changed. */
export async function checkInvariants(
  tx: Transaction,
  onResult: (result: InvariantResult) => void = () => {},
): Promise<BooksReport> {
  const invariants: InvariantResult[] = []
  for (const invariant of INVARIANTS) {
    const result = await checkInvariant(tx, invariant)
    invariants.push(result)
    onResult(result)
  }
  return {
    ok: invariants.every((result) => result.problem_count === 0),
    checked_at: new Date().toISOString(),
    invariants,
  }
}

async function checkInvariant(tx: Transaction, invariant: Invariant): Promise<InvariantResult> {
  const [{ checked }] = Checked.parse(await tx.query(invariant.checkedSql))
  const problems: Problem[] = []
  let problemCount = 0
  for (const rule of invariant.rules) {
    const found = await findProblems(tx, rule)
    problems.push(...found.problems)
    problemCount += found.count
  }
  return {
    id: invariant.id,
    title: invariant.title,
    checked: Number(checked),
    problem_count: problemCount,
    problems,
  }
}

async function findProblems(
  tx: Transaction,
  rule: InvariantRule,
): Promise<{ count: number; problems: Problem[] }> {
  const rows = await tx.query<Record<string, unknown> & { problem_count: bigint }>(
    `select found.*, count(*) over () as problem_count from (${rule.sql}) as found
      limit ${PROBLEMS_SHOWN_MAX}`,
  )
  const problems = rows.map(({ problem_count: _, ...columns }) => ({ rule: rule.name, ...columns }))
  return { count: Number(rows[0]?.problem_count ?? 0n), problems }
}

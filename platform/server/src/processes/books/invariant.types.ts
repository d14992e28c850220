/**
 * One way in which an invariant can be broken. `sql` selects the offending rows: ids, amounts and
 * whatever helps to find the cause. No row means that the rule holds.
 */
export interface InvariantRule {
  readonly name: string
  readonly sql: string
}

/** Something that must always be true of the books, as rules that a database can be asked. */
export interface Invariant {
  readonly id: string
  readonly title: string
  /** Selects one number, `checked`: how many things the rules look at. */
  readonly checkedSql: string
  readonly rules: readonly InvariantRule[]
}

/** Columns of the offending row; the rule says what is wrong with it. */
export type Problem = Readonly<Record<string, unknown>> & { readonly rule: string }

export interface InvariantResult {
  readonly id: string
  readonly title: string
  readonly checked: number
  /** How many rows offend; `problems` holds the first of each rule. */
  readonly problem_count: number
  readonly problems: readonly Problem[]
}

export interface BooksReport {
  readonly ok: boolean
  readonly checked_at: string
  readonly invariants: readonly InvariantResult[]
}

/** One way to break the books, and the rules that must notice: those and no others. */
export interface Defect {
  readonly title: string
  readonly found: readonly string[]
  readonly plant: readonly string[]
}

export const unguarded = (...statements: string[]) => [
  'alter table ledger_entries disable trigger user',
  'alter table ledger_transactions disable trigger user',
  ...statements,
  'alter table ledger_entries enable trigger user',
  'alter table ledger_transactions enable trigger user',
]
export const altered = (table: string, ...statements: string[]) => [
  `alter table ${table} disable trigger user`,
  ...statements,
  `alter table ${table} enable trigger user`,
]
export const unchecked = (table: string, constraint: string, statement: string) => [
  `alter table ${table} drop constraint ${constraint}`,
  statement,
]
export const copyOf = (
  table: string,
  id: string,
  columns: Readonly<Record<string, string | null>>,
) =>
  `insert into ${table} select (jsonb_populate_record(row, '${JSON.stringify(columns)}')).*
     from ${table} as row where id = '${id}'`
export const transactionOf = (source: string, kind: string) =>
  `(select id from ledger_transactions where source_id = '${source}' and kind = '${kind}')`

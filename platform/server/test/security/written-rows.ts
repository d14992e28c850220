import { queryPlatform } from '../support/platform-database.js'

/** Change without any caller’s doing: when a key was last seen. */
const MOVING_COLUMNS = ['last_used_at']
/** Written about calls, not by them. */
const LOGS = /^request_log/
/** A call that was executed and refused is remembered under its Idempotency-Key; that is no effect. */
const MEMORY = /^idempotency_keys$/

/** What no app but its department owns, such as accounts of channels. */
const OF_DEPARTMENTS = 'department_id in (select department_id from apps where id = any($1))'

/**
 * What the database holds of these apps, table by table: every table that names an app, whatever tables there
 * will be, and the payers of their institutions that these calls could touch.
 */
export async function rowsOf(
  apps: readonly string[],
  payers: readonly string[],
  options: { readonly withMemory: boolean },
): Promise<Record<string, string>> {
  const tables = await queryPlatform<{ name: string }>(
    `select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'app_id' order by table_name`,
  )
  const departments = await queryPlatform<{ name: string }>(
    `select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name in ('department_id', 'app_id', 'livemode')
      group by table_name
     having bool_or(column_name = 'department_id') and bool_or(column_name = 'livemode')
        and not bool_or(column_name = 'app_id') order by table_name`,
  )
  const kept = tables
    .map(({ name }) => name)
    .filter((name) => !LOGS.test(name) && (options.withMemory || !MEMORY.test(name)))
  const columns = [
    ...kept.map((name) => `(${digestOf(name, 'app_id = any($1)')}) as ${name}`),
    `(${digestOf('payers', 'id = any($2)')}) as payers`,
    ...departments.map(({ name }) => `(${digestOf(name, OF_DEPARTMENTS)}) as ${name}`),
  ]
  const [row] = await queryPlatform<Record<string, string>>(`select ${columns.join(', ')}`, [
    apps,
    payers,
  ])
  return row ?? {}
}

function digestOf(table: string, condition: string): string {
  const content = MOVING_COLUMNS.reduce((text, column) => `(${text} - '${column}')`, 'to_jsonb(t)')
  return `select count(*) || ' rows ' || coalesce(md5(string_agg(${content}::text, ',' order by ${content}::text)), '')
            from ${table} t where ${condition}`
}

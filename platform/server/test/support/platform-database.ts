import { Client } from 'pg'
import { platformSettings } from './bursar-command.js'

/** Looks behind the API, where a test must know what was written or not. */
export async function queryPlatform<Row extends object>(
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: platformSettings().DATABASE_URL })
  await client.connect()
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}

const COUNTED = ['payments', 'bills', 'checkouts', 'refunds', 'fee_items', 'events'] as const

/** How many rows an app has in every table that a call may write to. */
export async function countRows(app: { readonly app_id: string }): Promise<Record<string, number>> {
  const columns = COUNTED.map(
    (table) => `(select count(*) from ${table} where app_id = $1)::int as ${table}`,
  )
  const [row] = await queryPlatform<Record<string, number>>(`select ${columns.join(', ')}`, [
    app.app_id,
  ])
  return row ?? {}
}
